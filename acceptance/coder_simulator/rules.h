// What Coder accepts in a request (facts 2.2, 3.1 and 3.4). Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "acceptance/coder_simulator/template_model.h"
#include "base/json.h"

namespace ameide::simulator {

struct Validation {
  std::string field, detail;
};

// Workspaces and templates: groups of letters and digits joined by single hyphens, at most 32.
bool IsName(std::string_view name);
// Template versions: joined by single '_', '.' or '-', at most 64.
bool IsVersionName(std::string_view name);

// The values of a first build: defaults filled in. Problems name parameters.
std::map<std::string, std::string> CheckParameters(const std::vector<RichParameter>& parameters,
                                                   const Json* given,
                                                   std::vector<Validation>* problems);

// `ttl_ms` of a request, whole minutes; 0 when absent, null or 0.
int64_t CheckTtl(const Json* value, std::vector<Validation>* problems);

}  // namespace ameide::simulator
