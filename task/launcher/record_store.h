// What the launcher remembers of its tasks: one JSON file per work_id, and one lock.
//
// Keys are workspace names (WorkspaceName of the work_id), so that a leftover workspace whose
// work_id nobody can read any more still has a key. Files are replaced whole and read strictly.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/unique_fd.h"
#include "task/launcher/launcher.h"

namespace ameide::task {

// A task record and what only the launcher needs. Until the run has ended, `record.result` holds
// identity and start time only and `finished` is false.
struct StoredRecord {
  TaskRecord record;
  // What the run was authorized and is judged by. A record of an older version has none.
  std::optional<ProfileContract> contract;
  bool finished = false;
  bool retained = false;  // the workspace outlives its run until Destroy or the TTL
};

Json ToJson(const StoredRecord& stored);
// kInvalid with every problem found, each with its JSON pointer.
Result<StoredRecord> StoredRecordFromJson(const Json& json);

// Thread-safe: keeps no state in memory.
class RecordStore {
 public:
  explicit RecordStore(fs::path folder) : folder_(std::move(folder)) {}

  Result<std::optional<StoredRecord>> Read(const std::string& name) const;
  Status Write(const StoredRecord& stored) const;
  Status Remove(const std::string& name) const;
  fs::path LockFile(const std::string& name) const;

 private:
  fs::path folder_;
};

// The right to work on one work_id, across threads and processes; gone with the object or the
// process, so a crash leaves no stale lock behind. (flock on an own descriptor.)
class WorkLock {
 public:
  // kConflict when somebody else has it.
  static Result<WorkLock> Try(const fs::path& file);
  // Waits; kCancelled by `stop`.
  static Result<WorkLock> Wait(const fs::path& file, const Clock& clock, std::stop_token stop);
  // Removes the lock file; others that wait on the removed file notice and make a new one.
  void Discard();

 private:
  WorkLock(UniqueFd fd, fs::path file) : fd_(std::move(fd)), file_(std::move(file)) {}
  UniqueFd fd_;
  fs::path file_;
};

}  // namespace ameide::task
