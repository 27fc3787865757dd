#include "task/executor/audit.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxText = 200;
constexpr size_t kMaxItems = 20;
constexpr char kHidden[] = "***";
constexpr std::string_view kCredentialWords[] = {"api_key", "authorization", "credential",
                                                 "passwd",  "password",      "private_key",
                                                 "secret",  "token"};

bool SoundsSecret(std::string_view name) {
  const std::string lower = AsciiLower(name);
  return std::any_of(std::begin(kCredentialWords), std::end(kCredentialWords),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
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
                           {"outcome", ToString(entry.end.outcome)},
                           {"duration_ms", static_cast<int64_t>(entry.duration.count())}};
  if (entry.end.status != 0) json.Set("status", entry.end.status);
  if (!entry.end.reason.empty()) json.Set("reason", Truncate(ToOneLine(entry.end.reason), 500));
  return json;
}

Result<std::unique_ptr<AuditFile>> AuditFile::Open(const fs::path& path) {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(path.parent_path()));
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid()) return ErrnoError(errno, "open audit", path.string(), "use another --audit");
  return std::unique_ptr<AuditFile>(new AuditFile(path, std::move(file)));
}

Status AuditFile::Append(const AuditEntry& entry) {
  const std::string line = ToJson(entry).Dump() + "\n";
  const std::lock_guard lock(mutex_);
  return WriteAll(file_.get(), line, path_);
}

}  // namespace ameide::task
