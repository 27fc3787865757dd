// The rules of `ameide-templates lint`: one table that findings, `explain`, SARIF and docs/lint.md
// are made from. Ids are stable: they may be added, never renamed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ameide::generator {

enum class Severity { kError, kWarning, kInfo };
std::string_view ToString(Severity severity);  // "error", "warning", "info"

struct LintRule {
  std::string_view id;
  Severity severity;
  std::string_view title;  // what is wrong, a sentence part
  std::string_view why;    // why that matters, a sentence
  std::string_view fix;    // what to do, a sentence
  bool fixable = false;    // --fix can do it
};

std::vector<LintRule> ProfileRules();   // of a profile's YAML
std::vector<LintRule> TemplateRules();  // of a template's folder
const std::vector<LintRule>& AllLintRules();

// Null when there is none of that name.
const LintRule* FindLintRule(std::string_view id);

// docs/lint.md.
std::string LintMarkdown();

}  // namespace ameide::generator
