#include "base/strings.h"
#include "task/contract/json_reader.h"
#include "task/launcher/record_store.h"

namespace ameide::task {
namespace {

// 2: with the profile's contract. Records of version 1 are still read.
constexpr int kRecordVersion = 2;

Json WorkspaceToJson(const Workspace& workspace) {
  return Json::Object{{"name", workspace.name},
                      {"location", workspace.location},
                      {"work_id", workspace.work_id},
                      {"run_id", workspace.run_id}};
}

void ReadWorkspace(const Json& json, std::string_view pointer, Workspace* out, Problems* problems) {
  ObjectReader reader(json, pointer, problems);
  reader.Require({"name", "location", "work_id", "run_id"});
  reader.Read("name", &out->name);
  reader.Read("location", &out->location);
  reader.Read("work_id", &out->work_id);
  reader.Read("run_id", &out->run_id);
  reader.Finish();
}

// The nested document's problems, with their place in the whole record.
template <class T>
void TakeAt(std::string_view pointer, Checked<T> nested, T* out, Problems* problems) {
  for (Problem& problem : nested.problems) problem.pointer.insert(0, pointer);
  Take(std::move(nested), out, problems);
}

// What can be said of a run that has not ended.
TaskResult Pending(const TaskSpec& spec, WallTime started_at) {
  TaskResult result;
  result.work_id = spec.work_id;
  result.run_id = spec.run_id;
  result.profile = spec.profile;
  result.kind = spec.kind;
  result.state = TaskState::kWorking;
  result.started_at = started_at;
  result.command = spec.command;
  result.repository_url = WithoutUserInfo(spec.repository.url);
  result.repository_ref = spec.repository.ref;
  return result;
}

}  // namespace

std::string_view ToString(Retain retain) {
  switch (retain) {
    case Retain::kNever:
      return "never";
    case Retain::kOnFailure:
      return "on_failure";
    case Retain::kUntilDestroy:
      return "until_destroy";
  }
  return "never";
}

std::optional<Retain> RetainFrom(std::string_view text) {
  for (const Retain retain : {Retain::kNever, Retain::kOnFailure, Retain::kUntilDestroy}) {
    if (ToString(retain) == text) return retain;
  }
  return std::nullopt;
}

Json ToJson(const StoredRecord& stored) {
  const TaskRecord& record = stored.record;
  Json json = Json::Object{{"version", kRecordVersion},
                           {"finished", stored.finished},
                           {"retained", stored.retained},
                           {"backend", record.backend},
                           {"workspace", WorkspaceToJson(record.workspace)},
                           {"workspace_gone", record.workspace_gone},
                           {"started_at", FormatTime(record.result.started_at)},
                           {"evidence_directory", record.evidence_directory.string()},
                           {"manifest_sha256", record.manifest_sha256},
                           {"warnings", Json::Strings(record.warnings)},
                           {"requested", ToJson(record.requested)},
                           {"spec", ToJson(record.spec)}};
  if (stored.contract) json.Set("contract", ToJson(*stored.contract));
  if (stored.finished) json.Set("result", ToJson(record.result));
  return json;
}

Result<StoredRecord> StoredRecordFromJson(const Json& json) {
  Problems problems;
  StoredRecord stored;
  TaskRecord& record = stored.record;
  ObjectReader reader(json, "", &problems);
  reader.Require({"version", "finished", "retained", "backend", "workspace", "workspace_gone",
                  "started_at", "evidence_directory", "manifest_sha256", "warnings", "requested",
                  "spec"});
  int version = 0;
  reader.ReadInt("version", 1, kRecordVersion, &version);
  reader.Read("finished", &stored.finished);
  reader.Read("retained", &stored.retained);
  reader.Read("backend", &record.backend);
  reader.Read("workspace_gone", &record.workspace_gone);
  WallTime started_at;
  reader.Read("started_at", &started_at);
  std::string evidence;
  reader.Read("evidence_directory", &evidence);
  record.evidence_directory = evidence;
  reader.Read("manifest_sha256", &record.manifest_sha256);
  reader.Read("warnings", &record.warnings);
  if (const Json* workspace = reader.Child("workspace")) {
    ReadWorkspace(*workspace, "/workspace", &record.workspace, &problems);
  }
  if (const Json* requested = reader.Child("requested")) {
    TakeAt("/requested", TaskSpecFromJson(*requested), &record.requested, &problems);
  }
  if (const Json* spec = reader.Child("spec")) {
    TakeAt("/spec", TaskSpecFromJson(*spec), &record.spec, &problems);
  }
  if (const Json* contract = reader.Child("contract")) {
    TakeAt("/contract", ProfileContractFromJson(*contract), &stored.contract.emplace(), &problems);
  }
  if (stored.finished) {
    reader.Require({"result"});
    if (const Json* result = reader.Child("result")) {
      TakeAt("/result", TaskResultFromJson(*result), &record.result, &problems);
    }
  } else {
    record.result = Pending(record.spec, started_at);
  }
  reader.Finish();
  if (!problems.empty()) return ToError(problems, "read", "task record");
  return stored;
}

}  // namespace ameide::task
