// `ameide-agent task run <kind>`: the entrypoint contract inside a workspace
// (docs/task-contract.md).
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

class Echo;

struct AgentOptions {
  fs::path workspace;  // …/workspaces/<profile>: AGENTS.md is there, repo/ will be
  fs::path evidence;   // the bundle's folder; must not exist or be empty
  // A private folder with one file per secret, named by its environment variable; read at the start
  // and removed before anything runs. Empty: none. See secrets.h.
  fs::path secrets;
  // What the command's environment starts from (PATH, HOME, TMPDIR, LANG, proxies); the contract's
  // own variables and the spec's are laid over it.
  std::map<std::string, std::string> environment;
  // Where the command's output and the run's end are told besides the evidence; null: nowhere.
  Echo* echo = nullptr;
};

// Runs one task to its end and leaves a finished bundle on every path. Returns the exit code of
// words.h. `stop` asks for cancellation: the command's tree is ended, evidence is still written.
// Only kBug-like trouble (the evidence folder cannot be written at all) yields kExitInternal
// without a bundle, and says why on stderr.
int RunTask(const AgentOptions& options, const TaskSpec& spec, const ProfileContract& profile,
            const Clock& clock, std::stop_token stop);

// Leaves a bundle that says why a task was refused before it could become one, as far as `known`
// goes (its ids may be empty), and returns kExitRefused.
int RefuseTask(const AgentOptions& options, const TaskSpec& known, const std::string& reason,
               const Clock& clock);

// The program: parses `arguments` (argv without the program's name), reads the files, handles
// SIGTERM and SIGINT as cancellation. Without --echo-limit a task's run leaves stdout alone and
// stderr gets usage and internal errors only. A run wipes the process's own environment variables
// (base/environment.h), so that the command cannot read secrets there.
int AgentMain(const std::vector<std::string>& arguments,
              const std::map<std::string, std::string>& environment);

}  // namespace ameide::task
