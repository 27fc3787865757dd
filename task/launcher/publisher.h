// The seam between the lifecycle and whoever publishes a run's work: outside the command's reach,
// after every process of it has ended.
#pragma once

#include <string>
#include <vector>

#include "task/contract/profile.h"
#include "task/contract/publication.h"
#include "task/contract/task_spec.h"
#include "task/launcher/backend.h"

namespace ameide::task {

struct PublishRequest {
  TaskSpec spec;  // authorized, with a pull_request
  ProfileContract contract;
  std::string base_commit;  // as the run's result has it; the publisher checks it
  fs::path work_bundle;     // hostile
  Workspace workspace;      // of the run: ended, its evidence collected, not yet removed
};

class Publisher {
 public:
  virtual ~Publisher() = default;
  // Before a task is created: kInvalid when it could not be published, for lack of a secret.
  virtual Status Check(const TaskSpec& spec, const ProfileContract& contract) = 0;
  // Blocks. Errors mean that there is no answer from the publisher; what it refused is a value.
  virtual Result<Publication> Publish(const LaunchContext& context,
                                      const PublishRequest& request) = 0;
  // Removes what publications left behind whose launcher was killed; the names of it.
  virtual Result<std::vector<std::string>> Sweep() { return std::vector<std::string>(); }
};

}  // namespace ameide::task
