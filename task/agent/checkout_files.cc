#include "task/agent/checkout_files.h"

#include <sys/stat.h>

#include "base/strings.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxInstructions = 1u << 20;
constexpr unsigned kReadableByAll = 0644;

// A repository may have a link or a file where we would make a folder: then nothing is placed.
bool CanHoldFile(const fs::path& folder) {
  struct stat info {};
  return ::lstat(folder.c_str(), &info) != 0 || S_ISDIR(info.st_mode);
}

}  // namespace

Result<std::vector<std::string>> PlaceProfileFiles(const fs::path& workspace,
                                                   const fs::path& checkout,
                                                   const std::string& marker) {
  std::vector<std::string> placed;
  const fs::path marker_file = checkout / kMarkerFile;
  if (!Exists(marker_file) && CanHoldFile(marker_file.parent_path())) {
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(marker_file.parent_path()));
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(marker_file, StrCat(marker, "\n"), kReadableByAll));
    placed.push_back(kMarkerFile);
  }
  const fs::path instructions = workspace / kInstructionsFile;
  if (!Exists(checkout / kInstructionsFile) && Exists(instructions)) {
    AMEIDE_ASSIGN_OR_RETURN(const std::string text, ReadFile(instructions, kMaxInstructions));
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(checkout / kInstructionsFile, text, kReadableByAll));
    placed.push_back(kInstructionsFile);
  }
  std::string exclude;
  for (const std::string& path : placed) StrAppend(&exclude, "/", path, "\n");
  const fs::path info = checkout / ".git" / "info";
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(info));
  AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(info / "exclude", exclude, kReadableByAll));
  return placed;
}

void PlaceFollowup(const fs::path& checkout, const std::string& text) {
  const fs::path folder = checkout / ".codex";
  const fs::path file = folder / "followup.md";
  struct stat info {};
  if (::lstat(checkout.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return;
  if (!CanHoldFile(folder) || Exists(file) || !MakeDirectories(folder).ok()) return;
  // A convenience: the bundle has it as well.
  static_cast<void>(WriteFileAtomically(file, text, kReadableByAll));
}

}  // namespace ameide::task
