#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/json_reader.h"
#include "task/contract/task_result.h"
#include "task/contract/task_spec.h"

namespace ameide::task {
namespace {

void MakePrintable(std::vector<std::string>* texts) {
  for (std::string& text : *texts) text = ToPrintable(text);
}

// An id is empty when the spec could not be read, so that even then there is a result.
void ReadId(ObjectReader* reader, std::string_view key, std::string (*problem)(std::string_view),
            std::string* out) {
  if (reader->Read(key, out) && !out->empty()) reader->Problem(key, problem(*out));
}

void ReadText(ObjectReader* reader, std::string_view key, std::string* out) {
  if (reader->Read(key, out)) *out = ToPrintable(*out);
}

void ReadLine(ObjectReader* reader, std::string_view key, std::string* out) {
  if (reader->Read(key, out)) *out = ToOneLine(*out);
}

void ReadPhase(const Json& json, const std::string& pointer, Problems* problems,
               PhaseRecord* phase) {
  ObjectReader reader(json, pointer, problems);
  reader.Require({"phase", "started_at", "duration", "outcome"});
  reader.ReadWord("phase", PhaseFrom, AllPhases(), &phase->phase);
  reader.Read("started_at", &phase->started_at);
  reader.Read("duration", &phase->duration);
  reader.ReadWord("outcome", OutcomeFrom, AllOutcomes(), &phase->outcome);
  reader.Finish();
}

void ReadArtifact(const Json& json, Problems* problems, Artifact* artifact) {
  ObjectReader reader(json, "/artifact", problems);
  ReadLine(&reader, "pr_url", &artifact->pr_url);
  ReadText(&reader, "summary", &artifact->summary);
  if (const Json* tests = reader.Child("tests")) {
    Take(TestCountsFromJson(*tests, "/artifact/tests"), &artifact->tests, problems);
  }
  reader.Read("changed_files", &artifact->changed_files);
  for (std::string& file : artifact->changed_files) file = ToOneLine(file);
  reader.Read("risks", &artifact->risks);
  MakePrintable(&artifact->risks);
  reader.Finish();
}

void ReadRepository(const Json& json, Problems* problems, TaskResult* result) {
  ObjectReader reader(json, "/repository", problems);
  ReadLine(&reader, "url", &result->repository_url);
  result->repository_url = WithoutUserInfo(result->repository_url);
  ReadLine(&reader, "ref", &result->repository_ref);
  ReadLine(&reader, "base_commit", &result->base_commit);
  reader.Finish();
}

void ReadEnd(ObjectReader* reader, TaskResult* result) {
  reader->ReadWord("state", TaskStateFrom, AllTaskStates(), &result->state);
  reader->ReadWord("outcome", OutcomeFrom, AllOutcomes(), &result->outcome);
  reader->ReadWord("failure_class", FailureClassFrom, AllFailureClasses(), &result->failure);
  int number = 0;
  if (reader->ReadInt("exit_code", 0, 255, &number)) result->exit_code = number;
  if (reader->ReadInt("signal", 1, 64, &number)) result->signal = number;
  ReadText(reader, "reason", &result->reason);
  reader->Read("started_at", &result->started_at);
  reader->Read("finished_at", &result->finished_at);
}

bool HasEnded(TaskState state) { return IsTerminal(state) || state == TaskState::kInputRequired; }

// A result that contradicts itself comes from somebody who wants one half of it believed.
void CheckEnd(ObjectReader* reader, const TaskResult& result) {
  const Outcome outcome = OutcomeOf(result.failure);
  if (result.outcome != outcome) {
    reader->Problem("outcome",
                    StrCat("is \"", ToString(result.outcome), "\", but failure_class \"",
                           ToString(result.failure), "\" means \"", ToString(outcome), "\""));
  } else if (HasEnded(result.state) && result.state != StateOf(result.failure)) {
    reader->Problem("state",
                    StrCat("is \"", ToString(result.state), "\", but outcome \"", ToString(outcome),
                           "\" with failure_class \"", ToString(result.failure), "\" means \"",
                           ToString(StateOf(result.failure)), "\""));
  }
  if (result.outcome == Outcome::kSuccess && result.exit_code.value_or(0) != 0) {
    reader->Problem("exit_code", StrCat("is ", *result.exit_code, ", which no success can have"));
  }
}

Json ToJson(const PhaseRecord& phase) {
  Json json;
  json.Set("phase", ToString(phase.phase));
  json.Set("started_at", FormatTime(phase.started_at));
  json.Set("duration", FormatDuration(phase.duration));
  json.Set("outcome", ToString(phase.outcome));
  return json;
}

template <class T>
Json ArrayOf(const std::vector<T>& items) {
  Json::Array array;
  for (const T& item : items) array.push_back(ToJson(item));
  return Json(std::move(array));
}

}  // namespace

std::string WithoutUserInfo(std::string_view url) {
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos) {
    // git@host:path, unless it is a path on disk. The last '@' that counts, so that once is enough.
    const std::string_view head = url.substr(0, url.find('/'));
    const size_t at = head.substr(0, head.rfind(':') + 1).rfind('@');
    return std::string(at == std::string_view::npos ? url : url.substr(at + 1));
  }
  const size_t start = colon + 3;
  const size_t end = std::min(url.find_first_of("/?#", start), url.size());
  const size_t at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < start) return std::string(url);
  return StrCat(url.substr(0, start), url.substr(at + 1));
}

Json ToJson(const Artifact& artifact) {
  Json json;
  if (!artifact.pr_url.empty()) json.Set("pr_url", artifact.pr_url);
  json.Set("summary", artifact.summary);
  json.Set("tests", ToJson(artifact.tests));
  json.Set("changed_files", Json::Strings(artifact.changed_files));
  json.Set("risks", Json::Strings(artifact.risks));
  return json;
}

Json ToJson(const TaskResult& result) {
  Json repository;
  repository.Set("url", WithoutUserInfo(result.repository_url));
  repository.Set("ref", result.repository_ref);
  repository.Set("base_commit", result.base_commit);
  Json json;
  json.Set("version", kTaskResultVersion);
  json.Set("work_id", result.work_id);
  json.Set("run_id", result.run_id);
  json.Set("profile", result.profile);
  json.Set("kind", ToString(result.kind));
  json.Set("state", ToString(result.state));
  json.Set("outcome", ToString(result.outcome));
  json.Set("failure_class", ToString(result.failure));
  if (result.exit_code) json.Set("exit_code", *result.exit_code);
  if (result.signal) json.Set("signal", *result.signal);
  json.Set("reason", result.reason);
  json.Set("started_at", FormatTime(result.started_at));
  json.Set("finished_at", FormatTime(result.finished_at));
  json.Set("command", Json::Strings(result.command));
  json.Set("repository", repository);
  json.Set("phases", ArrayOf(result.phases));
  json.Set("findings", ArrayOf(result.findings));
  json.Set("artifact", ToJson(result.artifact));
  return json;
}

Checked<TaskResult> TaskResultFromJson(const Json& json) {
  TaskResult result;
  Problems problems;
  ObjectReader reader(json, "", &problems);
  reader.Require({"version", "work_id", "run_id", "profile", "kind", "state", "outcome",
                  "failure_class", "started_at", "finished_at", "artifact"});
  int version = 0;
  reader.ReadInt("version", kTaskResultVersion, kTaskResultVersion, &version);
  ReadId(&reader, "work_id", WorkIdProblem, &result.work_id);
  ReadId(&reader, "run_id", RunIdProblem, &result.run_id);
  ReadId(&reader, "profile", ProfileNameProblem, &result.profile);
  reader.ReadWord("kind", TaskKindFrom, AllTaskKinds(), &result.kind);
  ReadEnd(&reader, &result);
  reader.Read("command", &result.command);
  MakePrintable(&result.command);
  if (const Json* child = reader.Child("repository")) ReadRepository(*child, &problems, &result);
  reader.ReadEach("phases", [&](const Json& item, const std::string& pointer) {
    ReadPhase(item, pointer, &problems, &result.phases.emplace_back());
  });
  reader.ReadEach("findings", [&](const Json& item, const std::string& pointer) {
    Take(FindingFromJson(item, pointer), &result.findings.emplace_back(), &problems);
  });
  if (const Json* child = reader.Child("artifact")) {
    ReadArtifact(*child, &problems, &result.artifact);
  }
  reader.Finish();
  if (problems.empty()) CheckEnd(&reader, result);
  return Finished(std::move(result), std::move(problems));
}

}  // namespace ameide::task
