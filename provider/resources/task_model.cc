#include "provider/resources/task_model.h"

#include <charconv>
#include <set>

#include "base/strings.h"
#include "base/text.h"
#include "provider/resources/task_schema.h"

namespace ameide::resources {
namespace {

using framework::Path;
using framework::Type;
using framework::Value;

// The attributes that are the TaskSpec; the others are Terraform's own affair or results.
const std::set<std::string_view> kSpecMembers = {
    "work_id", "profile", "kind",     "repository", "command",  "verify",       "environment",
    "secrets", "ttl",     "timeouts", "guardrails", "evidence", "pull_request", "context"};
// Results that live inside a member of the spec.
const std::set<std::string_view> kResultChildren = {"directory", "manifest_sha256"};

// Null and unknown members are left out: the contract knows neither.
Json ToJson(const Value& value) {
  switch (value.type().kind()) {
    case Type::Kind::kBool:
      return Json(value.AsBool().value());
    case Type::Kind::kNumber:
      return Json(Json::Number{value.AsNumber().value().text()});
    case Type::Kind::kString:
      return Json(value.AsString().value());
    case Type::Kind::kMap:
    case Type::Kind::kObject: {
      const bool attributes = value.type().kind() == Type::Kind::kObject;  // a map's keys are data
      Json::Object object;
      for (const auto& [name, child] : value.entries()) {
        if (child.IsKnown() && !(attributes && kResultChildren.contains(name))) {
          object.emplace_back(name, ToJson(child));
        }
      }
      return Json(std::move(object));
    }
    default: {
      // A null or unknown element keeps its place, so that the others keep their index.
      Json::Array array;
      for (const Value& child : value.elements()) {
        array.push_back(child.IsKnown() ? ToJson(child) : Json(""));
      }
      return Json(std::move(array));
    }
  }
}

// The child that a pointer step names, or nothing where `value` goes no further.
struct Child {
  Value value;
  Path path;
};
std::optional<Child> Descend(const Value& value, const Path& path, const std::string& step) {
  if (!value.IsKnown()) return std::nullopt;
  const Type::Kind kind = value.type().kind();
  if (kind == Type::Kind::kObject || kind == Type::Kind::kMap) {
    const auto entry = value.entries().find(step);
    if (entry == value.entries().end()) return std::nullopt;
    return Child{entry->second,
                 kind == Type::Kind::kObject ? path.Attribute(step) : path.Key(step)};
  }
  size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (kind != Type::Kind::kList || error != std::errc() || end != step.data() + step.size() ||
      index >= value.elements().size()) {
    return std::nullopt;
  }
  return Child{value.elements()[index], path.Index(static_cast<int64_t>(index))};
}

struct Place {
  Value value;
  Path path;
};
Place Follow(const Value& values, std::string_view pointer) {
  Place place{values, Path()};
  if (pointer.empty()) return place;
  for (const std::string_view raw : StrSplit(pointer.substr(1), '/')) {
    const std::string step = StrReplaceAll(StrReplaceAll(raw, "~1", "/"), "~0", "~");
    std::optional<Child> child = Descend(place.value, place.path, step);
    if (!child) break;
    place = {std::move(child->value), std::move(child->path)};
  }
  return place;
}

Value Text(std::string_view text) { return Value::String(ToValidUtf8(text)); }

Value Texts(const std::vector<std::string>& texts) {
  Value::Elements elements;
  for (const std::string& text : texts) elements.push_back(Text(text));
  return Value::List(Type::String(), std::move(elements));
}

Value Count(int count) { return Value::Number(count); }

Value TestsValue(const task::TestCounts& tests) {
  return Value::Object({{"total", Count(tests.total)},
                        {"passed", Count(tests.passed)},
                        {"failed", Count(tests.failed)},
                        {"errors", Count(tests.errors)},
                        {"skipped", Count(tests.skipped)},
                        {"failing", Texts(tests.failing)}});
}

Value ArtifactValue(const task::Artifact& artifact) {
  return Value::Object(
      {{"summary", Text(artifact.summary)},
       {"pr_url", artifact.pr_url.empty() ? Value::Null(Type::String()) : Text(artifact.pr_url)},
       {"changed_files", Texts(artifact.changed_files)},
       {"risks", Texts(artifact.risks)},
       {"tests", TestsValue(artifact.tests)}});
}

Value FindingsValue(const Type& list, const std::vector<task::Finding>& findings) {
  Value::Elements elements;
  for (const task::Finding& finding : findings) {
    elements.push_back(Value::Object({{"rule", Text(finding.rule)},
                                      {"path", Text(finding.path)},
                                      {"what_failed", Text(finding.what_failed)},
                                      {"why_it_matters", Text(finding.why_it_matters)},
                                      {"where_to_fix", Text(finding.where_to_fix)},
                                      {"fix_steps", Texts(finding.fix_steps)}}));
  }
  return Value::List(list.element(), std::move(elements));
}

Value WorkspaceValue(const task::TaskRecord& record) {
  return Value::Object({{"name", Text(record.workspace.name)},
                        {"backend", Text(record.backend)},
                        {"location", Text(record.workspace.location)},
                        {"gone", Value::Bool(record.workspace_gone)}});
}

// What the user asked for stays as planned; where the bundle is comes from the record.
Value EvidenceValue(const Type& type, const Value& planned, const task::TaskRecord& record) {
  Value::Entries entries = planned.IsKnown() ? planned.entries() : Value::Entries();
  const auto or_null = [](const std::string& text) {
    return text.empty() ? Value::Null(Type::String()) : Text(text);
  };
  entries["directory"] = or_null(record.evidence_directory.string());
  entries["manifest_sha256"] = or_null(record.manifest_sha256);
  return Value::Object(type, std::move(entries));
}

// From the contract's JSON back to values of the schema: what a TaskSpec says, as Terraform would.
Value FromJson(const Json* json, const Type& type) {
  if (json == nullptr || json->is_null()) return Value::Null(type);
  switch (type.kind()) {
    case Type::Kind::kBool:
      return Value::Bool(*json->AsBool());
    case Type::Kind::kNumber:
      return Value::Number(framework::Number::FromText(json->AsNumber()->text).value());
    case Type::Kind::kString:
      return Text(*json->AsString());
    case Type::Kind::kList: {
      Value::Elements elements;
      for (const Json& item : *json->AsArray()) elements.push_back(FromJson(&item, type.element()));
      return elements.empty() ? Value::Null(type) : Value::List(type.element(), elements);
    }
    case Type::Kind::kMap: {
      Value::Entries entries;
      for (const auto& [key, item] : *json->AsObject()) {
        entries[key] = FromJson(&item, type.element());
      }
      return entries.empty() ? Value::Null(type) : Value::Map(type.element(), entries);
    }
    default: {
      Value::Entries entries;
      for (const auto& [name, child] : type.attributes()) {
        entries[name] = FromJson(json->Find(name), child);
      }
      return Value::Object(type, std::move(entries));
    }
  }
}

// What `json` says beyond `defaults`; nothing where both say the same.
Json Beyond(const Json& defaults, const Json& json) {
  if (json.AsObject() == nullptr) return json == defaults ? Json() : json;
  Json beyond;
  for (const auto& [name, member] : *json.AsObject()) {
    const Json* same = defaults.Find(name);
    Json more = same == nullptr ? member : Beyond(*same, member);
    if (!more.is_null()) beyond.Set(name, std::move(more));
  }
  return beyond;
}

}  // namespace

bool SameTask(const Value& one, const Value& other) {
  for (const std::string_view member : kSpecMembers) {
    if (!one.Attribute(member).WhollyKnown() || !other.Attribute(member).WhollyKnown()) {
      return false;
    }
  }
  const auto first = SpecFrom(one, "any");
  const auto second = SpecFrom(other, "any");
  return first.ok() && second.ok() && *first.value == *second.value;
}

task::Checked<task::TaskSpec> SpecFrom(const Value& values, const std::string& work_id) {
  Json spec;
  spec.Set("version", task::kTaskSpecVersion);
  spec.Set("work_id", work_id);
  for (const auto& [name, value] : values.entries()) {
    if (kSpecMembers.contains(name) && value.IsKnown()) spec.Set(name, ToJson(value));
  }
  return task::TaskSpecFromJson(spec);
}

void AddProblems(const task::Problems& problems, const Value& values,
                 framework::Diagnostics& diagnostics) {
  for (const task::Problem& problem : problems) {
    const Place place = Follow(values, problem.pointer);
    if (!place.value.WhollyKnown() && place.value != values) continue;
    // Terraform shows the source line only down to a nested attribute's parent: say the whole path.
    const std::string subject = place.path.empty() ? "The task" : place.path.ToString();
    diagnostics.AddError("Invalid task", StrCat(subject, " ", problem.message, "."), place.path);
  }
}

Path PathOf(const Value& values, std::string_view pointer) { return Follow(values, pointer).path; }

Value StateFrom(const Value& planned, const task::TaskRecord& record) {
  const Type type = framework::TypeOf(TaskSchema());
  const task::TaskResult& result = record.result;
  Value::Entries state = planned.entries();
  state["id"] = Text(result.work_id);
  state["work_id"] = Text(result.work_id);
  state["run_id"] = Text(result.run_id);
  state["ttl"] = state["ttl"].IsKnown() ? state["ttl"] : Text(FormatDuration(record.spec.ttl));
  state["state"] = Text(ToString(result.state));
  state["outcome"] = Text(ToString(result.outcome));
  state["failure"] = Text(ToString(result.failure));
  state["exit_code"] = result.exit_code ? Count(*result.exit_code) : Value::Null(Type::Number());
  state["reason"] = Text(result.reason);
  state["started_at"] = Text(FormatTime(result.started_at));
  state["finished_at"] = Text(FormatTime(result.finished_at));
  state["workspace"] = WorkspaceValue(record);
  state["artifact"] = ArtifactValue(result.artifact);
  state["findings"] = FindingsValue(type.attributes().at("findings"), result.findings);
  state["evidence"] =
      EvidenceValue(type.attributes().at("evidence"), planned.Attribute("evidence"), record);
  return Value::Object(type, std::move(state));
}

Value ImportedState(const task::TaskRecord& record) {
  const Type type = framework::TypeOf(TaskSchema());
  // Defaults are left out, as a person would leave them out: the next plan is then empty.
  Json spec = Beyond(task::ToJson(task::TaskSpec()), task::ToJson(record.requested));
  Json repository = *spec.Find("repository");
  repository.Set("clone", ToString(record.requested.repository.clone));
  spec.Set("repository", std::move(repository));
  spec.Set("kind", ToString(record.requested.kind));
  Value::Entries inputs;
  for (const auto& [name, attribute] : type.attributes()) {
    inputs[name] =
        kSpecMembers.contains(name) ? FromJson(spec.Find(name), attribute) : Value::Null(attribute);
  }
  inputs["on_failure"] = Value::String("record");
  inputs["retain"] = Value::String("never");
  return StateFrom(Value::Object(type, std::move(inputs)), record);
}

Value IdentityOf(const std::string& work_id) {
  return Value::Object({{"work_id", Value::String(work_id)}});
}

}  // namespace ameide::resources
