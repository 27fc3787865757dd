#include "task/contract/sarif.h"

#include <algorithm>

#include "base/quoting.h"
#include "base/strings.h"

namespace ameide::task {
namespace {

Json Message(std::string text) { return Json::Object{{"text", std::move(text)}}; }

std::string Sentence(std::string_view text) {
  std::string sentence(text);
  if (sentence.empty()) return sentence;
  if (sentence[0] >= 'a' && sentence[0] <= 'z') {
    sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
  }
  if (!sentence.ends_with('.')) sentence += '.';
  return sentence;
}

Json RuleJson(const Rule& rule) {
  return Json::Object{{"id", rule.id},
                      {"shortDescription", Message(Sentence(rule.when))},
                      {"fullDescription", Message(Sentence(rule.why))},
                      {"defaultConfiguration", Json::Object{{"level", "error"}}}};
}

Json LocationJson(const Finding& finding) {
  return Json::Object{
      {"physicalLocation",
       Json::Object{{"artifactLocation",
                     Json::Object{{"uri", SarifPath(finding.path)}, {"uriBaseId", "%SRCROOT%"}}}}}};
}

Json ResultJson(const Finding& finding) {
  std::vector<std::string> parts = {Sentence(finding.what_failed),
                                    Sentence(finding.why_it_matters)};
  for (const std::string& step : finding.fix_steps) parts.push_back(Sentence(step));
  Json result;
  result.Set("ruleId", finding.rule);
  const std::vector<Rule>& rules = AllRules();
  const auto known = std::find_if(rules.begin(), rules.end(),
                                  [&](const Rule& rule) { return rule.id == finding.rule; });
  if (known != rules.end()) result.Set("ruleIndex", static_cast<int64_t>(known - rules.begin()));
  result.Set("level", "error");
  result.Set("message", Message(StrJoin(parts, " ")));
  result.Set("locations", Json::Array{LocationJson(finding)});
  result.Set("properties", Json::Object{{"whatFailed", finding.what_failed},
                                        {"whyItMatters", finding.why_it_matters},
                                        {"whereToFix", finding.where_to_fix},
                                        {"fixSteps", Json::Strings(finding.fix_steps)}});
  return result;
}

}  // namespace

Json ToSarif(const std::vector<Finding>& findings, std::string_view tool_version) {
  Json::Array rules;
  for (const Rule& rule : AllRules()) rules.push_back(RuleJson(rule));
  Json::Array results;
  for (const Finding& finding : findings) results.push_back(ResultJson(finding));
  Json driver;
  driver.Set("name", "ameide");
  if (!tool_version.empty()) driver.Set("version", tool_version);
  driver.Set("rules", std::move(rules));
  Json run = Json::Object{{"tool", Json::Object{{"driver", std::move(driver)}}},
                          {"columnKind", "unicodeCodePoints"},
                          {"results", std::move(results)}};
  return SarifLog(std::move(run));
}

// A colon in the first step would read as a scheme, so it is encoded, too.
std::string SarifPath(std::string_view path) { return PercentEncode(path, "-._~/"); }

Json SarifLog(Json run) {
  return Json::Object{{"$schema",
                       "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                       "sarif-schema-2.1.0.json"},
                      {"version", "2.1.0"},
                      {"runs", Json::Array{std::move(run)}}};
}

}  // namespace ameide::task
