#include "generator/output.h"

#include <algorithm>
#include <optional>
#include <system_error>

#include "base/digest.h"
#include "base/strings.h"
#include "generator/diff.h"

namespace ameide::generator {
namespace {

constexpr uint64_t kMaxFileBytes = 16u << 20;
constexpr std::string_view kMarkHead =
    "# Made by ameide-templates, which may replace and remove these files.\n";

using Marks = std::map<std::string, std::string>;  // path → SHA-256

Result<std::optional<std::string>> ReadIfThere(const fs::path& path) {
  Result<std::string> bytes = ReadFile(path, kMaxFileBytes);
  if (bytes.ok()) return std::optional<std::string>(std::move(*bytes));
  if (bytes.error().kind == ErrorKind::kNotFound) return std::optional<std::string>();
  return std::move(bytes).error();
}

Result<Marks> ReadMarks(const fs::path& folder) {
  AMEIDE_ASSIGN_OR_RETURN(const auto text, ReadIfThere(folder / kMarkFile));
  Marks marks;
  if (!text) return marks;
  for (const std::string_view line : StrSplit(*text, '\n')) {
    if (line.empty() || line[0] == '#') continue;
    const bool formed = line.size() > 66 && line.substr(64, 2) == "  ";
    if (!formed || !IsSafeRelativePath(line.substr(66))) {
      return Error{ErrorKind::kInvalid, "read", (folder / kMarkFile).string(),
                   "a line is not '<sha256>  <path>'",
                   "restore the file, or remove it together with the generated files"};
    }
    marks.emplace(line.substr(66), line.substr(0, 64));
  }
  return marks;
}

std::string MarksText(const FileSet& files) {
  std::string text(kMarkHead);
  for (const auto& [path, bytes] : files) StrAppend(&text, Sha256Hex(bytes), "  ", path, "\n");
  return text;
}

// A link in the folder could lead our writing anywhere.
Status RefuseLinks(const fs::path& folder, std::string_view path) {
  fs::path at = folder;
  for (const fs::path& step : fs::path(path)) {
    at /= step;
    std::error_code ignored;
    if (fs::is_symlink(fs::symlink_status(at, ignored))) {
      return Error{ErrorKind::kDenied, "write", at.string(), "is a symbolic link",
                   "remove it; generated folders hold plain files"};
    }
  }
  return Ok{};
}

struct Plan {
  std::vector<std::string> write;
  std::vector<std::string> remove;
  std::vector<std::string> conflicts;
};

Result<Plan> MakePlan(const fs::path& folder, const FileSet& files, const Marks& marks) {
  Plan plan;
  for (const auto& [path, bytes] : files) {
    AMEIDE_RETURN_IF_ERROR(RefuseLinks(folder, path));
    AMEIDE_ASSIGN_OR_RETURN(const auto there, ReadIfThere(folder / path));
    if (there == bytes) continue;
    const bool foreign = there.has_value() && !marks.contains(path);
    (foreign ? plan.conflicts : plan.write).push_back(path);
  }
  for (const auto& [path, digest] : marks) {
    if (files.contains(path)) continue;
    AMEIDE_RETURN_IF_ERROR(RefuseLinks(folder, path));
    AMEIDE_ASSIGN_OR_RETURN(const auto there, ReadIfThere(folder / path));
    if (!there) continue;
    (Sha256Hex(*there) == digest ? plan.remove : plan.conflicts).push_back(path);
  }
  return plan;
}

Status Remove(const fs::path& folder, const std::string& path) {
  std::error_code error;
  fs::remove(folder / path, error);
  if (error) return ErrnoError(error.value(), "remove", (folder / path).string());
  // Folders that became empty go, too; the first that is not ends this.
  for (fs::path parent = fs::path(path).parent_path(); !parent.empty();
       parent = parent.parent_path()) {
    if (!fs::remove(folder / parent, error)) break;
  }
  return Ok{};
}

bool Hidden(std::string_view name) { return !name.empty() && name[0] == '.'; }

// Files in the folder that nobody rendered, sorted.
Result<std::vector<std::string>> Strangers(const fs::path& folder, const FileSet& files) {
  std::vector<std::string> found;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  if (error == std::errc::no_such_file_or_directory) return found;
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (Hidden(at->path().filename().string())) {
      at.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;
    if (at->is_directory(ignored) && !at->is_symlink(ignored)) continue;
    const std::string path = at->path().lexically_relative(folder).generic_string();
    if (!files.contains(path)) found.push_back(path);
  }
  if (error) return ErrnoError(error.value(), "list", folder.string());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Status MakeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return ErrnoError(error.value(), "create directory", folder.string());
  return Ok{};
}

Result<Written> WriteFolder(const fs::path& folder, const FileSet& files) {
  AMEIDE_ASSIGN_OR_RETURN(const Marks marks, ReadMarks(folder));
  AMEIDE_ASSIGN_OR_RETURN(Plan plan, MakePlan(folder, files, marks));
  if (!plan.conflicts.empty()) {
    return Error{ErrorKind::kConflict, "render into", folder.string(),
                 StrCat("not made by us, or edited since: ", StrJoin(plan.conflicts, ", ")),
                 "move these files away and render again; nothing was changed"};
  }
  AMEIDE_RETURN_IF_ERROR(MakeFolder(folder));
  for (const std::string& path : plan.write) {
    AMEIDE_RETURN_IF_ERROR(MakeFolder((folder / path).parent_path()));
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(folder / path, files.at(path), 0644));
  }
  for (const std::string& path : plan.remove) AMEIDE_RETURN_IF_ERROR(Remove(folder, path));
  // Last: a run that is cut short leaves files that equal what it would write again.
  const std::string text = MarksText(files);
  AMEIDE_ASSIGN_OR_RETURN(const auto old_text, ReadIfThere(folder / kMarkFile));
  if (old_text != text) {
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(folder / kMarkFile, text, 0644));
  }
  return Written{std::move(plan.write), std::move(plan.remove)};
}

Result<std::string> DiffFolder(const fs::path& folder, const FileSet& files) {
  std::string out;
  for (const auto& [path, bytes] : files) {
    const std::string name = (folder / path).generic_string();
    AMEIDE_ASSIGN_OR_RETURN(const auto there, ReadIfThere(folder / path));
    if (there == bytes) continue;
    out += UnifiedDiff(there ? name : "/dev/null", name, there.value_or(""), bytes);
  }
  AMEIDE_ASSIGN_OR_RETURN(const auto strangers, Strangers(folder, files));
  for (const std::string& path : strangers) {
    StrAppend(&out, "Not rendered: ", (folder / path).generic_string(), "\n");
  }
  return out;
}

}  // namespace ameide::generator
