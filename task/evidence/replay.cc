#include "task/evidence/replay.h"

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/patch_reader.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxDiffBytes = 256u << 20;

// Paths come to the result on one line each, so they are compared like that.
std::string KeyOf(const Finding& finding) {
  return StrCat(finding.rule, '\n', ToOneLine(finding.path));
}

}  // namespace

Result<std::string> ReadVerified(const fs::path& bundle, const Manifest& manifest,
                                 std::string_view path, uint64_t max_bytes) {
  const auto file = std::find_if(manifest.files.begin(), manifest.files.end(),
                                 [&](const ManifestFile& one) { return one.path == path; });
  if (file == manifest.files.end()) {
    return Error{ErrorKind::kNotFound, "read", std::string(path), "the bundle has none", ""};
  }
  AMEIDE_ASSIGN_OR_RETURN(std::string bytes, ReadFile(bundle / path, max_bytes));
  if (Sha256Hex(bytes) == file->sha256) return bytes;
  return Error{ErrorKind::kInvalid, "read", std::string(path), "it changed while we looked", ""};
}

Result<ChangeSet> ReadBundleChanges(const fs::path& bundle, const Manifest& manifest) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string patch,
                          ReadVerified(bundle, manifest, kDiffFile, kMaxDiffBytes));
  Result<ChangeSet> changes = ReadPatch(patch);
  if (changes.ok()) return changes;
  return Error{ErrorKind::kInvalid, "read", kDiffFile, changes.error().cause, ""};
}

GuardrailReplay ReplayGuardrails(const Guardrails& profile, const Guardrails& task,
                                 const ChangeSet& changes, const TaskResult& result) {
  std::set<std::string> admitted;
  for (const Finding& finding : result.findings) admitted.insert(KeyOf(finding));
  GuardrailReplay replay;
  replay.findings = EvaluateGuardrails(profile, task, changes);
  for (const Finding& finding : replay.findings) {
    if (!admitted.contains(KeyOf(finding))) replay.hidden.push_back(finding);
  }
  return replay;
}

}  // namespace ameide::task
