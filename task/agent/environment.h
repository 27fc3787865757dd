// Which environment variables reach whom. Pure.
#pragma once

#include <string>

#include "base/environment.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

// Of a workspace's own environment, what a run may start from: without the workspace service's
// credentials (CODER_*), foreign Git settings (GIT_*, but those that bring in credentials and
// certificates), and contract variables that we set ourselves (AMEIDE_*). Inside a Coder workspace
// (one with CODER_*) GIT_ASKPASS and GIT_SSH_COMMAND ask for its owner's credentials: dropped.
Environment RunEnvironment(const Environment& inherited);

// For our own Git calls: programs, home, proxies and certificates, and no secret but `secrets`.
Environment GitEnvironment(const Environment& run, const ProfileContract& profile,
                           const Environment& secrets);

struct CommandPlace {
  std::string evidence_directory;  // AMEIDE_EVIDENCE_DIR
  std::string tool_folder;         // becomes PATH; empty: the workspace's PATH
  Environment secrets;             // those of the phase
};

// For the task's command: `run` without any secret, then the phase's, the contract's variables
// (docs/task-contract.md), Git without prompts or anybody's credentials, and the spec's own
// variables on top.
Environment CommandEnvironment(const Environment& run, const TaskSpec& spec,
                               const ProfileContract& profile, const CommandPlace& place);

}  // namespace ameide::task
