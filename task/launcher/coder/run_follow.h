// Looks at one workspace again and again: events where Coder sends them, polling where not, and the
// lines of its logs on the way.
#pragma once

#include <memory>
#include <string>

#include "task/launcher/coder/session.h"

namespace ameide::task {

// Used by one thread. `session` and `context` must outlive it.
class RunFollow {
 public:
  RunFollow(CoderSession& session, const LaunchContext& context, std::string workspace_id);

  // The workspace when there may be something new about it, after a pause at most. kNotFound when
  // it is deleted, kCancelled; a server that cannot be reached for a while is waited for.
  Result<coder::Workspace> Next(const coder::Workspace& last);
  // New lines of its logs to context.log; what cannot be read now comes later or not at all.
  void PassOnLogs(const coder::Workspace& workspace);

 private:
  Result<coder::Workspace> Look();
  // False when they could not be read.
  bool PassOn(coder::LogKind kind, const std::string& id, int64_t* after);

  CoderSession& session_;
  const LaunchContext& context_;
  const std::string id_;
  std::unique_ptr<coder::WorkspaceWatch> watch_;
  MonoTime watch_again_;
  MonoTime looked_at_;
  MonoTime reached_at_;
  Millis pause_;
  int64_t build_line_ = 0;
  bool build_told_ = false;  // to its end
  int64_t agent_line_ = 0;
};

}  // namespace ameide::task
