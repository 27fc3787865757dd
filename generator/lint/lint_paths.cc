#include "generator/lint/lint_paths.h"

#include <algorithm>

#include "base/strings.h"
#include "generator/lint/profile_lint.h"
#include "generator/lint/template_lint.h"
#include "generator/output.h"
#include "generator/parallel.h"

namespace ameide::generator {
namespace {

constexpr uint64_t kMaxFileBytes = 16u << 20;
constexpr int kMaxFixRounds = 4;  // one repair can bring to light what the next one repairs

bool HasFiles(const fs::path& folder, std::string_view extension) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == extension) return true;
  }
  return false;
}

std::vector<fs::path> Subfolders(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (at->is_directory(ignored)) found.push_back(at->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<FileSet> ReadFolder(const fs::path& folder) {
  FileSet files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    std::error_code ignored;
    const std::string name = at->path().filename().string();
    // Terraform's own cache is no part of a template.
    if (at->is_directory(ignored) && name == ".terraform") at.disable_recursion_pending();
    if (at->is_symlink(ignored) || !at->is_regular_file(ignored)) continue;
    AMEIDE_ASSIGN_OR_RETURN(std::string bytes, ReadFile(at->path(), kMaxFileBytes));
    files[at->path().lexically_relative(folder).generic_string()] = std::move(bytes);
  }
  if (error) return ErrnoError(error.value(), "list", folder.string());
  return files;
}

// How far a file got: no YAML of ours, no profile, a profile.
int Readable(const LoadedProfile& loaded) {
  if (loaded.read.ok()) return 2;
  return loaded.document ? 1 : 0;
}

// A profile, and the templates that are rendered from it.
LintFindings LintWithTemplates(const LoadedProfile& loaded) {
  LintFindings findings = LintProfile(loaded);
  if (!loaded.read.ok()) return findings;
  for (const auto& [name, files] : RenderTemplates(*loaded.read.value)) {
    LintFindings more = LintTemplate(StrCat("rendered/", name), files);
    std::move(more.begin(), more.end(), std::back_inserter(findings));
  }
  return findings;
}

class Linter {
 public:
  explicit Linter(bool fix) : fix_(fix) {}

  Status Path(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) return ProfileFile(path);
    if (HasFiles(path, ".tf")) return Template(path);
    if (HasFiles(path, ".yaml")) return ProfileFolder(path);
    bool any = false;
    for (const fs::path& folder : Subfolders(path)) {
      if (!HasFiles(folder, ".tf")) continue;
      any = true;
      AMEIDE_RETURN_IF_ERROR(Template(folder));
    }
    if (any) return Ok{};
    return Error{ErrorKind::kNotFound, "lint", path.string(), "holds no *.yaml and no *.tf",
                 "name a profile, a folder of profiles or a template's folder"};
  }

  Status Builtin() {
    AMEIDE_ASSIGN_OR_RETURN(std::vector<ProfileSource> sources, ProfileSources(""));
    return ProfileList(std::move(sources), false);
  }

  LintRun Take() {
    SortFindings(&run_.findings);
    return std::move(run_);
  }

 private:
  void Keep(LintFindings findings) {
    std::move(findings.begin(), findings.end(), std::back_inserter(run_.findings));
  }

  Status ProfileFile(const fs::path& path) {
    AMEIDE_ASSIGN_OR_RETURN(ProfileSource source, ReadProfileSource(path));
    std::vector<ProfileSource> sources;
    sources.push_back(std::move(source));
    return ProfileList(std::move(sources), fix_);
  }

  Status ProfileFolder(const fs::path& path) {
    AMEIDE_ASSIGN_OR_RETURN(std::vector<ProfileSource> sources, ProfileSources(path));
    return ProfileList(std::move(sources), fix_);
  }

  Status ProfileList(std::vector<ProfileSource> sources, bool fix) {
    std::vector<LoadedProfile> all = ReadProfiles(std::move(sources));
    if (fix) {
      for (LoadedProfile& loaded : all) AMEIDE_RETURN_IF_ERROR(Fix(&loaded));
    }
    std::vector<LintFindings> found(all.size());
    ForEachIndex(all.size(), [&](size_t i) { found[i] = LintWithTemplates(all[i]); });
    for (LintFindings& findings : found) Keep(std::move(findings));
    Keep(FindingsOf(ProblemsBetween(all)));
    return Ok{};
  }

  Status Fix(LoadedProfile* loaded) {
    const std::string before = loaded->source.yaml;
    LintFindings findings = LintProfile(*loaded);
    for (int round = 0; round < kMaxFixRounds; ++round) {
      std::vector<TextEdit> edits;
      for (const LintFinding& finding : findings) {
        if (finding.edit) edits.push_back(*finding.edit);
      }
      if (edits.empty()) break;
      ProfileSource source = loaded->source;
      source.yaml = ApplyEdits(source.yaml, std::move(edits));
      LoadedProfile repaired = ReadProfile(std::move(source));
      LintFindings left = LintProfile(repaired);
      // What cannot be read shows few findings; once readable, it may show more.
      const int gained = Readable(repaired) - Readable(*loaded);
      if (gained < 0 || (gained == 0 && left.size() >= findings.size())) break;
      *loaded = std::move(repaired);
      findings = std::move(left);
    }
    if (loaded->source.yaml == before) return Ok{};
    const fs::path file = loaded->source.file;
    std::error_code error;
    const fs::file_status status = fs::symlink_status(file, error);
    if (fs::is_symlink(status)) {
      return Error{ErrorKind::kDenied, "fix", file.string(), "is a symbolic link",
                   "name the file itself"};
    }
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(file, loaded->source.yaml,
                                               static_cast<unsigned>(status.permissions())));
    run_.fixed.push_back(file.generic_string());
    return Ok{};
  }

  Status Template(const fs::path& path) {
    AMEIDE_ASSIGN_OR_RETURN(const FileSet files, ReadFolder(path));
    Keep(LintTemplate(path.generic_string(), files));
    return Ok{};
  }

  bool fix_;
  LintRun run_;
};

}  // namespace

Result<LintRun> LintPaths(const std::vector<std::string>& paths, bool fix) {
  Linter linter(fix);
  if (paths.empty()) AMEIDE_RETURN_IF_ERROR(linter.Builtin());
  for (const std::string& path : paths) AMEIDE_RETURN_IF_ERROR(linter.Path(path));
  return linter.Take();
}

}  // namespace ameide::generator
