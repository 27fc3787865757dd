#include "task/launcher/fallback_bundle.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/facts.h"
#include "task/contract/manifest.h"
#include "task/contract/run_log.h"
#include "task/contract/test_counts.h"
#include "task/evidence/bundle.h"

namespace ameide::task {
namespace {

constexpr size_t kTailLines = 100;
constexpr size_t kTailBytes = 32u << 10;
constexpr size_t kReasonBytes = 4096;

std::string JUnitOf(const TaskResult& result, std::string output_tail) {
  SyntheticJUnit junit;
  junit.phase = ToString(CommandPhase(result.kind));
  junit.command = ToPrintable(StrJoin(result.command, " "));
  junit.exit_code = AgentExitCode(result.failure, kExitInternal);
  const auto took = std::chrono::duration<double>(result.finished_at - result.started_at).count();
  junit.seconds = std::max(0.0, took);
  junit.failure = result.reason;
  junit.output_tail = std::move(output_tail);
  return WriteJUnit(junit);
}

}  // namespace

TaskResult FallbackResult(const RunFacts& facts) {
  TaskResult result;
  result.work_id = facts.spec.work_id;
  result.run_id = facts.spec.run_id;
  result.profile = facts.spec.profile;
  result.kind = facts.spec.kind;
  result.failure = facts.failure;
  result.outcome = OutcomeOf(facts.failure);
  result.state = StateOf(result.outcome);
  result.reason = Truncate(ToPrintable(facts.reason), kReasonBytes);
  result.started_at = facts.started_at;
  result.finished_at = std::max(facts.started_at, facts.finished_at);
  result.command = facts.spec.command;
  result.repository_url = WithoutUserInfo(facts.spec.repository.url);
  result.repository_ref = facts.spec.repository.ref;
  result.artifact.summary = StrCat("No complete evidence came out of the workspace (outcome ",
                                   ToString(result.outcome), ").");
  return result;
}

Status WriteFallbackBundle(const RunFacts& facts, const fs::path& salvage, const fs::path& to) {
  TaskResult result = FallbackResult(facts);
  AMEIDE_ASSIGN_OR_RETURN(BundleWriter writer, BundleWriter::Create(to));
  const BundleLimits limits;
  const fs::path log = to / kRunLogFile;
  if (!salvage.empty() && Exists(salvage / kRunLogFile)) {
    const auto copied = CopyRegularFile(salvage / kRunLogFile, log, limits.log_bytes);
    if (!copied.ok()) writer.Omit(kRunLogFile, copied.error().ToString());
  }
  if (!Exists(log)) {
    const std::string line = StrCat(result.reason, "\n");
    AMEIDE_RETURN_IF_ERROR(
        writer.AddFile(kRunLogFile, EncodeLog(result.finished_at, LogStream::kAgent, line)));
  }
  const auto tail = ReadFileTail(log, kTailBytes);
  const std::string readable = tail.ok() ? ReadableLog(*tail) : "";
  const std::string junit = JUnitOf(result, std::string(Tail(readable, kTailLines, kTailBytes)));
  if (const auto counts = CountJUnit(junit); counts.ok()) result.artifact.tests = *counts;
  AMEIDE_RETURN_IF_ERROR(writer.AddFile(StrCat(kJUnitFolder, "/ameide.xml"), junit));
  const std::string fact = FinalFact(facts.spec, kFallbackSequence, result).Dump();
  AMEIDE_RETURN_IF_ERROR(writer.AddFile(kFactsFile, StrCat(fact, "\n")));
  writer.Omit(kDiffFile, "the workspace left no complete evidence bundle");
  return writer.Finish(result);
}

}  // namespace ameide::task
