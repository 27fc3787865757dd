// What can be said about a profile that loads. Pure.
#pragma once

#include "generator/lint/finding.h"
#include "generator/load.h"
#include "task/contract/yaml_json.h"

namespace ameide::generator {

void AdviseOnProfile(const task::Profile& profile, const ProfileSource& source,
                     const task::YamlDocument& document, LintFindings* findings);

}  // namespace ameide::generator
