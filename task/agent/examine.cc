#include "task/agent/examine.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/agent/change_content.h"
#include "task/agent/run_words.h"
#include "task/contract/patch_reader.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxPatch = BundleLimits{}.file_bytes;

Finding SecretFinding(uint64_t count) {
  return {.rule = kRuleSecret,
          .path = ".",
          .what_failed = StrCat("the changed files hold secret values that the run was granted (",
                                count, " found)"),
          .why_it_matters = "what is committed is published to everybody who can read it",
          .where_to_fix = "the command: it wrote a credential into its checkout",
          .fix_steps = {"keep credentials in the environment or below HOME, never in the checkout",
                        "revoke the credential when it may have left the workspace",
                        "run the task again"}};
}

// The change set with the content that the patch tells of.
Result<ChangeSet> WithContent(const ChangeReport& report) {
  if (report.patch.empty()) {
    return Error{ErrorKind::kUnavailable, "read patch", kDiffFile,
                 StrCat("it was not written: ", report.patch_omission), ""};
  }
  AMEIDE_ASSIGN_OR_RETURN(const std::string patch, ReadFile(report.patch, kMaxPatch));
  AMEIDE_ASSIGN_OR_RETURN(const ChangeSet patched, ReadPatch(patch));
  ChangeSet changes = report.changes;
  AMEIDE_RETURN_IF_ERROR(AddContent(patched, report.work, &changes));
  return changes;
}

bool HasBinary(const ChangeReport& report) {
  const Result<ChangeSet> changes = WithContent(report);
  return !changes.ok() || std::any_of(changes->begin(), changes->end(),
                                      [](const Change& change) { return change.binary; });
}

// diff.patch without secrets. False when it is not there, or no longer what was changed.
bool AddPatch(const ChangeReport& report, const Redactor* redactor, BundleWriter* bundle) {
  if (report.patch.empty()) {
    bundle->Omit(kDiffFile, report.patch_omission);
    return false;
  }
  if (report.secrets_found > 0 && HasBinary(report)) {
    bundle->Omit(kDiffFile, "it has a secret value, maybe in the encoding of a binary file");
    return false;
  }
  fs::path patch = report.patch;
  uint64_t replaced = 0;
  if (redactor != nullptr) {
    patch += ".redacted";
    const Result<uint64_t> redacted = RedactFile(*redactor, report.patch, patch);
    if (!redacted.ok()) {
      bundle->Omit(kDiffFile, redacted.error().cause);
      return false;
    }
    replaced = *redacted;
  }
  if (replaced > 0) {
    bundle->Omit(kDiffFile,
                 StrCat("it does not apply: secret values in it were replaced (", replaced, ")"));
  }
  const Status added = bundle->AddCopy(kDiffFile, patch);
  if (!added.ok()) bundle->Omit(kDiffFile, added.error().cause);
  std::error_code error;
  return added.ok() && replaced == 0 && fs::file_size(patch, error) > 0;
}

void ListFiles(const ChangeSet& changes, Examination* examination) {
  std::vector<std::string>& files = examination->changed_files;
  for (const Change& change : changes) files.push_back(ToOneLine(change.path));
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  if (files.size() <= kMaxChangedFiles) return;
  examination->risks.push_back(
      StrCat(files.size(), " files changed; only the first ", kMaxChangedFiles, " are listed"));
  files.resize(kMaxChangedFiles);
}

}  // namespace

Finding UnreadableFinding(std::string_view cause) {
  return {.rule = kRuleUnreadable,
          .path = ".",
          .what_failed = StrCat("the change set could not be read: ", AsParagraph(cause)),
          .why_it_matters = "a change that cannot be seen cannot be allowed",
          .where_to_fix = "the command's handling of its checkout",
          .fix_steps = {"keep the checkout's folder and its .git in place", "run the task again"}};
}

std::vector<Finding> Judge(const ChangeReport& report, const Guardrails& profile,
                           const Guardrails& task) {
  const Result<ChangeSet> full = WithContent(report);
  std::vector<Finding> findings =
      EvaluateGuardrails(profile, task, full.ok() ? *full : report.changes);
  if (!full.ok()) findings.insert(findings.begin(), UnreadableFinding(full.error().ToString()));
  return findings;
}

Examination Examine(const Git& git, const fs::path& checkout, const BaseState& base,
                    const fs::path& scratch, const TaskSpec& spec, const ProfileContract& profile,
                    const Redactor* redactor, BundleWriter* bundle) {
  Examination examination;
  const Result<ChangeReport> report = CollectChanges(
      git, checkout, base,
      {.scratch = scratch,
       .max_patch_bytes = kMaxPatch,
       .message = StrCat("Work of task ", spec.work_id, "\n\nRun: ", spec.run_id, "\n"),
       .redactor = redactor});
  if (!report.ok()) {
    bundle->Omit(kDiffFile, report.error().cause);
    examination.findings.push_back(UnreadableFinding(report.error().ToString()));
    return examination;
  }
  for (const std::string& remark : report->remarks) {
    bundle->Omit(kDiffFile, remark);
    examination.risks.push_back(AsParagraph(remark));
  }
  ListFiles(report->changes, &examination);
  std::vector<Finding>& findings = examination.findings;
  findings = Judge(*report, profile.guardrails, spec.guardrails);
  if (report->secrets_found > 0) {
    findings.insert(findings.begin(), SecretFinding(report->secrets_found));
  }
  if (findings.size() > kMaxFindings) {
    examination.risks.push_back(
        StrCat(findings.size(), " findings; only the first ", kMaxFindings, " are listed"));
    findings.resize(kMaxFindings);
  }
  examination.has_diff = AddPatch(*report, redactor, bundle);
  if (!report->bundle_omission.empty()) bundle->Omit(kWorkBundleFile, report->bundle_omission);
  if (report->secrets_found > 0 && !report->bundle.empty()) {
    bundle->Omit(kWorkBundleFile, "the changed files hold a secret value");
  } else {
    examination.work_bundle = report->bundle;
  }
  return examination;
}

}  // namespace ameide::task
