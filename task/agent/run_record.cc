#include "task/agent/run_record.h"

#include <algorithm>

#include "base/strings.h"
#include "task/agent/redact.h"
#include "task/agent/run_words.h"
#include "task/contract/facts.h"

namespace ameide::task {
namespace {

// Beside the evidence, so that it is on the same volume.
constexpr char kReserveSuffix[] = ".reserve";

}  // namespace

RunRecord::RunRecord(const AgentOptions& run_options, TaskSpec run_spec,
                     const SecretValues& secrets, const Clock& run_clock)
    : options(run_options), clock(run_clock), spec(std::move(run_spec)) {
  began_ = clock.Monotonic();
  result.work_id = spec.work_id;
  result.run_id = spec.run_id;
  result.profile = spec.profile;
  result.kind = spec.kind;
  result.started_at = clock.Now();
  result.command = spec.command;
  result.repository_url = WithoutUserInfo(spec.repository.url);
  result.repository_ref = spec.repository.ref;
  if (!secrets.empty()) redactor_.emplace(secrets);
}

Status RunRecord::Open() {
  AMEIDE_ASSIGN_OR_RETURN(bundle, BundleWriter::Create(options.evidence));
  if (redactor_) bundle->RedactWith(*redactor_);
  AMEIDE_ASSIGN_OR_RETURN(log, LogWriter::Create(options.evidence / kRunLogFile,
                                                 BundleLimits{}.log_bytes, clock, redactor_));
  log->PassOnTo(options.echo);
  AMEIDE_ASSIGN_OR_RETURN(facts_, OutputFile::Create(options.evidence / kFactsFile));
  reserve_.Take(options.evidence.string() + kReserveSuffix);
  return Ok{};
}

void RunRecord::Fail(FailureClass failure, std::string_view reason) {
  if (!Failed()) Overrule(failure, AsParagraph(reason));
}

void RunRecord::Overrule(FailureClass failure, std::string reason) {
  result.failure = failure;
  result.reason = std::move(reason);
}

RunRecord::PhaseScope::PhaseScope(RunRecord* record, Phase phase)
    : record_(record),
      phase_(phase),
      started_(record->clock.Now()),
      began_(record->clock.Monotonic()) {
  record_->AddFact(
      ProgressFact(record_->spec, ++record_->fact_number_, started_, phase, "started"));
}

RunRecord::PhaseScope::~PhaseScope() {
  if (record_->Failed()) record_->log->Remark(record_->result.reason);
  record_->result.phases.push_back(
      {phase_, started_, std::chrono::duration_cast<Millis>(record_->clock.Monotonic() - began_),
       OutcomeOf(record_->result.failure)});
}

MonoTime RunRecord::PhaseDeadline(Phase phase) const {
  const MonoTime whole = spec.ttl > Millis(0) ? began_ + spec.ttl : MonoTime::max();
  const Millis own = spec.timeouts.Of(phase);
  return own > Millis(0) ? std::min(whole, clock.Monotonic() + own) : whole;
}

std::string RunRecord::ClockThatRanOut(Phase phase) const {
  if (spec.ttl > Millis(0) && clock.Monotonic() >= began_ + spec.ttl) {
    return StrCat("the hard TTL of ", FormatDuration(spec.ttl), " ran out in the ", ToString(phase),
                  " phase; raise ttl or do less in one task");
  }
  return StrCat("the ", ToString(phase), " phase ran out of its ",
                FormatDuration(spec.timeouts.Of(phase)), "; raise timeouts.", ToString(phase));
}

void RunRecord::AddDocument(const char* name, const Json& json) {
  const std::string text = (redactor_ ? RedactJson(*redactor_, json) : json).DumpPretty();
  const Status added = bundle->AddFile(name, text);
  if (!added.ok()) bundle->Omit(name, added.error().cause);
}

std::string RunRecord::Clean(const std::string& text) const {
  return redactor_ ? redactor_->Whole(text) : text;
}

void RunRecord::EndLog() {
  reserve_.Release();
  log->Finish();
  if (log->dropped_bytes() == 0) return;
  bundle->Omit(kRunLogFile, StrCat("its last ", log->dropped_bytes(),
                                   " bytes of output were not stored: ", log->loss()));
}

void RunRecord::EndFacts() {
  AddFact(FinalFact(spec, ++fact_number_, result));
  facts_.reset();
}

void RunRecord::AddFact(const Json& fact) {
  const Json clean = redactor_ ? RedactJson(*redactor_, fact) : fact;
  if (const Status added = facts_->Append(StrCat(clean.Dump(), "\n")); !added.ok()) {
    bundle->Omit(kFactsFile, added.error().cause);
  }
}

}  // namespace ameide::task
