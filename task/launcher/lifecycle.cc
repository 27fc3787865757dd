#include "task/launcher/lifecycle.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/facts.h"
#include "task/evidence/provenance.h"
#include "task/launcher/bounded_stop.h"
#include "task/launcher/judgement.h"

namespace ameide::task {
namespace {

fs::path EvidenceDirectory(const fs::path& root, const TaskSpec& spec) {
  // Absolute: a supervisor that writes there later has another working directory. Where ours is
  // gone the path stays relative, and PrepareEvidence says so.
  std::error_code ignored;
  return fs::absolute(root, ignored) / spec.work_id / spec.run_id;
}

LaunchContext With(const LaunchContext& context, std::stop_token stop) {
  return LaunchContext{std::move(stop), context.clock, context.log};
}

}  // namespace

bool IsAnothers(const Workspace& workspace, const std::string& run_id) {
  return !workspace.made_by_other.empty() && (run_id.empty() || workspace.run_id != run_id);
}

bool IsOver(const Workspace& workspace, WallTime now) {
  return workspace.over_at && *workspace.over_at <= now;
}

std::string Ownership(const Workspace& workspace) {
  const std::string until = workspace.over_at ? FormatTime(*workspace.over_at) : "its removal";
  return StrCat("made by ", workspace.made_by_other, ", whose it is until ", until);
}

Status DestroyAndProve(const LaunchContext& context, Backend& backend, const Workspace& workspace) {
  const BoundedStop bound({}, context.clock, backend.removal_bound());
  const LaunchContext own = With(context, bound.token());
  AMEIDE_RETURN_IF_ERROR(backend.Destroy(own, workspace));
  return backend.ProveGone(own, workspace);
}

Lifecycle::Lifecycle(const LaunchContext& context, Backend& backend, const RecordStore& records,
                     const RunOptions& options, StoredRecord stored, Publisher* publisher)
    : context_(context),
      backend_(backend),
      records_(records),
      options_(options),
      stored_(std::move(stored)),
      publisher_(publisher) {}

Result<TaskRecord> Lifecycle::Start(const Profile& profile) {
  TaskRecord& record = stored_.record;
  record.backend = backend_.name();
  record.workspace =
      Workspace{WorkspaceName(record.spec.work_id), "", record.spec.work_id, record.spec.run_id};
  record.evidence_directory = EvidenceDirectory(options_.evidence_root, record.spec);
  AMEIDE_RETURN_IF_ERROR(PrepareEvidence(record.spec, record.evidence_directory));
  // Before anything exists: a launcher that dies in Create must not start a second run later.
  AMEIDE_RETURN_IF_ERROR(records_.Write(stored_));
  const Result<std::optional<Ending>> failed = CreateOrAdopt(profile);
  if (!failed.ok()) {
    (void)records_.Remove(record.workspace.name);
    return failed.error();
  }
  if (*failed) return Finish(**failed, false);
  return TakeToEnd(record.workspace);
}

// An ending when there is no workspace; an error when it is somebody else's.
Result<std::optional<Lifecycle::Ending>> Lifecycle::CreateOrAdopt(const Profile& profile) {
  TaskRecord& record = stored_.record;
  Result<Workspace> created =
      backend_.Create(context_, {record.spec, profile, record.evidence_directory});
  if (!created.ok() && created.error().kind == ErrorKind::kConflict) {
    const BoundedStop bound({}, context_.clock, kStepBound);
    const auto live = backend_.Find(With(context_, bound.token()), record.spec.work_id);
    if (live.ok() && *live && IsAnothers(**live, record.spec.run_id)) {
      if (!IsOver(**live, context_.clock.Now())) return TakenByAnother(**live);
      created = ReplaceAndCreate(profile, **live);
    } else if (live.ok() && *live) {
      Warn(StrCat("workspace ", (*live)->name, " was there already and was adopted"));
      TakeOver(**live);
      created = record.workspace;
    }
  }
  if (!created.ok()) {
    const bool stopped = created.error().kind == ErrorKind::kCancelled;
    return std::optional<Ending>(
        Ending{stopped ? FailureClass::kCancelled : FailureClass::kInfrastructure,
               StrCat("The workspace could not be created: ", created.error().ToString())});
  }
  record.workspace = std::move(*created);
  if (const Status written = records_.Write(stored_); !written.ok()) {
    return std::optional<Ending>(
        Ending{FailureClass::kInfrastructure,
               StrCat("The task's identity could not be recorded: ", written.error().ToString())});
  }
  return std::optional<Ending>();
}

// Whether somebody is at work on it cannot be known from here.
Error Lifecycle::TakenByAnother(const Workspace& another) const {
  return Error{ErrorKind::kConflict, "run task", stored_.record.spec.work_id,
               StrCat("workspace ", another.name, " has a run of it, ", Ownership(another)),
               "wait for that run; when nobody is at work on it: ameide-launcher destroy"};
}

Result<Workspace> Lifecycle::ReplaceAndCreate(const Profile& profile, const Workspace& another) {
  const TaskRecord& record = stored_.record;
  AMEIDE_RETURN_IF_ERROR(DestroyAndProve(context_, backend_, another));
  Warn(StrCat("workspace ", another.name, " was removed: ", Ownership(another)));
  return backend_.Create(context_, {record.spec, profile, record.evidence_directory});
}

// Goes on with what is there.
void Lifecycle::TakeOver(const Workspace& live) {
  TaskRecord& record = stored_.record;
  const std::string location = live.location.empty() ? record.workspace.location : live.location;
  record.workspace = {live.name, location, live.work_id, live.run_id};
  if (live.run_id.empty() || live.run_id == record.spec.run_id) return;
  record.spec.run_id = record.result.run_id = live.run_id;
  record.evidence_directory = EvidenceDirectory(options_.evidence_root, record.spec);
}

Result<TaskRecord> Lifecycle::Continue() {
  TaskRecord& record = stored_.record;
  const BoundedStop bound({}, context_.clock, kStepBound);
  AMEIDE_ASSIGN_OR_RETURN(const std::optional<Workspace> live,
                          backend_.Find(With(context_, bound.token()), record.spec.work_id));
  if (live && !IsAnothers(*live, record.spec.run_id)) {
    TakeOver(*live);
    return TakeToEnd(*live);
  }
  return Finish({FailureClass::kInfrastructure,
                 "The launcher was lost during this run, and its workspace is gone"},
                false);
}

Result<TaskRecord> Lifecycle::TakeToEnd(const Workspace& workspace) {
  if (options_.on_identity) options_.on_identity(workspace);
  return Finish(Await(workspace), true);
}

Lifecycle::Ending Lifecycle::Await(const Workspace& workspace) {
  const BoundedStop bound(context_.stop, context_.clock, TimeLeft() + kLauncherReserve);
  context_.log.Info("waiting for the run", {{"workspace", workspace.name}});
  const Status ended = backend_.AwaitEnd(With(context_, bound.token()), workspace);
  if (ended.ok()) return {FailureClass::kInfrastructure, ""};
  if (bound.token().stop_requested()) return CancelAndAwait(workspace, bound.expired());
  // Lost: whatever still runs of it must not go on while we collect.
  context_.log.Warn("workspace lost", {{"cause", ended.error().ToString()}});
  const BoundedStop step({}, context_.clock, kStepBound);
  (void)backend_.Cancel(With(context_, step.token()), workspace);
  if (ended.error().kind == ErrorKind::kTimeout) {
    return {FailureClass::kTimedOut, ended.error().ToString()};
  }
  return {FailureClass::kInfrastructure, StrCat("The run was lost: ", ended.error().ToString())};
}

Lifecycle::Ending Lifecycle::CancelAndAwait(const Workspace& workspace, bool expired) {
  context_.log.Info("cancelling the run", {{"workspace", workspace.name}});
  const BoundedStop bound({}, context_.clock, kCancelBound);
  const LaunchContext own = With(context_, bound.token());
  const Status cancelled = backend_.Cancel(own, workspace);
  if (!cancelled.ok()) Warn(cancelled.error().ToString());
  const Status ended = backend_.AwaitEnd(own, workspace);
  if (!ended.ok()) Warn(StrCat("after the cancellation: ", ended.error().ToString()));
  if (expired) return {FailureClass::kTimedOut, "The run went on after its hard TTL"};
  return {FailureClass::kCancelled, "The run was cancelled"};
}

Result<TaskRecord> Lifecycle::Finish(Ending ending, bool live) {
  Collect(ending);
  Publish();
  Sign();
  stored_.retained = Retained(live);
  if (!stored_.retained) Remove();
  stored_.finished = true;
  // A record that cannot be written now is made good by the next Run: the evidence is in place.
  if (const Status written = records_.Write(stored_); !written.ok()) {
    Warn(written.error().ToString());
  }
  return stored_.record;
}

void Lifecycle::Collect(const Ending& ending) {
  TaskRecord& record = stored_.record;
  const BoundedStop bound({}, context_.clock, kCollectBound);
  const LaunchContext own = With(context_, bound.token());
  const RunFacts facts{record.spec, record.result.started_at, context_.clock.Now(), ending.failure,
                       ending.reason};
  const Result<StoredEvidence> evidence = StoreEvidence(
      facts, record.evidence_directory,
      [&](const fs::path& to) { return backend_.Collect(own, record.workspace, to); });
  if (evidence.ok()) {
    record.result = evidence->result;
    record.manifest_sha256 = evidence->manifest_sha256;
    if (!evidence->problem.empty()) {
      Warn(StrCat("the workspace left no usable evidence: ", evidence->problem));
    } else {
      Judge(*evidence);
    }
    return;
  }
  Warn(StrCat("evidence could not be stored: ", evidence.error().ToString()));
  record.result = FallbackResult(facts);
  record.evidence_directory.clear();
}

// Evidence that verifies agrees with itself; whether the work may pass is for us to say.
void Lifecycle::Judge(const StoredEvidence& evidence) {
  TaskRecord& record = stored_.record;
  if (!stored_.contract) {
    Warn("the evidence was not judged again: the record is of an older version, without the rules");
    return;
  }
  const std::optional<Judgement> judgement =
      JudgeAgain(evidence, record.evidence_directory, record.spec, *stored_.contract);
  if (!judgement) return;
  Warn(judgement->reason);
  record.result = judgement->result;
  Amend({record.result,
         kJudgementFile,
         judgement->note.DumpPretty(),
         {FinalFact(record.spec, kJudgementSequence, record.result)}});
}

void Lifecycle::Amend(const Amendment& amendment) {
  TaskRecord& record = stored_.record;
  const Result<StoredEvidence> amended =
      AmendEvidence(record.spec, record.evidence_directory, amendment);
  if (!amended.ok()) {
    Warn(StrCat("the evidence does not have ", amendment.file, ": ", amended.error().ToString()));
    return;
  }
  record.manifest_sha256 = amended->manifest_sha256;
}

// The run has ended, with all its processes, and its evidence is verified: only now does anything
// here touch the push credential. A success that asks for a pull request is none without one.
void Lifecycle::Publish() {
  TaskRecord& record = stored_.record;
  TaskResult& result = record.result;
  if (!record.spec.pull_request || result.outcome != Outcome::kSuccess) return;
  if (!result.findings.empty() || !result.artifact.pr_url.empty()) return;
  const WallTime start = context_.clock.Now();
  const Publication publication = AskPublisher();
  result.failure = publication.failure;
  result.outcome = OutcomeOf(result.failure);
  result.state = StateOf(result.failure);
  result.reason = publication.reason;
  result.findings = publication.findings;
  result.artifact.pr_url = publication.pr_url;
  if (!publication.commit.empty()) {
    StrAppend(&result.artifact.summary, result.artifact.summary.empty() ? "" : " ", "Branch ",
              publication.branch, " is at commit ", publication.commit, ".");
  }
  result.finished_at = context_.clock.Now();
  result.phases.push_back({Phase::kPr, start,
                           std::chrono::duration_cast<Millis>(result.finished_at - start),
                           result.outcome});
  Amend({result,
         kPublicationFile,
         ToJson(publication).DumpPretty(),
         {ProgressFact(record.spec, kPublishSequence, start, Phase::kPr, "started"),
          FinalFact(record.spec, kPublishSequence + 1, result)}});
}

// Last of all that touches the bundle: signing changes the manifest's digest.
void Lifecycle::Sign() {
  TaskRecord& record = stored_.record;
  if (options_.signing_key.empty() || record.evidence_directory.empty()) return;
  const Attestation attestation{.builder_id = std::string(kLauncherBuilder),
                                .key_pem = options_.signing_key};
  const Result<VerifiedBundle> signed_bundle = AttestBundle(record.evidence_directory, attestation);
  if (!signed_bundle.ok()) {
    Warn(StrCat("the evidence is not signed: ", signed_bundle.error().ToString()));
    return;
  }
  record.manifest_sha256 = signed_bundle->manifest_sha256;
}

Publication Lifecycle::AskPublisher() {
  const TaskRecord& record = stored_.record;
  Publication publication;
  if (publisher_ == nullptr || !stored_.contract) {
    publication.reason = "The launcher that could have published the work was lost";
    return publication;
  }
  context_.log.Info("publishing", {{"work_id", record.spec.work_id}});
  Result<Publication> answer = publisher_->Publish(
      context_, {record.spec, *stored_.contract, record.result.base_commit,
                 record.evidence_directory / kWorkBundleFile, record.workspace});
  if (answer.ok()) return std::move(*answer);
  publication.reason = ToPrintable(answer.error().ToString());
  return publication;
}

// True when the workspace stays, by the caller's wish.
bool Lifecycle::Retained(bool live) {
  const bool wanted =
      options_.retain == Retain::kUntilDestroy ||
      (options_.retain == Retain::kOnFailure && stored_.record.result.outcome != Outcome::kSuccess);
  if (!wanted || !live) return false;
  const BoundedStop bound({}, context_.clock, kStepBound);
  const Status kept = backend_.Retain(With(context_, bound.token()), stored_.record.workspace);
  if (!kept.ok()) {
    Warn(StrCat("the workspace could not be retained: ", kept.error().ToString()));
    return false;
  }
  Warn(StrCat("the workspace is kept until it is destroyed, at the latest until ",
              FormatTime(context_.clock.Now() + TimeLeft())));
  return true;
}

void Lifecycle::Remove() {
  const Status gone = DestroyAndProve(context_, backend_, stored_.record.workspace);
  stored_.record.workspace_gone = gone.ok();
  if (!gone.ok()) {
    Warn(StrCat("the workspace may still be there: ", gone.error().ToString(),
                "; run ameide-launcher sweep"));
  }
}

void Lifecycle::Warn(std::string text) {
  context_.log.Warn(text, {{"work_id", stored_.record.spec.work_id}});
  stored_.record.warnings.push_back(std::move(text));
}

Millis Lifecycle::TimeLeft() const {
  // The start is on the wall clock, which may have jumped: stay within what the spec allows.
  const auto passed =
      std::chrono::duration_cast<Millis>(context_.clock.Now() - stored_.record.result.started_at);
  return std::clamp(stored_.record.spec.ttl - passed, Millis(0), stored_.record.spec.ttl);
}

}  // namespace ameide::task
