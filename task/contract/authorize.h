// May this task run under this profile, and with which clocks? Asked before anything is created.
#pragma once

#include <string>
#include <vector>

#include "task/contract/profile.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

// The spec with every default filled in from the profile, or why it may not run: a repository
// outside the allowlist, TTL above the profile's maximum, a phase clock longer than the TTL, wrong
// profile name, guardrails wider than the profile's, a secret that is none of its grants, a pull
// request that it does not have or whose branch is not below its prefix. Problems carry the pointer
// of the spec's member.
//
// Evidence adds up: what the profile asks for stays asked for. A phase clock that comes from the
// profile is cut to the TTL instead of refused.
//
// Repositories: an empty list or a "*" in it allows any; otherwise the URL must equal an entry or
// match it as a glob, user information, a final ".git" and a final "/" aside.
// `also_allowed_repositories` is what the operator adds to the profile's list; it allows nothing by
// being empty.
Checked<TaskSpec> Authorize(const TaskSpec& spec, const ProfileContract& profile,
                            const std::vector<std::string>& also_allowed_repositories = {});

}  // namespace ameide::task
