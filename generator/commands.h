// The commands of ameide-templates, without a terminal: arguments in, exit code and text out.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"

namespace ameide::generator {

// Exit codes, also in --help.
inline constexpr int kExitOk = 0;
inline constexpr int kExitProblems = 1;  // in a profile, or the disk refused
inline constexpr int kExitUsage = 2;
inline constexpr int kExitDrift = 3;

struct Invocation {
  enum class Verb { kRender, kCheck, kList };
  Verb verb = Verb::kList;
  fs::path profiles;               // empty: the built-in ones
  fs::path out = "templates";      // one folder per profile is made in it
  std::vector<std::string> names;  // empty: all
  bool json = false;
};

struct Outcome {
  int exit_code = kExitOk;
  std::string out;
  std::string err;
};

Outcome Execute(const Invocation& invocation);

}  // namespace ameide::generator
