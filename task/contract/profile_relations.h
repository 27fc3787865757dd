// Rules between the keys of a profile, once each key is right by itself. Pure.
#pragma once

#include "base/json.h"
#include "task/contract/profile.h"

namespace ameide::task {

// `json` is the document that `profile` was read from: a rule says nothing about a key that is not
// there, and nothing twice.
void CheckRelations(const Profile& profile, const Json& json, Problems* problems);

}  // namespace ameide::task
