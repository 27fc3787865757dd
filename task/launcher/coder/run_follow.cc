#include "task/launcher/coder/run_follow.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/launcher/coder/run_watch.h"

namespace ameide::task {
namespace {

constexpr Millis kFirstPause{500};
constexpr Millis kLongestPause{5'000};
constexpr Millis kWatchStep{5'000};          // logs raise no events
constexpr Millis kLookAnyway{15'000};        // events may be lost
constexpr Millis kWatchAgain{30'000};        // after the watch broke
constexpr Millis kUnreachable{10 * 60'000};  // a server may be restarted under a run
constexpr size_t kShownLine = 4096;

}  // namespace

RunFollow::RunFollow(CoderSession& session, const LaunchContext& context, std::string workspace_id)
    : session_(session),
      context_(context),
      id_(std::move(workspace_id)),
      watch_again_(context.clock.Monotonic()),
      looked_at_(watch_again_),
      reached_at_(watch_again_),
      pause_(kFirstPause) {}

Result<coder::Workspace> RunFollow::Look() {
  looked_at_ = context_.clock.Monotonic();
  AMEIDE_ASSIGN_OR_RETURN(auto look, session_.client().GetWorkspace(context_.stop, id_));
  reached_at_ = context_.clock.Monotonic();
  if (look.presence == coder::WorkspaceLookup::Presence::kThere) return std::move(look.workspace);
  return Error{ErrorKind::kNotFound, "read workspace", id_, "it is deleted", ""};
}

Result<coder::Workspace> RunFollow::Next(const coder::Workspace& last) {
  if (!watch_ && context_.clock.Monotonic() >= watch_again_) {
    watch_again_ = context_.clock.Monotonic() + kWatchAgain;
    if (auto opened = session_.client().Watch(context_.stop, id_); opened.ok()) {
      watch_ = *std::move(opened);
    }
  }
  if (watch_) {
    auto event = watch_->Next(context_.stop, kWatchStep);
    if (event.ok() && *event) {
      reached_at_ = context_.clock.Monotonic();
      return **std::move(event);
    }
    if (!event.ok()) watch_.reset();
    if (watch_ && context_.clock.Monotonic() - looked_at_ < kLookAnyway) return last;
  } else {
    context_.clock.WaitFor(context_.stop, pause_);
    pause_ = std::min(pause_ * 2, kLongestPause);
  }
  if (context_.stop.stop_requested()) {
    return Error{ErrorKind::kCancelled, "watch workspace", last.name, "stopped", ""};
  }
  Result<coder::Workspace> look = Look();
  if (look.ok()) return look;
  const ErrorKind kind = look.error().kind;
  if (kind != ErrorKind::kUnavailable && kind != ErrorKind::kTimeout) return look;
  if (context_.clock.Monotonic() - reached_at_ >= kUnreachable) return look;
  context_.log.Warn("Coder does not answer", {{"cause", look.error().ToString()}});
  return last;
}

bool RunFollow::PassOn(coder::LogKind kind, const std::string& id, int64_t* after) {
  const auto lines = session_.client().Logs(context_.stop, kind, id, *after);
  if (!lines.ok()) return false;
  for (const coder::LogLine& line : *lines) {
    *after = line.id;
    context_.log.Info(Truncate(ToOneLine(line.output), kShownLine),
                      {{"from", kind == coder::LogKind::kAgent ? "task" : "build"},
                       {"stage", line.stage},
                       {"stream", line.level}});
  }
  return true;
}

void RunFollow::PassOnLogs(const coder::Workspace& workspace) {
  if (!context_.log.Enabled(LogLevel::kInfo)) return;
  // A build that is over says no more, and hundreds of runs may look every few seconds.
  const coder::JobStatus status = workspace.latest_build.job.status;
  const bool over = status == coder::JobStatus::kSucceeded || status == coder::JobStatus::kFailed;
  if (!build_told_) {
    build_told_ = PassOn(coder::LogKind::kBuild, workspace.latest_build.id, &build_line_) && over;
  }
  const coder::Agent* agent = TaskAgent(workspace.latest_build);
  if (agent != nullptr) PassOn(coder::LogKind::kAgent, agent->id, &agent_line_);
}

}  // namespace ameide::task
