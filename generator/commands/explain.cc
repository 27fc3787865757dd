// explain: a lint rule, or the list of them.
#include <algorithm>

#include "base/strings.h"
#include "generator/commands/commands.h"
#include "generator/lint/rules.h"

namespace ameide::generator {
namespace {

std::string AllOfThem() {
  size_t width = 0;
  for (const LintRule& rule : AllLintRules()) width = std::max(width, rule.id.size());
  std::string out;
  for (const LintRule& rule : AllLintRules()) {
    StrAppend(&out, rule.id, std::string(width + 2 - rule.id.size(), ' '), rule.title, "\n");
  }
  return out;
}

Outcome Explain(const Arguments& arguments, const Context&) {
  if (!arguments.Has("rule")) return {kExitOk, AllOfThem(), ""};
  const std::string id = arguments.Text("rule");
  const LintRule* rule = FindLintRule(id);
  if (rule == nullptr) {
    return WrongUsage(StrCat("there is no rule '", id, "'; explain without a name lists them"));
  }
  return {
      kExitOk,
      StrCat(rule->id, " (", ToString(rule->severity), "): ", rule->title, ".\nWhy: ", rule->why,
             "\nFix: ", rule->fix, rule->fixable ? " lint --fix does it." : "", "\n"),
      ""};
}

}  // namespace

Command ExplainCommand() {
  return {"explain",
          "Explain a rule of lint, or list them",
          {{.name = "rule", .value = "RULE", .help = "The rule's id; default: all"}},
          Explain};
}

}  // namespace ameide::generator
