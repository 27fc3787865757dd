// The published forms of the table of a profile's keys (profile_fields.h). Pure.
#pragma once

#include <string>

#include "base/json.h"

namespace ameide::task {

// draft-07, committed as profiles/profile.schema.json. It says what a key holds; rules between keys
// are the loader's.
Json ProfileSchema();

// The table of docs/profiles.md.
std::string ProfileKeyTable();

}  // namespace ameide::task
