#include "task/launcher/local/workspace_layout.h"

#include <algorithm>

#include "base/json.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/json_reader.h"
#include "task/contract/manifest.h"
#include "task/evidence/bundle.h"

namespace ameide::task {
namespace {

constexpr int kRequestVersion = 1;
constexpr uint64_t kMaxFileBytes = 4u << 20;
constexpr int kMaxDepth = 64;
constexpr uint64_t kLastWordsBytes = 2048;

Json ProcessToJson(const ProcessId& process) {
  return Json::Object{{"pid", static_cast<int64_t>(process.pid)},
                      {"start_ticks", static_cast<int64_t>(process.start_ticks)}};
}

ProcessId ProcessFromJson(const Json& json, std::string_view pointer, Problems* problems) {
  ProcessId process;
  ObjectReader reader(json, pointer, problems);
  reader.Require({"pid", "start_ticks"});
  reader.ReadInt("pid", 1, INT32_MAX, &process.pid);
  reader.ReadInt("start_ticks", 0, INT64_MAX, &process.start_ticks);
  reader.Finish();
  return process;
}

Result<Json> ReadJson(const fs::path& file) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(file, kMaxFileBytes));
  return ParseJson(bytes);
}

std::optional<ProcessId> ReadProcess(const fs::path& file) {
  const auto json = ReadJson(file);
  if (!json.ok()) return std::nullopt;
  Problems problems;
  const ProcessId process = ProcessFromJson(*json, "", &problems);
  if (!problems.empty()) return std::nullopt;
  return process;
}

// One run of copying with what may still be copied.
struct LooseCopy {
  BundleLimits limits;
  uint64_t total = 0;
  size_t files = 0;

  Status One(const fs::path& from, const fs::path& to, uint64_t file_limit) {
    if (++files > limits.files || total >= limits.total_bytes) {
      return Error{ErrorKind::kInvalid, "collect evidence", from.string(),
                   StrCat("more than ", limits.files, " files or ", limits.total_bytes, " bytes"),
                   "let the task leave less evidence"};
    }
    const uint64_t left = limits.total_bytes - total;
    AMEIDE_ASSIGN_OR_RETURN(const uint64_t size,
                            CopyRegularFile(from, to, std::min(file_limit, left)));
    total += size;
    return Ok{};
  }

  Status Folder(const fs::path& from, const fs::path& to, int depth) {
    if (depth > kMaxDepth) {
      return Error{ErrorKind::kInvalid, "collect evidence", from.string(), "nested too deeply", ""};
    }
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(to));
    std::error_code error;
    for (fs::directory_iterator it(from, error), end; !error && it != end; it.increment(error)) {
      std::error_code ignored;
      const fs::file_status status = it->symlink_status(ignored);
      const fs::path target = to / it->path().filename();
      if (Exists(target)) continue;
      if (fs::is_directory(status)) {
        AMEIDE_RETURN_IF_ERROR(Folder(it->path(), target, depth + 1));
      } else if (fs::is_regular_file(status)) {
        AMEIDE_RETURN_IF_ERROR(One(it->path(), target, limits.file_bytes));
      }  // links, FIFOs and devices stay behind; verification says what is missing
    }
    return error ? Status(ErrnoError(error.value(), "read directory", from.string())) : Ok{};
  }
};

// What the agent program and the supervisor wrote on stderr: nothing, normally.
std::string LastWords(const WorkspaceLayout& layout) {
  std::string words;
  for (const fs::path& log : {layout.agent_log(), layout.supervisor_log()}) {
    const auto tail = ReadFileTail(log, kLastWordsBytes);
    const std::string text = tail.ok() ? ToPrintable(*tail) : "";
    const std::string_view plain = StripWhitespace(text);
    if (!plain.empty()) StrAppend(&words, "; ", log.filename().string(), ": ", plain);
  }
  return words;
}

}  // namespace

Status WriteRequest(const WorkspaceLayout& layout, const SupervisorRequest& request) {
  Json environment = Json::Object{};
  for (const auto& [name, value] : request.environment) environment.Set(name, value);
  const Json json = Json::Object{{"version", kRequestVersion},
                                 {"work_id", request.work_id},
                                 {"run_id", request.run_id},
                                 {"launcher", ProcessToJson(request.launcher)},
                                 {"evidence_directory", request.evidence_directory.string()},
                                 {"started_at", FormatTime(request.started_at)},
                                 {"ttl_reserve", FormatDuration(request.ttl_reserve)},
                                 {"cancel_grace", FormatDuration(request.cancel_grace)},
                                 {"agent", Json::Strings(request.agent)},
                                 {"environment", std::move(environment)}};
  return WriteFileAtomically(layout.request(), json.DumpPretty());
}

Result<SupervisorRequest> ReadRequest(const WorkspaceLayout& layout) {
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ReadJson(layout.request()));
  Problems problems;
  SupervisorRequest request;
  ObjectReader reader(json, "", &problems);
  reader.Require({"version", "work_id", "run_id", "launcher", "evidence_directory", "started_at",
                  "ttl_reserve", "cancel_grace", "agent", "environment"});
  int version = 0;
  reader.ReadInt("version", kRequestVersion, kRequestVersion, &version);
  reader.Read("work_id", &request.work_id);
  reader.Read("run_id", &request.run_id);
  if (const Json* launcher = reader.Child("launcher")) {
    request.launcher = ProcessFromJson(*launcher, "/launcher", &problems);
  }
  std::string evidence;
  reader.Read("evidence_directory", &evidence);
  request.evidence_directory = evidence;
  reader.Read("started_at", &request.started_at);
  reader.Read("ttl_reserve", &request.ttl_reserve);
  reader.Read("cancel_grace", &request.cancel_grace);
  reader.Read("agent", &request.agent);
  reader.Read("environment", &request.environment);
  reader.Finish();
  if (!problems.empty()) return ToError(problems, "read", layout.request().string());
  return request;
}

Status WriteSupervisorId(const WorkspaceLayout& layout, const ProcessId& process) {
  return WriteFileAtomically(layout.supervisor(), ProcessToJson(process).DumpPretty());
}

std::optional<ProcessId> ReadSupervisorId(const WorkspaceLayout& layout) {
  return ReadProcess(layout.supervisor());
}

Status WriteAgentId(const WorkspaceLayout& layout, const ProcessId& process) {
  return WriteFileAtomically(layout.agent(), ProcessToJson(process).DumpPretty());
}

std::optional<ProcessId> ReadAgentId(const WorkspaceLayout& layout) {
  return ReadProcess(layout.agent());
}

Status WriteEnded(const WorkspaceLayout& layout, const EndedRun& ended) {
  Json json = Json::Object{
      {"time", FormatTime(ended.time)}, {"by_ttl", ended.by_ttl}, {"by_cancel", ended.by_cancel}};
  if (ended.status.code) json.Set("exit_code", *ended.status.code);
  if (ended.status.signal) json.Set("signal", *ended.status.signal);
  return WriteFileAtomically(layout.ended(), json.DumpPretty());
}

std::optional<EndedRun> ReadEnded(const WorkspaceLayout& layout) {
  const auto json = ReadJson(layout.ended());
  if (!json.ok()) return std::nullopt;
  Problems problems;
  EndedRun ended;
  ObjectReader reader(*json, "", &problems);
  reader.Require({"time", "by_ttl", "by_cancel"});
  reader.Read("time", &ended.time);
  reader.Read("by_ttl", &ended.by_ttl);
  reader.Read("by_cancel", &ended.by_cancel);
  int number = 0;
  if (reader.ReadInt("exit_code", 0, 255, &number)) ended.status.code = number;
  if (reader.ReadInt("signal", 1, 64, &number)) ended.status.signal = number;
  reader.Finish();
  if (!problems.empty()) return std::nullopt;
  return ended;
}

Status RemoveWorkspace(const WorkspaceLayout& layout) {
  std::error_code ignored;
  Status removed = Ok{};
  for (const auto& entry : fs::directory_iterator(layout.folder, ignored)) {
    if (entry.path() == layout.request() || entry.path() == layout.supervisor() ||
        entry.path() == layout.agent()) {
      continue;
    }
    if (Status one = RemoveTree(entry.path()); !one.ok()) removed = std::move(one);
  }
  AMEIDE_RETURN_IF_ERROR(std::move(removed));
  AMEIDE_RETURN_IF_ERROR(RemoveTree(layout.supervisor()));
  return RemoveTree(layout.folder);
}

Status CopyEvidence(const WorkspaceLayout& layout, const fs::path& to) {
  const fs::path from = layout.evidence();
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(from, error)) || fs::is_empty(from, error)) {
    return Error{ErrorKind::kNotFound, "collect evidence", from.string(),
                 StrCat("the agent program left none", LastWords(layout)), ""};
  }
  LooseCopy copy;
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(to));
  // The log first and with its own limit: it is what even a fallback bundle wants to have.
  if (fs::is_regular_file(fs::symlink_status(from / kRunLogFile, error))) {
    AMEIDE_RETURN_IF_ERROR(copy.One(from / kRunLogFile, to / kRunLogFile, copy.limits.log_bytes));
  }
  return copy.Folder(from, to, 0);
}

}  // namespace ameide::task
