// What `ameide-launcher` was asked to do. CLI11 stops in command_line.cc.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/files.h"
#include "task/launcher/launcher.h"

namespace ameide::task {

struct CommandLine {
  enum class Verb { kRun, kList, kSweep, kDestroy, kVerify, kSign, kPack, kUnpack };
  Verb verb = Verb::kList;
  fs::path spec_file;     // run
  fs::path profile_file;  // run, verify; empty: the built-in one that the spec names, or none
  fs::path evidence = "artifacts/agent-ci";       // run
  Retain retain = Retain::kNever;                 // run
  fs::path secrets;                               // run; empty: none
  std::vector<std::string> allowed_repositories;  // run
  std::string work_id;                            // destroy
  fs::path bundle;                                // verify, sign, pack; verify, unpack: an archive
  fs::path output;                                // pack, unpack; empty: a name from `bundle`
  fs::path scratch = "/tmp";                      // verify: where archives are unpacked
  std::string publish_host = "auto";              // run
  std::string bot_name;                           // run; empty: the publisher's own
  std::string bot_email;                          // run; likewise
  fs::path public_key;                            // verify; empty: signatures are not checked
  fs::path private_key;                           // sign, run --sign-with
  fs::path state;                                 // empty: DefaultStateDirectory
  std::string backend = "local";                  // "local" or "coder"
  bool allow_orphan_delete = false;               // coder only
  bool all_installations = false;                 // sweep, coder only
  std::string template_version;                   // run, coder only; empty: the active one
  bool json = false;
  std::string log_level = "off";
};

// Help, version or a usage error: text to print and the exit code to leave with.
struct EarlyExit {
  int code = 0;
  std::string text;
};

std::variant<CommandLine, EarlyExit> ParseCommandLine(const std::vector<std::string>& arguments,
                                                      const std::string& version);

}  // namespace ameide::task
