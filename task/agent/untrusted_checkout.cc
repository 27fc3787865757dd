#include "task/agent/untrusted_checkout.h"

#include <sys/stat.h>

#include <system_error>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/git_name.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxPackedRefs = 64u << 20;

}  // namespace

bool IsFolder(const fs::path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool HasFileAt(const fs::path& root, const std::string& path) {
  fs::path folder = root;
  for (const fs::path& part : fs::path(path).parent_path()) {
    folder /= part;
    if (!IsFolder(folder)) return false;
  }
  struct stat info {};
  return ::lstat((root / path).c_str(), &info) == 0 &&
         (S_ISREG(info.st_mode) || S_ISLNK(info.st_mode));
}

std::string ReadHead(const fs::path& git_directory) {
  const auto read = [&](const fs::path& path, uint64_t limit) {
    const Result<std::string> text = ReadFile(git_directory / path, limit);
    return text.ok() ? *text : std::string();
  };
  constexpr uint64_t kMaxRef = 4096;
  const std::string text = read("HEAD", kMaxRef);
  const std::string_view head = StripWhitespace(text);
  if (!head.starts_with("ref: ")) return IsObjectId(head) ? std::string(head) : "";
  const std::string name(StripWhitespace(head.substr(5)));
  if (!name.starts_with("refs/") || !IsSafeRelativePath(name)) return "";
  const std::string loose = read(name, kMaxRef);
  if (IsObjectId(StripWhitespace(loose))) return std::string(StripWhitespace(loose));
  const std::string packed = read("packed-refs", kMaxPackedRefs);
  for (const std::string_view line : StrSplit(packed, '\n')) {
    const size_t space = line.find(' ');
    if (space == std::string_view::npos || line.substr(space + 1) != name) continue;
    if (IsObjectId(line.substr(0, space))) return std::string(line.substr(0, space));
  }
  return "";
}

Status RefuseTraps(const fs::path& checkout) {
  const std::string root = checkout.string();
  std::error_code error;
  fs::recursive_directory_iterator entries(checkout, fs::directory_options::skip_permission_denied,
                                           error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const std::string path = entries->path().string().substr(root.size() + 1);
    if (!path.starts_with(".git") && path.find("/.git") == std::string::npos) continue;
    std::error_code ignored;  // of links that lead nowhere
    if (!entries->is_fifo(ignored) && !entries->is_character_file(ignored)) continue;
    return Error{ErrorKind::kInvalid, "read changes of", root,
                 StrCat(Quote(path), " is a pipe or a device, and Git would wait for it"), ""};
  }
  return Ok{};
}

}  // namespace ameide::task
