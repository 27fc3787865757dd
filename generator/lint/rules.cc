#include "generator/lint/rules.h"

#include <algorithm>

#include "base/strings.h"

namespace ameide::generator {
namespace {

std::string Table(const std::vector<LintRule>& rules) {
  std::string out =
      "| Rule | Severity | What is wrong | Why it matters | What to do |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (const LintRule& rule : rules) {
    StrAppend(&out, "| `", rule.id, "` | ", ToString(rule.severity), " | ", rule.title, " | ",
              rule.why, " | ", rule.fix, rule.fixable ? " `--fix` does it." : "", " |\n");
  }
  return out;
}

}  // namespace

std::string_view ToString(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      return "info";
  }
  return "";
}

const std::vector<LintRule>& AllLintRules() {
  static const std::vector<LintRule> kRules = [] {
    std::vector<LintRule> rules = ProfileRules();
    for (const LintRule& rule : TemplateRules()) rules.push_back(rule);
    return rules;
  }();
  return kRules;
}

const LintRule* FindLintRule(std::string_view id) {
  const std::vector<LintRule>& rules = AllLintRules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const LintRule& rule) { return rule.id == id; });
  return found == rules.end() ? nullptr : &*found;
}

std::string LintMarkdown() {
  return StrCat(
      "# Lint rules\n\n"
      "`ameide-templates lint` looks at profiles and at template folders, its own and foreign "
      "ones. "
      "Errors make it exit with 1; warnings and notes do not. This page is made from the table of "
      "rules; `ameide-templates explain RULE` prints one of them.\n\n"
      "```sh\n"
      "ameide-templates lint                          # the built-in profiles and templates\n"
      "ameide-templates lint profiles templates       # profiles, folders of them, templates\n"
      "ameide-templates lint --fix profiles           # repair what is safe to repair\n"
      "ameide-templates lint --sarif > lint.sarif     # for code scanning; --json for scripts\n"
      "```\n\n"
      "`--fix` changes the bytes in question and nothing else: comments, order and style stay. A "
      "file is written only when it has fewer findings afterwards.\n\n"
      "## Profiles\n\n",
      Table(ProfileRules()),
      "\n## Templates\n\n"
      "What `terraform validate` and `terraform plan` let pass, or find only when a workspace is "
      "built, and what makes a pod more powerful than a task needs.\n\n",
      Table(TemplateRules()));
}

}  // namespace ameide::generator
