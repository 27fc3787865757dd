// Secrets from a folder, as Kubernetes mounts them: <folder>/<secret>/<key>.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

inline constexpr uint64_t kMaxSecretBytes = 32u << 10;

// Who gets them: the agent program in the workspace (checkout, edit, verify) or the publisher (pr,
// only for tasks with a pull request).
enum class SecretReader { kAgent, kPublisher };

// Environment name → value, of the grants that the task uses. kInvalid names every one that is not
// there, never a value. Without a folder there are none, and a task that names one is refused.
Result<std::map<std::string, std::string>> ReadLocalSecrets(const fs::path& folder,
                                                            const TaskSpec& spec,
                                                            const ProfileContract& contract,
                                                            SecretReader reader);

}  // namespace ameide::task
