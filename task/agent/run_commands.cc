#include "task/agent/run_commands.h"

#include "base/strings.h"
#include "task/agent/environment.h"
#include "task/agent/run_evidence.h"
#include "task/agent/run_words.h"
#include "task/agent/tool_path.h"

namespace ameide::task {
namespace {

constexpr char kToolFolder[] = ".ameide-tools";
constexpr char kBridgeProgram[] = "ameide-agent";  // `tool` offers an executor's tools
constexpr int kAskCode = 75;                       // EX_TEMPFAIL (sysexits.h), with a question
constexpr int kNotFoundCode = 127;                 // what POSIX shells report
constexpr int kNotRunnableCode = 126;

}  // namespace

LastCommand CommandPhases::Run(const std::stop_token& stop) {
  const TaskSpec& spec = record_.spec;
  if (const Status prepared = Prepare(); prepared.ok()) {
    RunOne(CommandPhase(spec.kind), spec.command, stop);
    if (!record_.Failed() && !spec.verify.empty()) RunOne(Phase::kVerify, spec.verify, stop);
  } else {
    record_.Fail(FailureClass::kInfrastructure, prepared.error().ToString());
    record_.log->Remark(record_.result.reason);
  }
  record_.EndLog();
  return last_;
}

Status CommandPhases::Prepare() {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(dropped_));
  if (profile_.tools.empty()) return Ok{};
  std::vector<std::string> wanted = profile_.tools;
  // An MCP client starts it by its name.
  if (profile_.executor) wanted.emplace_back(kBridgeProgram);
  AMEIDE_ASSIGN_OR_RETURN(const ToolPath tools,
                          MakeToolPath(record_.options.workspace / kToolFolder, wanted,
                                       Get(record_.options.environment, "PATH")));
  tool_folder_ = tools.folder.string();
  if (!tools.missing.empty()) {
    record_.log->Remark(
        StrCat("tools of the profile that are not installed here: ", StrJoin(tools.missing, ", ")));
  }
  return Ok{};
}

void CommandPhases::RunOne(Phase phase, const std::vector<std::string>& argv,
                           const std::stop_token& stop) {
  const RunRecord::PhaseScope scope(&record_, phase);
  last_.text = CommandForPeople(argv);
  last_.phase = phase;
  record_.log->Remark(StrCat("running ", last_.text));
  const Environment environment =
      CommandEnvironment(record_.options.environment, record_.spec, profile_,
                         {.evidence_directory = dropped_.string(),
                          .tool_folder = tool_folder_,
                          .secrets = SecretsOf(phase, record_.spec, profile_, secrets_)});
  const Result<CommandEnd> end = RunTree({.argv = argv,
                                          .environment = environment,
                                          .directory = checkout_,
                                          .deadline = record_.PhaseDeadline(phase)},
                                         &*record_.log, record_.clock, stop);
  last_.time = std::chrono::duration_cast<Millis>(record_.clock.Monotonic() - scope.began());
  if (end.ok()) {
    RecordEnd(*end);
  } else {
    RecordNotStarted(end.error());
  }
}

void CommandPhases::RecordEnd(const CommandEnd& end) {
  TaskResult& result = record_.result;
  last_.ran = true;
  result.exit_code = end.status.ShellCode();
  result.signal = end.status.signal;
  record_.log->Remark(
      StrCat("the command ", EndForPeople(end.status), " after ", ShortDuration(last_.time)));
  if (!end.tree_gone) {
    result.artifact.risks.push_back("a process of the command could not be ended; see run.log");
  }
  switch (end.cause) {
    case CommandEnd::Cause::kCancelled:
      return record_.Fail(FailureClass::kCancelled,
                          StrCat("cancelled while `", last_.text, "` ran"));
    case CommandEnd::Cause::kTimedOut:
      return record_.Fail(FailureClass::kTimedOut, record_.ClockThatRanOut(last_.phase));
    case CommandEnd::Cause::kExited:
      return RecordExit(end.status);
  }
}

void CommandPhases::RecordExit(const ExitStatus& status) {
  if (status.Success()) return;
  if (status.code == kAskCode && last_.phase == CommandPhase(record_.spec.kind)) {
    const Result<std::string> question = ReadQuestion(dropped_);
    if (question.ok()) return record_.Fail(FailureClass::kInputRequired, *question);
    record_.log->Remark(question.error().ToString());
  }
  record_.Fail(FailureClass::kCommandFailed,
               StrCat("`", last_.text, "` ", EndForPeople(status), "; see run.log"));
}

void CommandPhases::RecordNotStarted(const Error& error) {
  const bool missing = error.kind == ErrorKind::kNotFound;
  const bool theirs =
      missing || error.kind == ErrorKind::kDenied || error.kind == ErrorKind::kInvalid;
  if (theirs) record_.result.exit_code = missing ? kNotFoundCode : kNotRunnableCode;
  std::string reason = error.ToString();
  if (missing && !tool_folder_.empty()) {
    StrAppend(&reason, "; PATH has only the tools of profile \"", profile_.name,
              "\": ", StrJoin(profile_.tools, ", "), ", and what shell scripts need");
  }
  record_.Fail(theirs ? FailureClass::kCommandFailed : FailureClass::kInfrastructure, reason);
}

}  // namespace ameide::task
