// Findings as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), for code scanning
// views and editors. Pure and deterministic: equal findings give equal bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "task/contract/guardrails.h"

namespace ameide::task {

// One run of the tool "ameide" with every rule of AllRules and one result per finding, in order.
// A finding of a rule that is not ours keeps its id and refers to no rule. Paths become
// percent-encoded URIs relative to the repository's root.
Json ToSarif(const std::vector<Finding>& findings, std::string_view tool_version);

// For other tools of ours: a path as a URI reference, and a log around one run.
std::string SarifPath(std::string_view path);
Json SarifLog(Json run);

}  // namespace ameide::task
