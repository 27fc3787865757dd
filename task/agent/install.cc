#include "task/agent/install.h"

#include <sys/stat.h>

#include <cerrno>

namespace ameide::task {
namespace {

constexpr uint64_t kMaxProgram = 1u << 30;

// Others than whoever installs have to get in, so the umask must not decide.
Status MakeOpenFolder(const fs::path& folder) {
  if (fs::is_directory(folder)) return Ok{};
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return ErrnoError(error.value(), "make folder", folder.string());
  if (::chmod(folder.c_str(), 0755) != 0) {
    return ErrnoError(errno, "set mode of", folder.string());
  }
  return Ok{};
}

}  // namespace

Status InstallProgram(const fs::path& program, const std::vector<std::string>& folders) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(program, kMaxProgram));
  for (const fs::path folder : folders) {
    AMEIDE_RETURN_IF_ERROR(MakeOpenFolder(folder));
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(folder / kAgentProgram, bytes, 0755));
  }
  return Ok{};
}

}  // namespace ameide::task
