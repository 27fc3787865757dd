#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>

#include "base/strings.h"
#include "base/text.h"
#include "task/agent/agent.h"
#include "task/agent/changes.h"
#include "task/agent/checkout.h"
#include "task/agent/checkout_files.h"
#include "task/agent/command_runner.h"
#include "task/agent/environment.h"
#include "task/agent/log_writer.h"
#include "task/agent/run_evidence.h"
#include "task/agent/run_words.h"
#include "task/contract/authorize.h"
#include "task/contract/facts.h"
#include "task/evidence/bundle.h"

namespace ameide::task {
namespace {

constexpr char kOnceFile[] = ".ameide-run";
constexpr char kCheckoutFolder[] = "repo";
constexpr char kDroppedFolder[] = "evidence-out";
// For reading the changes after the command, also when the hard TTL is over by then.
constexpr Millis kEvidenceTime = std::chrono::minutes(2);
// What result.json holds at most: it is read back with a size limit.
constexpr size_t kMaxChangedFiles = 10'000;
constexpr size_t kMaxFindings = 500;
// Our own rule: what cannot be read cannot be allowed.
constexpr char kRuleUnreadable[] = "changes-unreadable";
constexpr int kNotFoundCode = 127;  // what POSIX shells report
constexpr int kNotRunnableCode = 126;

class TaskRun {
 public:
  TaskRun(const AgentOptions& options, TaskSpec spec, const Clock& clock)
      : options_(options),
        spec_(std::move(spec)),
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

  bool AdmitOnce();
  bool Authorized(const ProfileContract& profile);
  MonoTime PhaseDeadline(Phase phase) const;
  std::string ClockThatRanOut(Phase phase) const;
  void AddFact(const Json& fact);
  void BeginPhase(Phase phase);
  void EndPhase(Phase phase, WallTime started, MonoTime began);
  bool CheckOutRepository(const ProfileContract& profile, const std::stop_token& stop);
  Status FetchAndPlace(const ProfileContract& profile, const std::stop_token& stop);
  void RunCommandPhase(const ProfileContract& profile, const std::stop_token& stop);
  void RecordEnd(Phase phase, const CommandEnd& end);
  void RecordNotStarted(const Error& error);
  void ExamineChanges(const ProfileContract& profile);
  void RecordChanges(ChangeReport report, const ProfileContract& profile);
  void AddFinding(Finding finding);
  void CollectEvidence();
  std::string Summary() const;

  const AgentOptions& options_;
  TaskSpec spec_;
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
  bool command_ran_ = false;
  Millis command_time_{0};
};

Status TaskRun::Open() {
  AMEIDE_ASSIGN_OR_RETURN(bundle_, BundleWriter::Create(options_.evidence));
  AMEIDE_ASSIGN_OR_RETURN(
      log_, LogWriter::Create(options_.evidence / kRunLogFile, BundleLimits{}.log_bytes, clock_));
  AMEIDE_ASSIGN_OR_RETURN(facts_, OutputFile::Create(options_.evidence / kFactsFile));
  return Ok{};
}

// A restarted agent must not run a command twice: whoever makes the file runs it.
bool TaskRun::AdmitOnce() {
  const fs::path once = options_.workspace / kOnceFile;
  if (const Status made = MakeDirectories(options_.workspace); !made.ok()) {
    Fail(FailureClass::kInfrastructure, made.error().ToString());
    return false;
  }
  const UniqueFd file(::open(once.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.valid()) return true;
  if (errno == EEXIST) {
    Refuse("a task already ran in this workspace; each run needs a workspace of its own");
  } else {
    Fail(FailureClass::kInfrastructure, ErrnoError(errno, "create", once.string()).ToString());
  }
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
  if (const Status added = facts_->Append(StrCat(fact.Dump(), "\n")); !added.ok()) {
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
  if (!AdmitOnce() || !Authorized(profile)) return;
  if (CheckOutRepository(profile, stop)) {
    RunCommandPhase(profile, stop);
    ExamineChanges(profile);
  }
}

Status TaskRun::FetchAndPlace(const ProfileContract& profile, const std::stop_token& stop) {
  AMEIDE_ASSIGN_OR_RETURN(const fs::path scratch,
                          MakeTempDirectory(options_.workspace, ".ameide-"));
  AMEIDE_ASSIGN_OR_RETURN(
      Git git, Git::Open(GitEnvironment(options_.environment, profile), scratch, clock_, stop));
  git = git.Until(PhaseDeadline(Phase::kCheckout));
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

void TaskRun::RunCommandPhase(const ProfileContract& profile, const std::stop_token& stop) {
  const Phase phase = CommandPhase(spec_.kind);
  const WallTime started = clock_.Now();
  const MonoTime began = clock_.Monotonic();
  BeginPhase(phase);
  log_->Remark(StrCat("running ", CommandForPeople(spec_.command)));
  Result<CommandEnd> end =
      MakeDirectories(dropped_).ok()
          ? RunTree({.argv = spec_.command,
                     .environment = CommandEnvironment(options_.environment, spec_, profile,
                                                       {.evidence_directory = dropped_.string()}),
                     .directory = checkout_,
                     .deadline = PhaseDeadline(phase)},
                    &*log_, clock_, stop)
          : Error{ErrorKind::kUnavailable, "create directory", dropped_.string(),
                  "it cannot be made", ""};
  command_time_ = std::chrono::duration_cast<Millis>(clock_.Monotonic() - began);
  if (end.ok()) {
    RecordEnd(phase, *end);
  } else {
    RecordNotStarted(end.error());
  }
  if (Failed()) log_->Remark(result_.reason);
  log_->Finish();
  if (log_->dropped_bytes() > 0) {
    bundle_->Omit(kRunLogFile, StrCat("its last ", log_->dropped_bytes(),
                                      " bytes of output were not stored: ", log_->loss()));
  }
  EndPhase(phase, started, began);
}

void TaskRun::RecordEnd(Phase phase, const CommandEnd& end) {
  command_ran_ = true;
  result_.exit_code = end.status.ShellCode();
  result_.signal = end.status.signal;
  const std::string command = CommandForPeople(spec_.command);
  log_->Remark(
      StrCat("the command ", EndForPeople(end.status), " after ", ShortDuration(command_time_)));
  if (!end.tree_gone) {
    result_.artifact.risks.push_back("a process of the command could not be ended; see run.log");
  }
  switch (end.cause) {
    case CommandEnd::Cause::kCancelled:
      return Fail(FailureClass::kCancelled, StrCat("cancelled while `", command, "` ran"));
    case CommandEnd::Cause::kTimedOut:
      return Fail(FailureClass::kTimedOut, ClockThatRanOut(phase));
    case CommandEnd::Cause::kExited:
      if (end.status.Success()) return;
      return Fail(FailureClass::kCommandFailed,
                  StrCat("`", command, "` ", EndForPeople(end.status), "; see run.log"));
  }
}

void TaskRun::RecordNotStarted(const Error& error) {
  const bool missing = error.kind == ErrorKind::kNotFound;
  const bool theirs =
      missing || error.kind == ErrorKind::kDenied || error.kind == ErrorKind::kInvalid;
  if (theirs) result_.exit_code = missing ? kNotFoundCode : kNotRunnableCode;
  Fail(theirs ? FailureClass::kCommandFailed : FailureClass::kInfrastructure, error.ToString());
}

void TaskRun::ExamineChanges(const ProfileContract& profile) {
  // Evidence of a cancelled run is still wanted: no stop token here.
  const auto read = [&]() -> Result<ChangeReport> {
    AMEIDE_ASSIGN_OR_RETURN(const fs::path scratch,
                            MakeTempDirectory(options_.workspace, ".ameide-"));
    AMEIDE_ASSIGN_OR_RETURN(const Git git, Git::Open(GitEnvironment(options_.environment, profile),
                                                     scratch, clock_, {}));
    Result<ChangeReport> report =
        CollectChanges(git.Until(clock_.Monotonic() + kEvidenceTime), checkout_, *base_, scratch,
                       bundle_->directory() / kDiffFile, BundleLimits{}.file_bytes);
    AMEIDE_RETURN_IF_ERROR(RemoveTree(scratch));
    return report;
  };
  Result<ChangeReport> report = read();
  if (report.ok()) {
    RecordChanges(std::move(*report), profile);
  } else {
    bundle_->Omit(kDiffFile, report.error().cause);
    AddFinding(
        {.rule = kRuleUnreadable,
         .path = "",
         .what_failed =
             StrCat("the change set could not be read: ", AsParagraph(report.error().ToString())),
         .why_it_matters = "a change that cannot be seen cannot be allowed",
         .where_to_fix = "the command's handling of its checkout",
         .fix_steps = {"keep the checkout's folder and its .git in place", "run the task again"}});
  }
  if (result_.findings.empty()) return;
  const bool overrules =
      result_.failure == FailureClass::kNone || result_.failure == FailureClass::kCommandFailed;
  if (!overrules) return;
  result_.failure = FailureClass::kGuardrailViolation;
  result_.reason = FindingsForPeople(result_.findings);
}

void TaskRun::AddFinding(Finding finding) {
  if (result_.findings.size() < kMaxFindings) result_.findings.push_back(std::move(finding));
}

void TaskRun::RecordChanges(ChangeReport report, const ProfileContract& profile) {
  if (!report.patch_omission.empty()) bundle_->Omit(kDiffFile, report.patch_omission);
  for (std::string& remark : report.remarks) {
    bundle_->Omit(kDiffFile, remark);
    result_.artifact.risks.push_back(AsParagraph(remark));
  }
  std::vector<std::string>& files = result_.artifact.changed_files;
  for (const Change& change : report.changes) files.push_back(ToOneLine(change.path));
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  if (files.size() > kMaxChangedFiles) {
    result_.artifact.risks.push_back(
        StrCat(files.size(), " files changed; only the first ", kMaxChangedFiles, " are listed"));
    files.resize(kMaxChangedFiles);
  }
  std::vector<Finding> findings =
      EvaluateGuardrails(profile.guardrails, spec_.guardrails, report.changes);
  if (findings.size() > kMaxFindings) {
    result_.artifact.risks.push_back(
        StrCat(findings.size(), " findings; only the first ", kMaxFindings, " are listed"));
  }
  for (Finding& finding : findings) AddFinding(std::move(finding));
}

void TaskRun::CollectEvidence() {
  if (base_) CollectFiles(checkout_, spec_.evidence.paths, dropped_, &*bundle_);
  const Phase phase = base_ ? CommandPhase(spec_.kind) : Phase::kCheckout;
  const int code = AgentExitCode(result_.failure, result_.exit_code.value_or(0));
  result_.artifact.tests =
      CollectJUnit({.phase = std::string(ToString(phase)),
                    .command = CommandForPeople(spec_.command),
                    .exit_code = code,
                    .seconds = static_cast<double>(command_time_.count()) / 1000,
                    .failure = result_.reason,
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
  return StrCat("`", CommandForPeople(spec_.command), "` ", EndForPeople(status), " after ",
                ShortDuration(command_time_), "; ", TestsForPeople(result_.artifact.tests), "; ",
                files.empty() ? "no files" : Counted(files.size(), "file", "files"), " changed");
}

int TaskRun::Finish() {
  CollectEvidence();
  result_.outcome = OutcomeOf(result_.failure);
  result_.state = StateOf(result_.outcome);
  result_.finished_at = clock_.Now();
  result_.artifact.summary = Summary();
  AddFact(FinalFact(spec_, ++fact_number_, result_));
  facts_.reset();
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
  TaskRun run(options, spec, clock);
  if (const Status opened = run.Open(); !opened.ok()) return CannotOpen(options, opened.error());
  run.Perform(profile, stop);
  return run.Finish();
}

int RefuseTask(const AgentOptions& options, const TaskSpec& known, const std::string& reason,
               const Clock& clock) {
  TaskRun run(options, known, clock);
  if (const Status opened = run.Open(); !opened.ok()) return CannotOpen(options, opened.error());
  run.Refuse(reason);
  return run.Finish();
}

}  // namespace ameide::task
