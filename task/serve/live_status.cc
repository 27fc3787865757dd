#include "task/serve/live_status.h"

#include <charconv>

#include "base/strings.h"
#include "task/contract/manifest.h"
#include "task/contract/words.h"
#include "task/serve/beneath.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxFacts = 1u << 20;
constexpr char kAgentPidFile[] = "agent.pid";

std::string Text(const Json* object, std::string_view key) {
  const Json* member = object == nullptr ? nullptr : object->Find(key);
  const std::string* text = member == nullptr ? nullptr : member->AsString();
  return text == nullptr ? std::string() : *text;
}

void TakeFact(const Json& fact, LiveStatus* status) {
  const Json* data = fact.Find("data");
  const std::string run_id = Text(data, "run_id");
  if (data == nullptr || run_id.empty()) return;
  status->run_id = run_id;
  if (const auto phase = PhaseFrom(Text(data, "phase"))) {
    status->phase = std::string(ToString(*phase));
    status->state = std::string(ToString(TaskState::kWorking));
  }
  if (const auto state = TaskStateFrom(Text(data, "state"))) {
    status->state = std::string(ToString(*state));
  }
}

std::string ReadSmall(const fs::path& root, std::string_view name, uint64_t most) {
  const Result<OpenedFile> file = OpenBeneath(root, name);
  if (!file.ok() || file->size > most) return "";
  Result<std::string> bytes = ReadPart(*file, 0, file->size);
  return bytes.ok() ? std::move(*bytes) : "";
}

}  // namespace

std::string_view ToString(EvidenceState state) {
  constexpr std::string_view kWords[] = {"absent", "writing", "sealed"};
  return kWords[static_cast<int>(state)];
}

EvidenceState EvidenceStateOf(const fs::path& evidence) {
  if (OpenBeneath(evidence, kManifestFile).ok()) return EvidenceState::kSealed;
  std::error_code ignored;
  return fs::is_directory(fs::symlink_status(evidence, ignored)) ? EvidenceState::kWriting
                                                                 : EvidenceState::kAbsent;
}

LiveStatus StatusFromFacts(std::string_view facts) {
  LiveStatus status;
  status.state = std::string(ToString(TaskState::kSubmitted));
  const size_t whole = facts.rfind('\n');
  if (whole == std::string_view::npos) return status;
  for (const std::string_view line : StrSplit(facts.substr(0, whole), '\n')) {
    if (const Result<Json> fact = ParseJson(line, {.bytes = kMaxFacts, .depth = 16}); fact.ok()) {
      TakeFact(*fact, &status);
    }
  }
  return status;
}

LiveStatus ReadStatus(const fs::path& workspace, const fs::path& evidence) {
  LiveStatus status = StatusFromFacts(ReadSmall(evidence, kFactsFile, kMaxFacts));
  status.evidence = EvidenceStateOf(evidence);
  const Result<OpenedFile> log = OpenBeneath(evidence, kRunLogFile);
  if (log.ok()) status.log_bytes = log->size;
  const std::string pid = ReadSmall(workspace, kAgentPidFile, 32);
  std::from_chars(pid.data(), pid.data() + pid.size(), status.agent_pid);
  return status;
}

Json ToJson(const LiveStatus& status) {
  Json json;
  json.Set("run_id", status.run_id);
  json.Set("phase", status.phase);
  json.Set("state", status.state);
  json.Set("evidence", ToString(status.evidence));
  json.Set("log_bytes", status.log_bytes);
  json.Set("agent_pid", status.agent_pid);
  return json;
}

}  // namespace ameide::task
