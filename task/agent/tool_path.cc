#include "task/agent/tool_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/strings.h"

namespace ameide::task {
namespace {

constexpr std::string_view kBaseTools[] = {
    "[",      "awk",     "basename", "cat",   "chmod", "cmp",   "cp",     "cut",    "date",
    "diff",   "dirname", "echo",     "env",   "expr",  "false", "find",   "git",    "grep",
    "head",   "id",      "kill",     "ln",    "ls",    "mkdir", "mkfifo", "mktemp", "mv",
    "printf", "pwd",     "readlink", "rm",    "rmdir", "sed",   "seq",    "setsid", "sh",
    "sleep",  "sort",    "ssh",      "tail",  "tee",   "test",  "touch",  "tr",     "true",
    "uname",  "uniq",    "wc",       "xargs", "yes"};

std::string FindProgram(std::string_view name, std::string_view path) {
  for (const std::string_view folder : StrSplit(path, ':')) {
    if (!folder.starts_with('/')) continue;
    std::string candidate = StrCat(folder, "/", name);
    struct stat info {};
    if (::stat(candidate.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return "";
}

}  // namespace

std::span<const std::string_view> BaseTools() { return kBaseTools; }

Result<ToolPath> MakeToolPath(const fs::path& folder, const std::vector<std::string>& tools,
                              std::string_view path) {
  ToolPath result{folder, {}};
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(folder));
  const auto link = [&](std::string_view name) -> Result<bool> {
    const std::string program = FindProgram(name, path);
    if (program.empty()) return false;
    const fs::path place = folder / name;
    if (::symlink(program.c_str(), place.c_str()) == 0 || errno == EEXIST) return true;
    return ErrnoError(errno, "link tool", place.string());
  };
  for (const std::string_view name : kBaseTools) AMEIDE_RETURN_IF_ERROR(link(name));
  for (const std::string& name : tools) {
    // A name with a slash would leave the folder; profile rules allow none, a task.json could.
    const bool plain = IsSafeRelativePath(name) && name.find('/') == std::string::npos;
    if (!plain) {
      return Error{ErrorKind::kInvalid, "link tool", name, "it is no plain program name",
                   "list tools by their names, without folders"};
    }
    AMEIDE_ASSIGN_OR_RETURN(const bool found, link(name));
    if (!found) result.missing.push_back(name);
  }
  return result;
}

}  // namespace ameide::task
