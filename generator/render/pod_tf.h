// pod.tf: the pod, with everything written out that the provider would default unsafely. Pure.
#pragma once

#include <string>

#include "task/contract/profile.h"

namespace ameide::generator {

std::string PodTf(const task::Profile& profile);

}  // namespace ameide::generator
