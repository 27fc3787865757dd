// JSON values as YAML in block style, for manifests and front matter that people read. Text that
// any YAML reader could take for something else is quoted. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace ameide::generator {

std::string ToYaml(const Json& value);
// Several documents of one file, with "---" between them.
std::string ToYaml(const std::vector<Json>& documents);

}  // namespace ameide::generator
