// One thing that a rule found, where it is, and how to repair it when that is safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "generator/lint/rules.h"
#include "generator/lint/text_edit.h"

namespace ameide::generator {

struct LintFinding {
  std::string rule;  // an id of AllLintRules()
  Place place;
  std::string message;           // cause and next step, a sentence without full stop
  std::optional<TextEdit> edit;  // into place.file
};
using LintFindings = std::vector<LintFinding>;

// By file, line and column; stable.
void SortFindings(LintFindings* findings);
// Whether any is an error.
bool HasErrors(const LintFindings& findings);

// "file:12:3: error: message [rule]" per line, and a line with the counts.
std::string FindingsText(const LintFindings& findings, bool color);
Json FindingsJson(const LintFindings& findings);
// SARIF 2.1.0 of the tool "ameide-templates".
Json FindingsSarif(const LintFindings& findings, std::string_view version);

}  // namespace ameide::generator
