#include "base/text.h"
#include "task/contract/guardrails.h"
#include "task/contract/json_reader.h"

namespace ameide::task {

Checked<Guardrails> GuardrailsFromJson(const Json& json, std::string_view pointer) {
  Guardrails guardrails;
  Problems problems;
  ObjectReader reader(json, pointer, &problems);
  ReadGlobs(&reader, "allow_paths", &guardrails.allow_paths);
  ReadGlobs(&reader, "deny_paths", &guardrails.deny_paths);
  reader.Read("allow_gitlinks", &guardrails.allow_gitlinks);
  ReadGlobs(&reader, "promotion_artifacts", &guardrails.promotion_artifacts);
  ReadGlobs(&reader, "digest_only", &guardrails.digest_only);
  reader.ReadInt("max_file_bytes", 1, kMaxGuardrailLimit, &guardrails.max_file_bytes);
  reader.ReadInt("max_changed_files", 1, kMaxGuardrailLimit, &guardrails.max_changed_files);
  reader.Read("allow_binary", &guardrails.allow_binary);
  reader.Read("deny_mode_changes", &guardrails.deny_mode_changes);
  reader.Finish();
  return Finished(std::move(guardrails), std::move(problems));
}

Json ToJson(const Guardrails& guardrails) {
  Json json;
  json.Set("allow_paths", Json::Strings(guardrails.allow_paths));
  json.Set("deny_paths", Json::Strings(guardrails.deny_paths));
  json.Set("allow_gitlinks", guardrails.allow_gitlinks);
  json.Set("promotion_artifacts", Json::Strings(guardrails.promotion_artifacts));
  json.Set("digest_only", Json::Strings(guardrails.digest_only));
  if (guardrails.max_file_bytes > 0) json.Set("max_file_bytes", guardrails.max_file_bytes);
  if (guardrails.max_changed_files > 0) json.Set("max_changed_files", guardrails.max_changed_files);
  json.Set("allow_binary", guardrails.allow_binary);
  json.Set("deny_mode_changes", guardrails.deny_mode_changes);
  return json;
}

Json ToJson(const Finding& finding) {
  Json json;
  json.Set("rule", finding.rule);
  json.Set("path", finding.path);
  json.Set("what_failed", finding.what_failed);
  json.Set("why_it_matters", finding.why_it_matters);
  json.Set("where_to_fix", finding.where_to_fix);
  json.Set("fix_steps", Json::Strings(finding.fix_steps));
  return json;
}

// Findings come back out of workspaces, so every text is made fit to be shown.
Checked<Finding> FindingFromJson(const Json& json, std::string_view pointer) {
  Finding finding;
  Problems problems;
  ObjectReader reader(json, pointer, &problems);
  reader.Require({"rule", "path", "what_failed"});
  reader.Read("rule", &finding.rule);
  reader.Read("path", &finding.path);
  reader.Read("what_failed", &finding.what_failed);
  reader.Read("why_it_matters", &finding.why_it_matters);
  reader.Read("where_to_fix", &finding.where_to_fix);
  reader.Read("fix_steps", &finding.fix_steps);
  reader.Finish();
  finding.rule = ToOneLine(finding.rule);
  finding.path = ToOneLine(finding.path);
  finding.what_failed = ToPrintable(finding.what_failed);
  finding.why_it_matters = ToPrintable(finding.why_it_matters);
  finding.where_to_fix = ToPrintable(finding.where_to_fix);
  for (std::string& step : finding.fix_steps) step = ToPrintable(step);
  return Finished(std::move(finding), std::move(problems));
}

}  // namespace ameide::task
