#include "task/contract/task_spec_schema.h"

#include <map>
#include <string>

#include "base/strings.h"
#include "task/contract/fields.h"
#include "task/contract/guardrails.h"
#include "task/contract/task_spec.h"
#include "task/contract/words.h"

namespace ameide::task {
namespace {

// What a member's value looks like.
enum class Form {
  kVersion,
  kText,
  kLine,  // text that is not empty
  kTexts,
  kArguments,  // texts, at least one
  kGlobs,
  kBool,
  kLimit,
  kDepth,
  kDuration,
  kKind,
  kClone,
  kTrigger,
  kWorkId,
  kRunId,
  kName,
  kTextMap,
  kObjectMap,  // of objects whose members follow below "path/*"
  kObject,     // whose members follow below "path/"
};

struct Member {
  std::string_view path;  // from the root, steps separated by '/'
  Form form;
  bool required;
  std::string_view description;
};

constexpr Member kMembers[] = {
    {"version", Form::kVersion, true, "Version of this form."},
    {"work_id", Form::kWorkId, true, "The caller's idempotency key."},
    {"run_id", Form::kRunId, false, "One execution; the launcher sets it."},
    {"kind", Form::kKind, false, "What is wanted; decides in which phase the command runs."},
    {"profile", Form::kName, true, "Whose rules hold."},
    {"template", Form::kName, false, "Workspace template. Default: the profile's."},
    {"repository", Form::kObject, true, "The one repository that is checked out."},
    {"repository/url", Form::kLine, true, "https, ssh or file URL, or an absolute path."},
    {"repository/ref", Form::kText, false, "Branch, tag, full ref or commit id."},
    {"repository/clone", Form::kClone, false, "How to clone. Default: full."},
    {"repository/depth", Form::kDepth, false, "Commits of history, for a shallow clone."},
    {"repository/submodules", Form::kBool, false, "Check out submodules, too."},
    {"command", Form::kArguments, true, "Program and arguments, run without a shell."},
    {"verify", Form::kArguments, false,
     "Second command, in the phase verify after the command; kinds patch and run."},
    {"environment", Form::kTextMap, false, "Plain variables, never secrets."},
    {"secrets", Form::kObjectMap, false,
     "By environment name, which of the profile's grants the task uses. Default: all of them."},
    {"secrets/*/secret", Form::kLine, true, "Name of the Secret object."},
    {"secrets/*/key", Form::kLine, true, "Key inside it."},
    {"timeouts", Form::kObject, false, "A clock per phase. Default: the profile's."},
    {"timeouts/readiness", Form::kDuration, false, "Until the workspace's agent program reports."},
    {"timeouts/checkout", Form::kDuration, false, "For the clone."},
    {"timeouts/edit", Form::kDuration, false, "For the command of the kinds patch and run."},
    {"timeouts/verify", Form::kDuration, false, "For verify and for other kinds' command."},
    {"timeouts/pr", Form::kDuration, false, "For publishing."},
    {"ttl", Form::kDuration, false, "Hard limit for the whole task. Default: the profile's."},
    {"guardrails", Form::kObject, false, "What may change; can only narrow the profile's."},
    {"guardrails/allow_paths", Form::kGlobs, false, "Empty: every path that nothing denies."},
    {"guardrails/deny_paths", Form::kGlobs, false, "Wins over allow_paths."},
    {"guardrails/allow_gitlinks", Form::kBool, false, "May submodule pointers change?"},
    {"guardrails/promotion_artifacts", Form::kGlobs, false,
     "Files that say which version runs where; denied."},
    {"guardrails/digest_only", Form::kGlobs, false,
     "Files in which only SHA-256 digests may change."},
    {"guardrails/max_file_bytes", Form::kLimit, false, "Of a file after the change."},
    {"guardrails/max_changed_files", Form::kLimit, false, "Of the whole change."},
    {"guardrails/allow_binary", Form::kBool, false, "May binary files come or change?"},
    {"guardrails/deny_mode_changes", Form::kBool, false, "Must existing files keep their mode?"},
    {"evidence", Form::kObject, false, "Adds to what the profile asks for."},
    {"evidence/paths", Form::kGlobs, false, "Collected from the checkout."},
    {"evidence/required", Form::kGlobs, false, "Each must match a collected file."},
    {"pull_request", Form::kObject, false, "Opened on success; kinds patch and run."},
    {"pull_request/branch", Form::kLine, true, "Starts with the profile's branch prefix."},
    {"pull_request/base", Form::kLine, false,
     "Default: what was checked out, or the remote's default branch."},
    {"pull_request/title", Form::kLine, true, "One line."},
    {"pull_request/body", Form::kText, false, "Description."},
    {"pull_request/draft", Form::kBool, false, "Open it as a draft."},
    {"context", Form::kObject, false, "Ids of the surrounding process; never interpreted."},
    {"context/tenant_id", Form::kText, false, "Tenant."},
    {"context/product_backlog_item_id", Form::kText, false, "Product backlog item."},
    {"context/sprint_id", Form::kText, false, "Sprint."},
    {"context/timebox_ids", Form::kTexts, false, "Timeboxes."},
    {"context/goal_ids", Form::kTexts, false, "Goals."},
    {"context/work_item_ids", Form::kTexts, false, "Work items."},
    {"context/element_ids", Form::kTexts, false, "Graph elements."},
    {"context/correlation_id", Form::kText, false, "Joins the facts of one request."},
    {"context/traceparent", Form::kText, false, "W3C trace context."},
    {"context/trigger", Form::kTrigger, false, "Who started it. Default: manual."},
    {"context/dev_brief", Form::kText, false, "What is to be done, for whoever does it."},
};

template <class Word>
Json Words(const std::vector<Word>& all) {
  Json::Array words;
  for (const Word word : all) words.emplace_back(ToString(word));
  return words;
}

Json Typed(std::string_view type) { return Json::Object{{"type", type}}; }

Json With(Json schema, std::string_view key, Json value) {
  schema.Set(std::string(key), std::move(value));
  return schema;
}

Json Matching(std::string_view pattern) { return With(Typed("string"), "pattern", pattern); }

Json List(Json item) { return With(Typed("array"), "items", std::move(item)); }

Json Count(int64_t maximum) {
  return With(With(Typed("integer"), "minimum", 1), "maximum", maximum);
}

Json FormSchema(Form form) {
  switch (form) {
    case Form::kVersion:
      return Json::Object{{"const", kTaskSpecVersion}};
    case Form::kText:
      return Typed("string");
    case Form::kLine:
      return With(Typed("string"), "minLength", 1);
    case Form::kTexts:
      return List(Typed("string"));
    case Form::kArguments:
      return With(List(Typed("string")), "minItems", 1);
    case Form::kGlobs:
      return List(FormSchema(Form::kLine));
    case Form::kBool:
      return Typed("boolean");
    case Form::kLimit:
      return Count(kMaxGuardrailLimit);
    case Form::kDepth:
      return Count(kMaxCloneDepth);
    case Form::kDuration:
      return Matching(kDurationPattern);
    case Form::kKind:
      return With(Typed("string"), "enum", Words(AllTaskKinds()));
    case Form::kClone:
      return With(Typed("string"), "enum", Words(AllCloneStrategies()));
    case Form::kTrigger:
      return With(Typed("string"), "enum", Json::Array{"auto", "manual"});
    case Form::kWorkId:
      return Matching("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$");
    case Form::kRunId:
      return Matching("^[a-z0-9][a-z0-9-]{0,62}$");
    case Form::kName:
      return Matching("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$");
    case Form::kTextMap:
      return With(Typed("object"), "additionalProperties", Typed("string"));
    case Form::kObjectMap:
    case Form::kObject:
      break;
  }
  return Typed("object");
}

// The schema of the object whose members stand below `prefix` ("" or "repository/").
Json ObjectSchema(std::string_view prefix) {
  Json::Object properties;
  Json::Array required;
  for (const Member& member : kMembers) {
    if (!member.path.starts_with(prefix)) continue;
    const std::string_view name = member.path.substr(prefix.size());
    if (name.find('/') != std::string_view::npos) continue;
    Json schema = FormSchema(member.form);
    if (member.form == Form::kObject) schema = ObjectSchema(StrCat(member.path, "/"));
    if (member.form == Form::kObjectMap) {
      schema.Set("additionalProperties", ObjectSchema(StrCat(member.path, "/*/")));
    }
    schema.Set("description", member.description);
    properties.emplace_back(std::string(name), std::move(schema));
    if (member.required) required.emplace_back(name);
  }
  Json schema = Typed("object");
  schema.Set("properties", std::move(properties));
  if (!required.empty()) schema.Set("required", std::move(required));
  schema.Set("additionalProperties", false);
  return schema;
}

}  // namespace

Json TaskSpecSchema() {
  Json schema = Json::Object{{"$schema", "http://json-schema.org/draft-07/schema#"},
                             {"$id", StrCat("urn:ameide:task-spec:", kTaskSpecVersion)},
                             {"title", "TaskSpec"}};
  const Json body = ObjectSchema("");
  for (const auto& [name, value] : *body.AsObject()) schema.Set(name, value);
  return schema;
}

}  // namespace ameide::task
