// Every key of a profile's YAML: what the loader takes, the JSON Schema offers and docs/profiles.md
// lists. Rules between keys are profile_relations.h.
#pragma once

#include "task/contract/fields.h"

namespace ameide::task {

const Fields& ProfileFields();

}  // namespace ameide::task
