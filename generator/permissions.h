// What a change of a profile means for those who run tasks with it, in words. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "task/contract/profile.h"

namespace ameide::generator {

struct PermissionChange {
  enum class Effect {
    kWider,     // a task can do, see or last more than before, or it cannot be told
    kNarrower,  // less
    kNeutral,   // other, but not more
  };
  Effect effect = Effect::kNeutral;
  std::string area;  // "paths", "secrets", "network", …: what the change is about
  std::string text;  // "code may now write deploy/**"
  bool operator==(const PermissionChange&) const = default;
};

std::string_view ToString(PermissionChange::Effect effect);  // "wider"

// Empty when both allow the same. Texts for people only (description, icon) are not looked at.
std::vector<PermissionChange> ComparePermissions(const task::Profile& before,
                                                 const task::Profile& after);

}  // namespace ameide::generator
