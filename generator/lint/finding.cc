#include "generator/lint/finding.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/strings.h"
#include "task/contract/sarif.h"

namespace ameide::generator {
namespace {

Severity SeverityOf(const LintFinding& finding) {
  const LintRule* rule = FindLintRule(finding.rule);
  return rule == nullptr ? Severity::kError : rule->severity;
}

std::string_view Paint(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "\033[31m";
    case Severity::kWarning:
      return "\033[33m";
    case Severity::kInfo:
      return "\033[36m";
  }
  return "";
}

std::string Counted(size_t count, std::string_view what) {
  return StrCat(count, " ", what, count == 1 ? "" : "s");
}

Json Text(std::string_view text) { return Json::Object{{"text", text}}; }

std::string_view Level(Severity severity) {
  return severity == Severity::kInfo ? "note" : ToString(severity);
}

Json RuleJson(const LintRule& rule) {
  return Json::Object{{"id", rule.id},
                      {"shortDescription", Text(rule.title)},
                      {"fullDescription", Text(rule.why)},
                      {"help", Text(rule.fix)},
                      {"defaultConfiguration", Json::Object{{"level", Level(rule.severity)}}}};
}

Json ResultJson(const LintFinding& finding) {
  const std::vector<LintRule>& rules = AllLintRules();
  const LintRule* rule = FindLintRule(finding.rule);
  Json result = Json::Object{{"ruleId", finding.rule}};
  if (rule != nullptr) result.Set("ruleIndex", static_cast<int64_t>(rule - rules.data()));
  result.Set("level", Level(SeverityOf(finding)));
  result.Set("message", Text(finding.message));
  const Json region = Json::Object{{"startLine", static_cast<int64_t>(finding.place.line)},
                                   {"startColumn", static_cast<int64_t>(finding.place.column)}};
  const Json where =
      Json::Object{{"artifactLocation", Json::Object{{"uri", task::SarifPath(finding.place.file)}}},
                   {"region", region}};
  result.Set("locations", Json::Array{Json::Object{{"physicalLocation", where}}});
  return result;
}

}  // namespace

void SortFindings(LintFindings* findings) {
  std::stable_sort(findings->begin(), findings->end(),
                   [](const LintFinding& a, const LintFinding& b) {
                     return std::tie(a.place.file, a.place.line, a.place.column) <
                            std::tie(b.place.file, b.place.line, b.place.column);
                   });
}

bool HasErrors(const LintFindings& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const LintFinding& finding) {
    return SeverityOf(finding) == Severity::kError;
  });
}

std::string FindingsText(const LintFindings& findings, bool color) {
  std::string out;
  std::array<size_t, 3> counts{};
  for (const LintFinding& finding : findings) {
    const Severity severity = SeverityOf(finding);
    ++counts[static_cast<size_t>(severity)];
    StrAppend(&out, finding.place.file, ":", finding.place.line, ":", finding.place.column, ": ",
              color ? Paint(severity) : "", ToString(severity), color ? "\033[0m" : "", ": ",
              finding.message, " [", finding.rule, "]\n");
  }
  if (findings.empty()) return out;
  StrAppend(&out, Counted(counts[0], "error"), ", ", Counted(counts[1], "warning"), ", ",
            Counted(counts[2], "note"), "\n");
  return out;
}

Json FindingsJson(const LintFindings& findings) {
  Json::Array items;
  for (const LintFinding& finding : findings) {
    items.push_back(Json::Object{{"rule", finding.rule},
                                 {"severity", ToString(SeverityOf(finding))},
                                 {"file", finding.place.file},
                                 {"line", static_cast<int64_t>(finding.place.line)},
                                 {"column", static_cast<int64_t>(finding.place.column)},
                                 {"message", finding.message},
                                 {"fixable", finding.edit.has_value()}});
  }
  return Json::Object{{"findings", std::move(items)}};
}

Json FindingsSarif(const LintFindings& findings, std::string_view version) {
  Json::Array rules;
  for (const LintRule& rule : AllLintRules()) rules.push_back(RuleJson(rule));
  Json::Array results;
  for (const LintFinding& finding : findings) results.push_back(ResultJson(finding));
  Json driver = Json::Object{{"name", "ameide-templates"}};
  if (!version.empty()) driver.Set("version", version);
  driver.Set("rules", std::move(rules));
  // Columns count bytes, which for what is pointed at are characters.
  Json run = Json::Object{{"tool", Json::Object{{"driver", std::move(driver)}}},
                          {"columnKind", "unicodeCodePoints"},
                          {"results", std::move(results)}};
  return task::SarifLog(std::move(run));
}

}  // namespace ameide::generator
