#include <algorithm>
#include <cstdio>
#include <optional>

#include "base/strings.h"
#include "base/text.h"
#include "task/agent/agent.h"
#include "task/agent/checkout.h"
#include "task/agent/checkout_files.h"
#include "task/agent/command_runner.h"
#include "task/agent/environment.h"
#include "task/agent/examine.h"
#include "task/agent/handover.h"
#include "task/agent/log_writer.h"
#include "task/agent/redact.h"
#include "task/agent/run_evidence.h"
#include "task/agent/run_once.h"
#include "task/agent/run_words.h"
#include "task/agent/secrets.h"
#include "task/agent/tool_path.h"
#include "task/contract/authorize.h"
#include "task/contract/facts.h"
#include "task/evidence/bundle.h"

namespace ameide::task {
namespace {

constexpr char kCheckoutFolder[] = "repo";
constexpr char kDroppedFolder[] = "evidence-out";
// For reading the changes after the command, also when the hard TTL is over by then.
constexpr Millis kEvidenceTime = std::chrono::minutes(2);
constexpr char kToolFolder[] = ".ameide-tools";
constexpr int kAskCode = 75;        // EX_TEMPFAIL (sysexits.h), with a question
constexpr int kNotFoundCode = 127;  // what POSIX shells report
constexpr int kNotRunnableCode = 126;

class TaskRun {
 public:
  TaskRun(const AgentOptions& options, TaskSpec spec, SecretValues secrets, const Clock& clock)
      : options_(options),
        spec_(std::move(spec)),
        secrets_(std::move(secrets)),
        clock_(clock),
        checkout_(options.workspace / kCheckoutFolder),
        dropped_(options.workspace / kDroppedFolder),
        began_(clock.Monotonic()) {
    result_.work_id = spec_.work_id;
    result_.run_id = spec_.run_id;
    result_.profile = spec_.profile;
    result_.kind = spec_.kind;
    result_.started_at = clock.Now();
    result_.command = spec_.command;
    result_.repository_url = WithoutUserInfo(spec_.repository.url);
    result_.repository_ref = spec_.repository.ref;
    if (!secrets_.empty()) redactor_.emplace(secrets_);
  }

  Status Open();
  void Refuse(std::string reason) { Fail(FailureClass::kRefused, std::move(reason)); }
  void Perform(const ProfileContract& profile, const std::stop_token& stop);
  int Finish();

 private:
  // The first reason stands; what overrules it says so itself.
  void Fail(FailureClass failure, std::string reason) {
    if (result_.failure != FailureClass::kNone) return;
    result_.failure = failure;
    result_.reason = AsParagraph(reason);
  }
  bool Failed() const { return result_.failure != FailureClass::kNone; }

  bool Admitted();
  bool Authorized(const ProfileContract& profile);
  MonoTime PhaseDeadline(Phase phase) const;
  std::string ClockThatRanOut(Phase phase) const;
  void AddFact(const Json& fact);
  void BeginPhase(Phase phase);
  void EndPhase(Phase phase, WallTime started, MonoTime began);
  void AddInputs(const ProfileContract& profile);
  bool CheckOutRepository(const ProfileContract& profile, const std::stop_token& stop);
  Status FetchAndPlace(const ProfileContract& profile, const std::stop_token& stop);
  void RunCommands(const ProfileContract& profile, const std::stop_token& stop);
  Status PrepareCommands(const ProfileContract& profile);
  void RunCommand(Phase phase, const std::vector<std::string>& argv, const ProfileContract& profile,
                  const std::stop_token& stop);
  void RecordEnd(const CommandEnd& end);
  void RecordNotStarted(const Error& error, const ProfileContract& profile);
  void ExamineChanges(const ProfileContract& profile);
  void CollectEvidence();
  std::string Summary() const;
  std::string Clean(const std::string& text) const {
    return redactor_ ? redactor_->Whole(text) : text;
  }
  const Redactor* redactor() const { return redactor_ ? &*redactor_ : nullptr; }

  const AgentOptions& options_;
  TaskSpec spec_;
  SecretValues secrets_;
  std::optional<Redactor> redactor_;  // when there are secrets
  const Clock& clock_;
  fs::path checkout_;
  fs::path dropped_;
  MonoTime began_;
  TaskResult result_;
  std::optional<BundleWriter> bundle_;
  std::optional<LogWriter> log_;
  std::optional<OutputFile> facts_;
  int fact_number_ = 0;
  std::optional<BaseState> base_;
  std::string tool_folder_;
  // The last that was started: the task's command or its verification.
  std::string command_;
  Phase command_phase_ = Phase::kCheckout;
  bool command_ran_ = false;
  Millis command_time_{0};
  Examination examination_;
  fs::path scratch_;  // what the examination made
};

Status TaskRun::Open() {
  AMEIDE_ASSIGN_OR_RETURN(bundle_, BundleWriter::Create(options_.evidence));
  AMEIDE_ASSIGN_OR_RETURN(log_, LogWriter::Create(options_.evidence / kRunLogFile,
                                                  BundleLimits{}.log_bytes, clock_, redactor_));
  AMEIDE_ASSIGN_OR_RETURN(facts_, OutputFile::Create(options_.evidence / kFactsFile));
  return Ok{};
}

bool TaskRun::Admitted() {
  const Status admitted = AdmitOnce(options_.workspace);
  if (admitted.ok()) return true;
  const bool again = admitted.error().kind == ErrorKind::kConflict;
  Fail(again ? FailureClass::kRefused : FailureClass::kInfrastructure, admitted.error().ToString());
  return false;
}

bool TaskRun::Authorized(const ProfileContract& profile) {
  // Which repositories an operator allows beyond the profile's is decided where the workspace is
  // made; here it would only be known from the spec itself.
  Checked<TaskSpec> checked = Authorize(spec_, profile, {spec_.repository.url});
  if (!checked.ok()) {
    Refuse(ToError(checked.problems, "authorize task", spec_.work_id).ToString());
    return false;
  }
  spec_ = std::move(*checked.value);
  return true;
}

MonoTime TaskRun::PhaseDeadline(Phase phase) const {
  const MonoTime whole = spec_.ttl > Millis(0) ? began_ + spec_.ttl : MonoTime::max();
  const Millis own = spec_.timeouts.Of(phase);
  return own > Millis(0) ? std::min(whole, clock_.Monotonic() + own) : whole;
}

std::string TaskRun::ClockThatRanOut(Phase phase) const {
  if (spec_.ttl > Millis(0) && clock_.Monotonic() >= began_ + spec_.ttl) {
    return StrCat("the hard TTL of ", FormatDuration(spec_.ttl), " ran out in the ",
                  ToString(phase), " phase; raise ttl or do less in one task");
  }
  return StrCat("the ", ToString(phase), " phase ran out of its ",
                FormatDuration(spec_.timeouts.Of(phase)), "; raise timeouts.", ToString(phase));
}

void TaskRun::AddFact(const Json& fact) {
  const Json clean = redactor_ ? RedactJson(*redactor_, fact) : fact;
  if (const Status added = facts_->Append(StrCat(clean.Dump(), "\n")); !added.ok()) {
    bundle_->Omit(kFactsFile, added.error().cause);
  }
}

void TaskRun::BeginPhase(Phase phase) {
  AddFact(ProgressFact(spec_, ++fact_number_, clock_.Now(), phase, "started"));
}

void TaskRun::EndPhase(Phase phase, WallTime started, MonoTime began) {
  result_.phases.push_back({phase, started,
                            std::chrono::duration_cast<Millis>(clock_.Monotonic() - began),
                            OutcomeOf(result_.failure)});
}

void TaskRun::Perform(const ProfileContract& profile, const std::stop_token& stop) {
  if (!Admitted() || !Authorized(profile)) return;
  AddInputs(profile);
  if (!CheckOutRepository(profile, stop)) return;
  RunCommands(profile, stop);
  ExamineChanges(profile);
}

// What the run was judged by, so that a reader of the bundle can judge it again.
void TaskRun::AddInputs(const ProfileContract& profile) {
  const auto add = [&](const char* name, const Json& json) {
    const std::string text = (redactor_ ? RedactJson(*redactor_, json) : json).DumpPretty();
    const Status added = bundle_->AddFile(name, text);
    if (!added.ok()) bundle_->Omit(name, added.error().cause);
  };
  add(kSpecFile, ToJson(spec_));
  add(kContractFile, ToJson(profile));
}

Status TaskRun::FetchAndPlace(const ProfileContract& profile, const std::stop_token& stop) {
  AMEIDE_ASSIGN_OR_RETURN(const fs::path scratch,
                          MakeTempDirectory(options_.workspace, ".ameide-"));
  const SecretValues secrets = SecretsOf(Phase::kCheckout, spec_, profile, secrets_);
  AMEIDE_ASSIGN_OR_RETURN(Git git, Git::Open(GitEnvironment(options_.environment, profile, secrets),
                                             scratch, clock_, stop));
  git = git.Until(PhaseDeadline(Phase::kCheckout));
  if (const auto credential = CheckoutCredential(secrets, spec_.repository.url)) {
    git = WithCredential(git, spec_.repository.url, *credential);
  }
  AMEIDE_ASSIGN_OR_RETURN(const std::string commit, CheckOut(git, spec_.repository, checkout_));
  result_.base_commit = commit;
  AMEIDE_ASSIGN_OR_RETURN(BaseState base, RememberBase(git, checkout_, scratch, commit));
  const std::string marker = profile.marker.empty() ? profile.name : profile.marker;
  AMEIDE_ASSIGN_OR_RETURN(base.placed, PlaceProfileFiles(options_.workspace, checkout_, marker));
  base_ = std::move(base);
  return RemoveTree(scratch);
}

bool TaskRun::CheckOutRepository(const ProfileContract& profile, const std::stop_token& stop) {
  const WallTime started = clock_.Now();
  const MonoTime began = clock_.Monotonic();
  BeginPhase(Phase::kCheckout);
  log_->Remark(StrCat("checking out ", result_.repository_url, " ", spec_.repository.ref));
  const Status done = FetchAndPlace(profile, stop);
  if (done.ok()) {
    log_->Remark(StrCat("checked out ", result_.base_commit));
  } else if (stop.stop_requested()) {
    Fail(FailureClass::kCancelled, "cancelled during the checkout");
  } else if (done.error().kind == ErrorKind::kTimeout) {
    Fail(FailureClass::kTimedOut, ClockThatRanOut(Phase::kCheckout));
  } else {
    Fail(FailureClass::kCheckoutFailed, done.error().ToString());
  }
  if (Failed()) log_->Remark(result_.reason);
  EndPhase(Phase::kCheckout, started, began);
  return !Failed();
}

void TaskRun::RunCommands(const ProfileContract& profile, const std::stop_token& stop) {
  if (const Status prepared = PrepareCommands(profile); prepared.ok()) {
    RunCommand(CommandPhase(spec_.kind), spec_.command, profile, stop);
    if (!Failed() && !spec_.verify.empty()) RunCommand(Phase::kVerify, spec_.verify, profile, stop);
  } else {
    Fail(FailureClass::kInfrastructure, prepared.error().ToString());
    log_->Remark(result_.reason);
  }
  log_->Finish();
  if (log_->dropped_bytes() == 0) return;
  bundle_->Omit(kRunLogFile, StrCat("its last ", log_->dropped_bytes(),
                                    " bytes of output were not stored: ", log_->loss()));
}

Status TaskRun::PrepareCommands(const ProfileContract& profile) {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(dropped_));
  if (profile.tools.empty()) return Ok{};
  AMEIDE_ASSIGN_OR_RETURN(const ToolPath tools,
                          MakeToolPath(options_.workspace / kToolFolder, profile.tools,
                                       Get(options_.environment, "PATH")));
  tool_folder_ = tools.folder.string();
  if (!tools.missing.empty()) {
    log_->Remark(
        StrCat("tools of the profile that are not installed here: ", StrJoin(tools.missing, ", ")));
  }
  return Ok{};
}

void TaskRun::RunCommand(Phase phase, const std::vector<std::string>& argv,
                         const ProfileContract& profile, const std::stop_token& stop) {
  const WallTime started = clock_.Now();
  const MonoTime began = clock_.Monotonic();
  BeginPhase(phase);
  command_ = CommandForPeople(argv);
  command_phase_ = phase;
  log_->Remark(StrCat("running ", command_));
  const Environment environment =
      CommandEnvironment(options_.environment, spec_, profile,
                         {.evidence_directory = dropped_.string(),
                          .tool_folder = tool_folder_,
                          .secrets = SecretsOf(phase, spec_, profile, secrets_)});
  const Result<CommandEnd> end = RunTree({.argv = argv,
                                          .environment = environment,
                                          .directory = checkout_,
                                          .deadline = PhaseDeadline(phase)},
                                         &*log_, clock_, stop);
  command_time_ = std::chrono::duration_cast<Millis>(clock_.Monotonic() - began);
  if (end.ok()) {
    RecordEnd(*end);
  } else {
    RecordNotStarted(end.error(), profile);
  }
  if (Failed()) log_->Remark(result_.reason);
  EndPhase(phase, started, began);
}

void TaskRun::RecordEnd(const CommandEnd& end) {
  command_ran_ = true;
  result_.exit_code = end.status.ShellCode();
  result_.signal = end.status.signal;
  log_->Remark(
      StrCat("the command ", EndForPeople(end.status), " after ", ShortDuration(command_time_)));
  if (!end.tree_gone) {
    result_.artifact.risks.push_back("a process of the command could not be ended; see run.log");
  }
  switch (end.cause) {
    case CommandEnd::Cause::kCancelled:
      return Fail(FailureClass::kCancelled, StrCat("cancelled while `", command_, "` ran"));
    case CommandEnd::Cause::kTimedOut:
      return Fail(FailureClass::kTimedOut, ClockThatRanOut(command_phase_));
    case CommandEnd::Cause::kExited:
      if (end.status.Success()) return;
      if (end.status.code == kAskCode && command_phase_ == CommandPhase(spec_.kind)) {
        const Result<std::string> question = ReadQuestion(dropped_);
        if (question.ok()) return Fail(FailureClass::kInputRequired, *question);
        log_->Remark(question.error().ToString());
      }
      return Fail(FailureClass::kCommandFailed,
                  StrCat("`", command_, "` ", EndForPeople(end.status), "; see run.log"));
  }
}

void TaskRun::RecordNotStarted(const Error& error, const ProfileContract& profile) {
  const bool missing = error.kind == ErrorKind::kNotFound;
  const bool theirs =
      missing || error.kind == ErrorKind::kDenied || error.kind == ErrorKind::kInvalid;
  if (theirs) result_.exit_code = missing ? kNotFoundCode : kNotRunnableCode;
  std::string reason = error.ToString();
  if (missing && !tool_folder_.empty()) {
    StrAppend(&reason, "; PATH has only the tools of profile \"", profile.name,
              "\": ", StrJoin(profile.tools, ", "), ", and what shell scripts need");
  }
  Fail(theirs ? FailureClass::kCommandFailed : FailureClass::kInfrastructure, std::move(reason));
}

void TaskRun::ExamineChanges(const ProfileContract& profile) {
  const auto examine = [&]() -> Status {
    AMEIDE_ASSIGN_OR_RETURN(scratch_, MakeTempDirectory(options_.workspace, ".ameide-"));
    // Evidence of a cancelled run is still wanted: no stop token here.
    AMEIDE_ASSIGN_OR_RETURN(
        const Git git,
        Git::Open(GitEnvironment(options_.environment, profile, {}), scratch_, clock_, {}));
    examination_ = Examine(git.Until(clock_.Monotonic() + kEvidenceTime), checkout_, *base_,
                           scratch_, spec_, profile, redactor(), &*bundle_);
    return Ok{};
  };
  if (const Status examined = examine(); !examined.ok()) {
    bundle_->Omit(kDiffFile, examined.error().cause);
    examination_.findings.push_back(UnreadableFinding(examined.error().ToString()));
  }
  result_.findings = examination_.findings;
  result_.artifact.changed_files = examination_.changed_files;
  for (const std::string& risk : examination_.risks) result_.artifact.risks.push_back(risk);
  const bool overrules = result_.failure == FailureClass::kNone ||
                         result_.failure == FailureClass::kCommandFailed ||
                         result_.failure == FailureClass::kInputRequired;
  if (result_.findings.empty() || !overrules) return;
  result_.failure = FailureClass::kGuardrailViolation;
  result_.reason = FindingsForPeople(result_.findings);
}

void TaskRun::CollectEvidence() {
  if (base_) CollectFiles(checkout_, spec_.evidence.paths, dropped_, &*bundle_);
  if (redactor_) RedactCollected(*redactor_, &*bundle_);
  const std::string command = command_.empty() ? CommandForPeople(spec_.command) : command_;
  result_.artifact.tests =
      CollectJUnit({.phase = std::string(ToString(command_phase_)),
                    .command = Clean(command),
                    .exit_code = AgentExitCode(result_.failure, result_.exit_code.value_or(0)),
                    .seconds = static_cast<double>(command_time_.count()) / 1000,
                    .failure = Clean(result_.reason),
                    .output_tail = ""},
                   &*bundle_);
  const TestCounts& tests = result_.artifact.tests;
  if (!Failed() && tests.failed + tests.errors > 0) {
    result_.artifact.risks.push_back(
        StrCat(TestsForPeople(tests), ", although the command reported success"));
  }
  const std::vector<std::string> missing = MissingEvidence(spec_.evidence.required, *bundle_);
  if (missing.empty()) return;
  Fail(FailureClass::kMissingEvidence,
       StrCat("no collected file matches ", StrJoin(missing, ", "),
              "; write it to AMEIDE_EVIDENCE_DIR or name it in evidence.paths"));
}

std::string TaskRun::Summary() const {
  if (!command_ran_) return result_.reason;
  ExitStatus status{.code = result_.exit_code, .signal = result_.signal};
  const std::vector<std::string>& files = result_.artifact.changed_files;
  return StrCat("`", command_, "` ", EndForPeople(status), " after ", ShortDuration(command_time_),
                "; ", TestsForPeople(result_.artifact.tests), "; ",
                files.empty() ? "no files" : Counted(files.size(), "file", "files"), " changed");
}

int TaskRun::Finish() {
  CollectEvidence();
  result_.outcome = OutcomeOf(result_.failure);
  result_.state = StateOf(result_.failure);
  result_.finished_at = clock_.Now();
  result_.artifact.summary = Summary();
  if (redactor_) RedactResult(*redactor_, &result_);
  AddHandover(spec_, result_,
              {.work_bundle = examination_.work_bundle,
               .has_diff = examination_.has_diff,
               .checkout = base_ ? checkout_ : fs::path()},
              redactor(), &*bundle_);
  AddFact(FinalFact(spec_, ++fact_number_, result_));
  facts_.reset();
  if (!scratch_.empty()) static_cast<void>(RemoveTree(scratch_));
  if (const Status finished = bundle_->Finish(result_); !finished.ok()) {
    std::fputs(StrCat("ameide-agent: ", finished.error().ToString(), "\n").c_str(), stderr);
    return kExitInternal;
  }
  return AgentExitCode(result_.failure, result_.exit_code.value_or(0));
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
  TaskRun run(options, spec, secrets.ok() ? *secrets : SecretValues{}, clock);
  if (const Status opened = run.Open(); !opened.ok()) return CannotOpen(options, opened.error());
  if (secrets.ok()) {
    run.Perform(profile, stop);
  } else {
    run.Refuse(secrets.error().ToString());
  }
  return run.Finish();
}

int RefuseTask(const AgentOptions& options, const TaskSpec& known, const std::string& reason,
               const Clock& clock) {
  const Status removed = options.secrets.empty() ? Ok{} : RemoveTree(options.secrets);
  TaskRun run(options, known, {}, clock);
  if (const Status opened = run.Open(); !opened.ok()) return CannotOpen(options, opened.error());
  run.Refuse(removed.ok() ? reason : StrCat(reason, "; ", removed.error().ToString()));
  return run.Finish();
}

}  // namespace ameide::task
