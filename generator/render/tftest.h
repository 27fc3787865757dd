// tests/<template>.tftest.hcl: what a rendered template must keep, as `terraform test` checks it.
// It plans only, so it holds with the real providers and with stand-ins, without a cluster.
#pragma once

#include <string>

#include "task/contract/profile.h"

namespace ameide::generator {

std::string TaskTest(const task::Profile& profile);
std::string HumanTest(const task::Profile& profile);  // only for a profile with a human mode

}  // namespace ameide::generator
