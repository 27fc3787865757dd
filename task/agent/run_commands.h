// The phases in which something of the task's own runs: its command and its verification.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "task/agent/command_runner.h"
#include "task/agent/run_record.h"
#include "task/agent/secrets.h"
#include "task/contract/profile.h"

namespace ameide::task {

// Of the last command that was started.
struct LastCommand {
  std::string text;  // for people
  Phase phase = Phase::kCheckout;
  bool ran = false;
  Millis time{0};
};

// Runs in `checkout`. Each command gets the secrets of its own phase; how it ended goes to the
// record. Not thread-safe; all arguments must outlive it.
class CommandPhases {
 public:
  CommandPhases(RunRecord* record, const ProfileContract& profile, const SecretValues& secrets,
                fs::path checkout, fs::path dropped)
      : record_(*record),
        profile_(profile),
        secrets_(secrets),
        checkout_(std::move(checkout)),
        dropped_(std::move(dropped)) {}

  // `dropped` (AMEIDE_EVIDENCE_DIR) is made first.
  LastCommand Run(const std::stop_token& stop);

 private:
  Status Prepare();
  void RunOne(Phase phase, const std::vector<std::string>& argv, const std::stop_token& stop);
  void RecordEnd(const CommandEnd& end);
  void RecordExit(const ExitStatus& status);
  void RecordNotStarted(const Error& error);

  RunRecord& record_;
  const ProfileContract& profile_;
  const SecretValues& secrets_;
  fs::path checkout_;
  fs::path dropped_;
  std::string tool_folder_;
  LastCommand last_;
};

}  // namespace ameide::task
