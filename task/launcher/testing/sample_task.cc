#include "task/launcher/testing/sample_task.h"

#include "base/digest.h"
#include "base/strings.h"
#include "task/contract/run_log.h"

namespace ameide::task::testing {

Profile SampleProfile() {
  Profile profile;
  profile.display_name = "Code";
  profile.description = "Changes code";
  profile.icon = "/icon/code.svg";
  profile.risk_tier = "low";
  profile.instructions_do = {"Run the tests."};
  profile.instructions_dont = {"Touch nothing else."};
  ProfileContract& contract = profile.contract;
  contract.name = "code";
  contract.marker = "code";
  contract.repositories = {"*"};
  contract.branch_prefix = "agent/";
  const Millis minute{60'000};
  contract.timeouts = {minute, minute, minute, minute, minute};
  contract.default_ttl = 10 * minute;
  contract.max_ttl = 60 * minute;
  contract.check_command = "ameide test";
  return profile;
}

TaskSpec SampleSpec(const std::string& work_id, std::vector<std::string> command) {
  TaskSpec spec;
  spec.work_id = work_id;
  spec.profile = "code";
  spec.repository.url = "https://example.invalid/repo.git";
  spec.command = std::move(command);
  return spec;
}

std::string UniqueRunId() { return StrCat("run-", RandomHex(6)); }

TaskResult SampleResult(const TaskSpec& spec, FailureClass failure, WallTime now) {
  TaskResult result;
  result.work_id = spec.work_id;
  result.run_id = spec.run_id;
  result.profile = spec.profile;
  result.kind = spec.kind;
  result.failure = failure;
  result.outcome = OutcomeOf(failure);
  result.state = StateOf(result.outcome);
  if (failure == FailureClass::kNone) result.exit_code = 0;
  if (failure == FailureClass::kCommandFailed) result.exit_code = 3;
  if (failure != FailureClass::kNone) result.reason = "it ended like this in a test";
  result.started_at = now;
  result.finished_at = now;
  result.command = spec.command;
  result.repository_url = spec.repository.url;
  return result;
}

Status WriteSampleBundle(const fs::path& directory, const TaskResult& result,
                         const std::string& log, const std::map<std::string, std::string>& files) {
  AMEIDE_ASSIGN_OR_RETURN(BundleWriter writer, BundleWriter::Create(directory));
  AMEIDE_RETURN_IF_ERROR(
      writer.AddFile(kRunLogFile, EncodeLog(result.started_at, LogStream::kStdout, log)));
  for (const auto& [path, bytes] : files) AMEIDE_RETURN_IF_ERROR(writer.AddFile(path, bytes));
  return writer.Finish(result);
}

}  // namespace ameide::task::testing
