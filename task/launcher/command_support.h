// What the verbs of `ameide-launcher` share. Private to the program.
#pragma once

#include <string>

#include "task/contract/profile.h"
#include "task/contract/task_spec.h"
#include "task/launcher/commands.h"

namespace ameide::task {

inline constexpr uint64_t kMaxInputBytes = 4u << 20;  // specs, profiles, keys

// The exit code follows from the error's kind.
CommandOutput Failed(const Error& error);
// A file of the caller's that is not what it should be: a usage error.
CommandOutput Unusable(const Error& error);

Result<TaskSpec> LoadSpec(const fs::path& file);
// From the file, or the built-in one of that name when `file` is empty.
Result<Profile> LoadProfile(const fs::path& file, const std::string& name);

}  // namespace ameide::task
