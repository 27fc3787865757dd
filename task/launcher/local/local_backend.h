// Workspaces as private folders on this machine: no server, no installation.
//
// Each workspace is a folder `<root>/<name>/` (0700) with workspaces/<profile>/{AGENTS.md,repo/}
// and a detached supervisor process (own session) that owns it: it starts the agent program,
// enforces the hard TTL by killing the whole process tree, and, when its launcher dies, ends the
// run, saves the evidence and removes the folder by itself. docs/local-backend.md tells the whole
// story.
//
// When the supervisor itself was killed with -9, the next Cancel, Destroy or sweep ends what is
// left of the run (found by AMEIDE_RUN_ID in its environment and by working directory).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "task/launcher/backend.h"

namespace ameide::task {

struct LocalBackendOptions {
  fs::path root;  // made when missing
  // The programs, as argv prefixes: our own executable with a verb, or separate binaries.
  std::vector<std::string> supervisor;  // gets the workspace folder as its only further argument
  std::vector<std::string> agent;       // gets "task run <kind> --spec … --contract … …"
  fs::path secrets_dir;                 // see local_secrets.h; empty: none
  // What a command's environment starts from: PATH, LANG, proxy and CA settings, nothing else.
  std::map<std::string, std::string> environment;
  // The agent program enforces the TTL itself and then needs time to write its evidence; this much
  // later the supervisor kills the whole tree.
  Millis ttl_reserve{150'000};
  // The same after a cancellation.
  Millis cancel_grace{30'000};
};

std::unique_ptr<Backend> MakeLocalBackend(LocalBackendOptions options);

// The supervisor's main: runs until its workspace is gone. `arguments` is what follows the verb.
int SupervisorMain(const std::vector<std::string>& arguments);

}  // namespace ameide::task
