// One line of JSON per call, for the evidence. Whoever runs the task's command owns this file, so
// it tells what an honest agent did; the executor's own audit is the one that counts.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "task/executor/answer.h"

namespace ameide::task {

struct AuditEntry {
  WallTime time;  // when the call began
  Millis duration{0};
  std::string task_id;
  std::string session_id;
  std::string operation_id;
  std::string tool;
  Json arguments;
  CallEnd end;
};

// Pure. Arguments go in redacted, beside the SHA-256 of what they were (compact JSON).
Json ToJson(const AuditEntry& entry);

// Long texts and lists cut, and no value of a member whose name sounds like a credential's. Pure.
Json RedactArguments(const Json& arguments);

// Thread-safe.
class AuditFile {
 public:
  // Appends to what is there. The folder is made when missing; links are not followed.
  static Result<std::unique_ptr<AuditFile>> Open(const fs::path& path);
  Status Append(const AuditEntry& entry);

 private:
  AuditFile(fs::path path, UniqueFd file) : path_(std::move(path)), file_(std::move(file)) {}
  fs::path path_;
  UniqueFd file_;
  std::mutex mutex_;
};

}  // namespace ameide::task
