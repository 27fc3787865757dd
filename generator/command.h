// A command of ameide-templates as a value: what it takes, and a function from that to an exit code
// and text. The command line, its help and the shells' completions are made from these.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"

namespace ameide::generator {

// Exit codes, also in --help.
inline constexpr int kExitOk = 0;
inline constexpr int kExitProblems = 1;  // in a profile, or the disk refused
inline constexpr int kExitUsage = 2;
inline constexpr int kExitDrift = 3;  // of a folder (check), or of permissions (diff)

struct Outcome {
  int exit_code = kExitOk;
  std::string out;
  std::string err;
};

struct Option {
  std::string name;   // "--out", or "profile" for what stands without a name
  std::string value;  // what it takes: "FILE", "DIR", "WORD"; empty: nothing, it is a flag
  std::string help;
  bool many = false;
  bool required = false;
  std::vector<std::string> words = {};  // all it can be
  std::string fallback = {};            // shown in the help, and what Text() gives without it

  bool IsOperand() const { return name.empty() || name[0] != '-'; }
};

class Arguments {
 public:
  Arguments() = default;
  explicit Arguments(std::map<std::string, std::vector<std::string>> values)
      : values_(std::move(values)) {}

  bool Has(const std::string& name) const { return values_.contains(name); }
  std::string Text(const std::string& name) const;  // empty when there is none
  std::vector<std::string> Texts(const std::string& name) const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

// What commands need of the world. `show` prints at once, for the one that does not end by itself.
struct Context {
  const Clock& clock;
  std::stop_token stop = {};
  Environment environment = {};
  std::string version = {};
  bool color = false;
  std::function<void(const Outcome&)> show = {};
};

struct Command {
  std::string name;
  std::string help;
  std::vector<Option> options;
  std::function<Outcome(const Arguments&, const Context&)> run;
};

// "ameide-templates: <error>" with kExitProblems or kExitUsage.
Outcome Failed(const Error& error);
Outcome WrongUsage(std::string_view message);

}  // namespace ameide::generator
