// The process that owns one local workspace, from the start of the run until the folder is gone.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/subprocess.h"
#include "base/unique_fd.h"
#include "task/launcher/local/workspace_layout.h"

namespace ameide::task {

// Descriptor 3 is the lifeline: a pipe whose other end only the launcher process has, so its end of
// file means that the launcher is no more.
inline constexpr int kLifelineFd = 3;
// How long killing the tree may take before we go on regardless.
inline constexpr Millis kKillBound{10'000};
// A launcher that is alive but has not collected by then never will.
inline constexpr Millis kAbandonedReserve{900'000};

// Signals: SIGTERM cancels the run. SIGUSR1 removes everything and ends the supervisor; a signal
// and not a marker file, because it wakes us at once and needs no watching of the folder.
class Supervisor {
 public:
  Supervisor(WorkspaceLayout layout, SupervisorRequest request, TaskSpec spec, const Clock& clock);
  int Run();

 private:
  bool Prepare();
  void StartAgent();
  void WaitForEvent();
  void ReadSignals();
  void WatchRun();
  void EndRun(const ExitStatus& status);
  bool TimeToLeave();
  void SaveEvidence();
  int Leave();
  void Complain(const std::string& text) const;

  WorkspaceLayout layout_;
  SupervisorRequest request_;
  TaskSpec spec_;
  const Clock& clock_;
  MonoTime ttl_end_;
  UniqueFd signals_;
  UniqueFd lifeline_;
  std::optional<Subprocess> agent_;
  std::optional<MonoTime> cancel_end_;  // set once the agent program was asked to stop
  bool ended_ = false;
  bool by_ttl_ = false;
  bool launcher_lost_ = false;
  bool cancel_ = false;
  bool destroy_ = false;
};

}  // namespace ameide::task
