#include "task/executor/audit.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/executor/presence.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxText = 200;
constexpr size_t kMaxItems = 20;
constexpr char kHidden[] = "***";
constexpr char kBegun[] = "begun";
constexpr size_t kMaxLine = 4u << 20;
constexpr std::string_view kCredentialWords[] = {"api_key", "authorization", "credential",
                                                 "passwd",  "password",      "private_key",
                                                 "secret",  "token"};

bool SoundsSecret(std::string_view name) {
  const std::string lower = AsciiLower(name);
  return std::any_of(std::begin(kCredentialWords), std::end(kCredentialWords),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// The tool, when the line is that of a call that began. Lines of anybody else are none.
std::string BegunTool(std::string_view line) {
  const Result<Json> json = ParseJson(line, {.bytes = kMaxLine});
  const Json* outcome = json.ok() ? json->Find("outcome") : nullptr;
  const Json* tool = json.ok() ? json->Find("tool") : nullptr;
  const bool begun = outcome != nullptr && *outcome == Json(kBegun) && tool != nullptr;
  return begun && tool->AsString() != nullptr ? *tool->AsString() : "";
}

}  // namespace

Json RedactArguments(const Json& arguments) {
  if (const std::string* text = arguments.AsString()) {
    return Truncate(ToOneLine(*text), kMaxText);
  }
  if (const Json::Array* items = arguments.AsArray()) {
    Json::Array out;
    for (size_t i = 0; i < std::min(items->size(), kMaxItems); ++i) {
      out.push_back(RedactArguments((*items)[i]));
    }
    if (items->size() > kMaxItems) out.emplace_back(StrCat("… ", items->size(), " in all"));
    return out;
  }
  if (const Json::Object* members = arguments.AsObject()) {
    Json out{Json::Object{}};
    for (size_t i = 0; i < std::min(members->size(), kMaxItems); ++i) {
      const auto& [name, value] = (*members)[i];
      out.Set(Truncate(ToOneLine(name), kMaxText),
              SoundsSecret(name) ? Json(kHidden) : RedactArguments(value));
    }
    if (members->size() > kMaxItems) out.Set("…", StrCat(members->size(), " in all"));
    return out;
  }
  return arguments;
}

Json ToJson(const AuditEntry& entry) {
  Json json = Json::Object{{"time", FormatTime(entry.time)},
                           {"task_id", entry.task_id},
                           {"session_id", entry.session_id},
                           {"operation_id", entry.operation_id},
                           {"tool", entry.tool},
                           {"arguments_sha256", Sha256Hex(entry.arguments.Dump())},
                           {"arguments", RedactArguments(entry.arguments)},
                           {"outcome", entry.end ? ToString(entry.end->outcome) : kBegun}};
  if (!entry.end) return json;
  json.Set("duration_ms", static_cast<int64_t>(entry.duration.count()));
  if (entry.end->status != 0) json.Set("status", entry.end->status);
  if (!entry.end->reason.empty()) json.Set("reason", Truncate(ToOneLine(entry.end->reason), 500));
  return json;
}

Result<std::unique_ptr<AuditFile>> AuditFile::Open(const fs::path& path) {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(path.parent_path()));
  constexpr char kOperation[] = "open audit";
  constexpr int kFlags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  UniqueFd file(::open(path.c_str(), kFlags, 0600));
  struct stat info {};
  if (!file.valid() || ::fstat(file.get(), &info) != 0) {
    return ErrnoError(errno, kOperation, path.string(), "remove what is in its place");
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorKind::kInvalid, kOperation, path.string(), "it is no regular file",
                 "remove what is in its place"};
  }
  return std::unique_ptr<AuditFile>(new AuditFile(path, std::move(file)));
}

AuditFile::AuditFile(fs::path path, UniqueFd file)
    : path_(std::move(path)), file_(std::move(file)), lines_(kMaxLine) {}

Status AuditFile::TakeTurn(Millis limit, const Clock& clock, std::stop_token stop) const {
  return WaitForLock(file_.get(), LOCK_EX, path_, limit, clock, std::move(stop));
}

void AuditFile::EndTurn() const { ::flock(file_.get(), LOCK_UN); }

Result<int> AuditFile::Begun(const std::string& tool) {
  struct stat info {};
  if (::fstat(file_.get(), &info) != 0) return ErrnoError(errno, "read audit", path_.string());
  if (info.st_nlink == 0 || info.st_size < read_) {
    return Error{ErrorKind::kConflict, "read audit", path_.string(),
                 "it was removed or cut, so calls cannot be counted", ""};
  }
  std::string bytes(64u << 10, '\0');
  while (true) {
    const ssize_t got = ::pread(file_.get(), bytes.data(), bytes.size(), read_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError(errno, "read audit", path_.string());
    if (got == 0) return begun_[tool];
    read_ += got;
    for (const auto& line : lines_.Feed({bytes.data(), static_cast<size_t>(got)})) {
      const std::string tool_begun = BegunTool(line.value_or(""));
      if (!tool_begun.empty()) ++begun_[tool_begun];
    }
  }
}

Status AuditFile::Append(const AuditEntry& entry) {
  const std::string line = ToJson(entry).Dump() + "\n";
  const std::lock_guard lock(mutex_);
  return WriteAll(file_.get(), line, path_);
}

}  // namespace ameide::task
