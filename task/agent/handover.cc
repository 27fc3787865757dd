#include "task/agent/handover.h"

#include "task/agent/checkout_files.h"
#include "task/contract/sarif.h"
#include "task/evidence/takeover.h"

namespace ameide::task {
namespace {

bool Note(const char* path, const Status& added, BundleWriter* bundle) {
  if (!added.ok()) bundle->Omit(path, added.error().cause);
  return added.ok();
}

}  // namespace

void AddHandover(const TaskSpec& spec, const TaskResult& result, const Handover& handover,
                 const Redactor* redactor, BundleWriter* bundle) {
  if (!result.findings.empty()) {
    const std::string sarif = ToSarif(result.findings, AMEIDE_VERSION).DumpPretty();
    Note(kSarifFile, bundle->AddFile(kSarifFile, sarif), bundle);
  }
  const bool success = result.failure == FailureClass::kNone;
  TakeoverKit kit{.has_bundle = false, .has_diff = handover.has_diff};
  if (!handover.work_bundle.empty() && (!success || spec.pull_request)) {
    kit.has_bundle =
        Note(kWorkBundleFile, bundle->AddCopy(kWorkBundleFile, handover.work_bundle), bundle);
  }
  if (success) return;
  const std::string raw = FollowupText(spec, result, kit);
  const std::string text = redactor == nullptr ? raw : redactor->Whole(raw);
  Note(kFollowupFile, bundle->AddFile(kFollowupFile, text), bundle);
  if (!handover.checkout.empty()) PlaceFollowup(handover.checkout, text);
}

}  // namespace ameide::task
