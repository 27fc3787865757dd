#include <cstdio>
#include <optional>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/agent/agent.h"
#include "task/agent/checkout.h"
#include "task/agent/checkout_files.h"
#include "task/agent/echo.h"
#include "task/agent/environment.h"
#include "task/agent/examine.h"
#include "task/agent/handover.h"
#include "task/agent/redact.h"
#include "task/agent/run_commands.h"
#include "task/agent/run_evidence.h"
#include "task/agent/run_once.h"
#include "task/agent/run_record.h"
#include "task/agent/run_words.h"
#include "task/contract/authorize.h"

namespace ameide::task {
namespace {

constexpr char kCheckoutFolder[] = "repo";
constexpr char kDroppedFolder[] = "evidence-out";
// For reading the changes after the command, also when the hard TTL is over by then.
constexpr Millis kEvidenceTime = std::chrono::minutes(2);

// The steps of a run, in order; what they know of each other is in the record.
class TaskRun {
 public:
  TaskRun(RunRecord* record, SecretValues secrets)
      : record_(*record),
        secrets_(std::move(secrets)),
        checkout_(record->options.workspace / kCheckoutFolder),
        dropped_(record->options.workspace / kDroppedFolder) {}

  void Perform(const ProfileContract& profile, const std::stop_token& stop);
  int Finish();

 private:
  bool Admitted();
  bool Authorized(const ProfileContract& profile);
  bool CheckOutRepository(const ProfileContract& profile, const std::stop_token& stop);
  Status FetchAndPlace(const ProfileContract& profile, const std::stop_token& stop);
  void ExamineChanges(const ProfileContract& profile);
  Status Examined(const ProfileContract& profile);
  void CollectEvidence();
  std::string Summary() const;

  RunRecord& record_;
  SecretValues secrets_;
  fs::path checkout_;
  fs::path dropped_;
  std::optional<BaseState> base_;
  LastCommand command_;
  Examination examination_;
  fs::path scratch_;  // what the examination made
};

void TaskRun::Perform(const ProfileContract& profile, const std::stop_token& stop) {
  if (!Admitted() || !Authorized(profile)) return;
  // What the run was judged by, so that a reader of the bundle can judge it again.
  record_.AddDocument(kSpecFile, ToJson(record_.spec));
  record_.AddDocument(kContractFile, ToJson(profile));
  if (!CheckOutRepository(profile, stop)) return;
  command_ = CommandPhases(&record_, profile, secrets_, checkout_, dropped_).Run(stop);
  ExamineChanges(profile);
}

bool TaskRun::Admitted() {
  const Status admitted = AdmitOnce(record_.options.workspace);
  if (admitted.ok()) return true;
  const bool again = admitted.error().kind == ErrorKind::kConflict;
  record_.Fail(again ? FailureClass::kRefused : FailureClass::kInfrastructure,
               admitted.error().ToString());
  return false;
}

bool TaskRun::Authorized(const ProfileContract& profile) {
  TaskSpec& spec = record_.spec;
  // Which repositories an operator allows beyond the profile's is decided where the workspace is
  // made; here it would only be known from the spec itself.
  Checked<TaskSpec> checked = Authorize(spec, profile, {spec.repository.url});
  if (!checked.ok()) {
    record_.Fail(FailureClass::kRefused,
                 ToError(checked.problems, "authorize task", spec.work_id).ToString());
    return false;
  }
  spec = std::move(*checked.value);
  return true;
}

Status TaskRun::FetchAndPlace(const ProfileContract& profile, const std::stop_token& stop) {
  const AgentOptions& options = record_.options;
  const TaskSpec& spec = record_.spec;
  AMEIDE_ASSIGN_OR_RETURN(const fs::path scratch, MakeTempDirectory(options.workspace, ".ameide-"));
  const SecretValues secrets = SecretsOf(Phase::kCheckout, spec, profile, secrets_);
  AMEIDE_ASSIGN_OR_RETURN(Git git, Git::Open(GitEnvironment(options.environment, profile, secrets),
                                             scratch, record_.clock, stop));
  git = git.Until(record_.PhaseDeadline(Phase::kCheckout));
  if (const auto credential = CheckoutCredential(secrets, spec.repository.url)) {
    git = WithCredential(git, spec.repository.url, *credential);
  }
  AMEIDE_ASSIGN_OR_RETURN(const std::string commit, CheckOut(git, spec.repository, checkout_));
  record_.result.base_commit = commit;
  AMEIDE_ASSIGN_OR_RETURN(BaseState base, RememberBase(git, checkout_, scratch, commit));
  const std::string marker = profile.marker.empty() ? profile.name : profile.marker;
  AMEIDE_ASSIGN_OR_RETURN(base.placed, PlaceProfileFiles(options.workspace, checkout_, marker));
  base_ = std::move(base);
  return RemoveTree(scratch);
}

bool TaskRun::CheckOutRepository(const ProfileContract& profile, const std::stop_token& stop) {
  const RunRecord::PhaseScope scope(&record_, Phase::kCheckout);
  record_.log->Remark(
      StrCat("checking out ", record_.result.repository_url, " ", record_.spec.repository.ref));
  const Status done = FetchAndPlace(profile, stop);
  if (done.ok()) {
    record_.log->Remark(StrCat("checked out ", record_.result.base_commit));
  } else if (stop.stop_requested()) {
    record_.Fail(FailureClass::kCancelled, "cancelled during the checkout");
  } else if (done.error().kind == ErrorKind::kTimeout) {
    record_.Fail(FailureClass::kTimedOut, record_.ClockThatRanOut(Phase::kCheckout));
  } else {
    record_.Fail(FailureClass::kCheckoutFailed, done.error().ToString());
  }
  return !record_.Failed();
}

Status TaskRun::Examined(const ProfileContract& profile) {
  AMEIDE_ASSIGN_OR_RETURN(scratch_, MakeTempDirectory(record_.options.workspace, ".ameide-"));
  // Evidence of a cancelled run is still wanted: no stop token here.
  AMEIDE_ASSIGN_OR_RETURN(
      const Git git, Git::Open(GitEnvironment(record_.options.environment, profile, {}), scratch_,
                               record_.clock, {}));
  examination_ = Examine(git.Until(record_.clock.Monotonic() + kEvidenceTime), checkout_, *base_,
                         scratch_, record_.spec, profile, record_.redactor(), &*record_.bundle);
  return Ok{};
}

void TaskRun::ExamineChanges(const ProfileContract& profile) {
  if (const Status examined = Examined(profile); !examined.ok()) {
    record_.bundle->Omit(kDiffFile, examined.error().cause);
    examination_.findings.push_back(UnreadableFinding(examined.error().ToString()));
  }
  TaskResult& result = record_.result;
  result.findings = examination_.findings;
  result.artifact.changed_files = examination_.changed_files;
  for (const std::string& risk : examination_.risks) result.artifact.risks.push_back(risk);
  const bool overrules = result.failure == FailureClass::kNone ||
                         result.failure == FailureClass::kCommandFailed ||
                         result.failure == FailureClass::kInputRequired;
  if (result.findings.empty() || !overrules) return;
  record_.Overrule(FailureClass::kGuardrailViolation, FindingsForPeople(result.findings));
}

void TaskRun::CollectEvidence() {
  BundleWriter& bundle = *record_.bundle;
  TaskResult& result = record_.result;
  if (base_) CollectFiles(checkout_, record_.spec.evidence.paths, dropped_, &bundle);
  if (record_.redactor() != nullptr) RedactCollected(*record_.redactor(), &bundle);
  const std::string command =
      command_.text.empty() ? CommandForPeople(record_.spec.command) : command_.text;
  result.artifact.tests =
      CollectJUnit({.phase = std::string(ToString(command_.phase)),
                    .command = record_.Clean(command),
                    .exit_code = AgentExitCode(result.failure, result.exit_code.value_or(0)),
                    .seconds = static_cast<double>(command_.time.count()) / 1000,
                    .failure = record_.Clean(result.reason),
                    .output_tail = ""},
                   &bundle);
  const TestCounts& tests = result.artifact.tests;
  if (!record_.Failed() && tests.failed + tests.errors > 0) {
    result.artifact.risks.push_back(
        StrCat(TestsForPeople(tests), ", although the command reported success"));
  }
  const std::vector<std::string> missing = MissingEvidence(record_.spec.evidence.required, bundle);
  if (missing.empty()) return;
  record_.Fail(FailureClass::kMissingEvidence,
               StrCat("no collected file matches ", StrJoin(missing, ", "),
                      "; write it to AMEIDE_EVIDENCE_DIR or name it in evidence.paths"));
}

std::string TaskRun::Summary() const {
  const TaskResult& result = record_.result;
  if (!command_.ran) return result.reason;
  const ExitStatus status{.code = result.exit_code, .signal = result.signal};
  const std::vector<std::string>& files = result.artifact.changed_files;
  return StrCat("`", command_.text, "` ", EndForPeople(status), " after ",
                ShortDuration(command_.time), "; ", TestsForPeople(result.artifact.tests), "; ",
                files.empty() ? "no files" : Counted(files.size(), "file", "files"), " changed");
}

// The last words to whoever reads our output: what the bundle says, and how to recognize it.
void TellEnd(const AgentOptions& options, const TaskResult& result, int code) {
  if (options.echo == nullptr) return;
  const Result<std::string> digest = Sha256HexOfFile(options.evidence / kManifestFile);
  options.echo->End({.run_id = result.run_id,
                     .outcome = result.outcome,
                     .exit_code = code,
                     .reason = result.reason,
                     .manifest_sha256 = digest.ok() ? *digest : ""});
}

int TaskRun::Finish() {
  CollectEvidence();
  TaskResult& result = record_.result;
  result.outcome = OutcomeOf(result.failure);
  result.state = StateOf(result.failure);
  result.finished_at = record_.clock.Now();
  result.artifact.summary = Summary();
  if (record_.redactor() != nullptr) RedactResult(*record_.redactor(), &result);
  AddHandover(record_.spec, result,
              {.work_bundle = examination_.work_bundle,
               .has_diff = examination_.has_diff,
               .checkout = base_ ? checkout_ : fs::path()},
              record_.redactor(), &*record_.bundle);
  record_.EndFacts();
  if (!scratch_.empty()) static_cast<void>(RemoveTree(scratch_));
  const Status finished = record_.bundle->Finish(result);
  if (!finished.ok()) {
    std::fputs(StrCat("ameide-agent: ", finished.error().ToString(), "\n").c_str(), stderr);
  }
  const int code =
      finished.ok() ? AgentExitCode(result.failure, result.exit_code.value_or(0)) : kExitInternal;
  TellEnd(record_.options, result, code);
  return code;
}

// Without a folder for evidence there is nothing to tell but this.
int CannotOpen(const AgentOptions& options, const Error& error) {
  std::fputs(StrCat("ameide-agent: ", error.ToString(), "\n").c_str(), stderr);
  const bool again =
      Exists(options.workspace / kOnceFile) || Exists(options.evidence / kRunLogFile);
  return again ? kExitRefused : kExitInternal;
}

}  // namespace

int RunTask(const AgentOptions& options, const TaskSpec& spec, const ProfileContract& profile,
            const Clock& clock, std::stop_token stop) {
  const Result<SecretValues> secrets = TakeSecrets(options.secrets, profile, options.environment);
  const SecretValues values = secrets.ok() ? *secrets : SecretValues{};
  RunRecord record(options, spec, values, clock);
  if (const Status opened = record.Open(); !opened.ok()) return CannotOpen(options, opened.error());
  TaskRun run(&record, values);
  if (secrets.ok()) {
    run.Perform(profile, stop);
  } else {
    record.Fail(FailureClass::kRefused, secrets.error().ToString());
  }
  return run.Finish();
}

int RefuseTask(const AgentOptions& options, const TaskSpec& known, const std::string& reason,
               const Clock& clock) {
  const Status removed = options.secrets.empty() ? Ok{} : RemoveTree(options.secrets);
  RunRecord record(options, known, {}, clock);
  if (const Status opened = record.Open(); !opened.ok()) return CannotOpen(options, opened.error());
  record.Fail(FailureClass::kRefused,
              removed.ok() ? reason : StrCat(reason, "; ", removed.error().ToString()));
  return TaskRun(&record, {}).Finish();
}

}  // namespace ameide::task
