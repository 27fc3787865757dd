// Lines of JSON about calls, for the evidence: one before a call leaves and one at its end, or only
// the latter when it never left. All servers of a task write into the same file, and count from it.
// Whoever runs the task's command owns this file, so it tells what an honest agent did; the
// executor's own audit is the one that counts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "task/executor/answer.h"
#include "task/executor/lines.h"

namespace ameide::task {

struct AuditEntry {
  WallTime time;  // when the call began
  Millis duration{0};
  std::string task_id;
  std::string session_id;
  std::string operation_id;
  std::string tool;
  Json arguments;
  std::optional<CallEnd> end;  // absent: the call is about to leave, "begun"
};

// Pure. Arguments go in redacted, beside the SHA-256 of what they were (compact JSON).
Json ToJson(const AuditEntry& entry);

// Long texts and lists cut, and no value of a member whose name sounds like a credential's. Pure.
Json RedactArguments(const Json& arguments);

class AuditFile {
 public:
  // Appends to what is there. The folder is made when missing; nothing but a regular file will do.
  static Result<std::unique_ptr<AuditFile>> Open(const fs::path& path);
  // Thread-safe.
  Status Append(const AuditEntry& entry);

  // Between these two no other server of the task has a turn: what is counted stays true, and the
  // session's one working tree has one caller. kTimeout after `limit`, kCancelled.
  Status TakeTurn(Millis limit, const Clock& clock, std::stop_token stop) const;
  void EndTurn() const;
  // How many calls of the tool have begun, whoever made them. kConflict when the file was removed
  // or cut meanwhile. For one thread, in its turn.
  Result<int> Begun(const std::string& tool);

 private:
  AuditFile(fs::path path, UniqueFd file);
  fs::path path_;
  UniqueFd file_;
  std::mutex mutex_;
  // What has been read of it so far.
  int64_t read_ = 0;
  Lines lines_;
  std::map<std::string, int, std::less<>> begun_;
};

}  // namespace ameide::task
