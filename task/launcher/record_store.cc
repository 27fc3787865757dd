#include "task/launcher/record_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/strings.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxRecordBytes = 16u << 20;
constexpr Millis kLockPoll{50};

}  // namespace

Result<std::optional<StoredRecord>> RecordStore::Read(const std::string& name) const {
  const fs::path file = folder_ / (name + ".json");
  Result<std::string> bytes = ReadFile(file, kMaxRecordBytes);
  if (!bytes.ok()) {
    if (bytes.error().kind == ErrorKind::kNotFound) return std::optional<StoredRecord>();
    return std::move(bytes).error();
  }
  const auto broken = [&](const Error& why) {
    return Error{ErrorKind::kInvalid, "read task record", file.string(), why.ToString(),
                 "move the file away; the task's evidence is not touched by that"};
  };
  Result<Json> json = ParseJson(*bytes);
  if (!json.ok()) return broken(json.error());
  Result<StoredRecord> stored = StoredRecordFromJson(*json);
  if (!stored.ok()) return broken(stored.error());
  if (WorkspaceName(stored->record.spec.work_id) != name) {
    return broken(Error{ErrorKind::kInvalid, "check", "/spec/work_id",
                        "it belongs to a file of another name", ""});
  }
  return std::optional<StoredRecord>(std::move(*stored));
}

Status RecordStore::Write(const StoredRecord& stored) const {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(folder_));
  const fs::path file = folder_ / (WorkspaceName(stored.record.spec.work_id) + ".json");
  return WriteFileAtomically(file, ToJson(stored).DumpPretty());
}

Status RecordStore::Remove(const std::string& name) const {
  return RemoveTree(folder_ / (name + ".json"));
}

fs::path RecordStore::LockFile(const std::string& name) const { return folder_ / (name + ".lock"); }

Result<WorkLock> WorkLock::Try(const fs::path& file) {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(file.parent_path()));
  while (true) {
    UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.valid()) return ErrnoError(errno, "open lock", file.string());
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EINTR) continue;
      if (errno != EWOULDBLOCK) return ErrnoError(errno, "lock", file.string());
      return Error{ErrorKind::kConflict, "lock", file.string(),
                   "another launcher works on this work_id", "wait until it has ended"};
    }
    struct stat info {};
    if (::fstat(fd.get(), &info) == 0 && info.st_nlink > 0) return WorkLock(std::move(fd), file);
    // The last owner discarded the file between our open and our lock.
  }
}

Result<WorkLock> WorkLock::Wait(const fs::path& file, const Clock& clock, std::stop_token stop) {
  while (true) {
    Result<WorkLock> lock = Try(file);
    if (lock.ok() || lock.error().kind != ErrorKind::kConflict) return lock;
    if (!clock.WaitFor(stop, kLockPoll)) {
      return Error{ErrorKind::kCancelled, "wait for lock", file.string(), "stopped",
                   "the other launcher goes on"};
    }
  }
}

void WorkLock::Discard() {
  if (fd_.valid()) ::unlink(file_.c_str());
  fd_.Reset();
}

}  // namespace ameide::task
