// What the evidence folder says of a run while it lasts. Best effort: the command can write there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/json.h"

namespace ameide::task {

// absent → writing → sealed: manifest.json, which is written last, is there.
enum class EvidenceState { kAbsent, kWriting, kSealed };
std::string_view ToString(EvidenceState state);
EvidenceState EvidenceStateOf(const fs::path& evidence);

struct LiveStatus {
  std::string run_id;
  std::string phase;  // the last one that began; empty before the first
  std::string state;  // a TaskState's word
  EvidenceState evidence = EvidenceState::kAbsent;
  uint64_t log_bytes = 0;
  int64_t agent_pid = 0;  // 0: unknown
  bool operator==(const LiveStatus&) const = default;
};

// The last whole fact of `facts` (facts.jsonl, perhaps cut off while it is written) decides; lines
// that are none are passed over. Pure.
LiveStatus StatusFromFacts(std::string_view facts);

LiveStatus ReadStatus(const fs::path& workspace, const fs::path& evidence);

// {"run_id", "phase", "state", "evidence", "log_bytes", "agent_pid"}
Json ToJson(const LiveStatus& status);

}  // namespace ameide::task
