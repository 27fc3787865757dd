// Which environment variables reach whom. Pure.
#pragma once

#include <map>
#include <string>

#include "task/contract/profile.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

using Environment = std::map<std::string, std::string>;

// Of a workspace's own environment, what a run may start from: without the workspace service's
// credentials (CODER_*), foreign Git settings (GIT_*, but those that bring in credentials and
// certificates), and contract variables that we set ourselves (AMEIDE_*).
Environment RunEnvironment(const Environment& inherited);

// For our own Git calls: programs, home, proxies, certificates and the secrets granted to checkout.
Environment GitEnvironment(const Environment& run, const ProfileContract& profile);

struct CommandPlaces {
  std::string evidence_directory;  // AMEIDE_EVIDENCE_DIR
};

// For the task's command: `run` without the secrets that its phase is not granted, the contract's
// variables (docs/task-contract.md), Git without prompts, and the spec's own variables on top.
Environment CommandEnvironment(const Environment& run, const TaskSpec& spec,
                               const ProfileContract& profile, const CommandPlaces& places);

}  // namespace ameide::task
