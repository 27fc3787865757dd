#include <utility>

#include "base/strings.h"
#include "task/launcher/bounded_stop.h"
#include "task/launcher/coder/run_end.h"
#include "task/launcher/coder/run_watch.h"
#include "task/launcher/coder/terminal_script.h"

namespace ameide::task {
namespace {

constexpr Millis kCancelBound{60'000};     // then the pod is ended, evidence or not
constexpr Millis kReconnectBound{10'000};  // of it, for an agent that is cut off
constexpr Millis kPause{500};
constexpr Millis kTerminalBound{15'000};
constexpr size_t kMaxAnswer = 64u << 10;

class Cancellation {
 public:
  Cancellation(CoderSession& session, const LaunchContext& context, std::string name)
      : session_(session), client_(session.client()), context_(context), name_(std::move(name)) {}

  Status Run() {
    AMEIDE_ASSIGN_OR_RETURN(const auto found, client_.FindWorkspace(context_.stop, name_));
    if (!found) return Ok{};
    AMEIDE_ASSIGN_OR_RETURN(const auto identity, session_.IdentityOf(context_.stop, *found));
    if (identity) profile_ = identity->profile;
    end_ = context_.clock.Monotonic() + kCancelBound;
    while (context_.clock.Monotonic() < end_) {
      AMEIDE_ASSIGN_OR_RETURN(const auto look, client_.GetWorkspace(context_.stop, found->id));
      if (look.presence != coder::WorkspaceLookup::Presence::kThere) return Ok{};
      AMEIDE_ASSIGN_OR_RETURN(const bool done, Step(look.workspace.latest_build));
      if (done) return Ok{};
      if (!context_.clock.WaitFor(context_.stop, kPause)) break;
    }
    return EndPod(found->id);
  }

 private:
  // True when nothing runs any more, or what runs has been asked to stop.
  Result<bool> Step(const coder::Build& build) {
    if (build.transition != coder::Transition::kStart) return true;
    if (coder::IsActive(build.job.status)) {
      if (cancelled_ != std::pair(build.id, build.job.status))
        AMEIDE_RETURN_IF_ERROR(client_.CancelBuild(context_.stop, build.id, build.job.status));
      cancelled_ = {build.id, build.job.status};
      return false;
    }
    if (build.job.status != coder::JobStatus::kSucceeded) return true;
    const coder::Agent* agent = TaskAgent(build);
    if (agent == nullptr || IsTerminal(agent->lifecycle)) return true;
    if (!HasConnected(*agent)) {
      // Nothing has run, and the images of its pod may take minutes.
      end_ = context_.clock.Monotonic();
      return false;
    }
    if (agent->status == coder::AgentStatus::kDisconnected) {
      // After the pod's deadline it stays so.
      if (!std::exchange(cut_off_, true)) end_ = context_.clock.Monotonic() + kReconnectBound;
      return false;
    }
    // A script that has not come as far as the agent program yet is asked again.
    return agent->status == coder::AgentStatus::kConnected && AskedToStop(agent->id);
  }

  bool AskedToStop(const std::string& agent_id) {
    const auto shown = client_.RunInTerminal(context_.stop, agent_id, EndRunCommand(profile_),
                                             kTerminalBound, kMaxAnswer);
    if (!shown.ok()) {
      context_.log.Warn("the workspace's terminal does not work",
                        {{"workspace", name_}, {"cause", shown.error().ToString()}});
      return false;
    }
    const size_t at = shown->find("asked:");
    return at != std::string::npos && shown->find_first_of("0123456789", at) != std::string::npos;
  }

  Status EndPod(const std::string& id) {
    context_.log.Warn("stopping the workspace: its run could not be asked to end",
                      {{"workspace", name_}});
    const BoundedStop bound({}, context_.clock, kTerminalBound);
    const auto made = client_.CreateBuild(bound.token(), id, coder::Transition::kStop);
    if (made.ok() || made.error().kind == ErrorKind::kConflict) return Ok{};
    return made.error();
  }

  CoderSession& session_;
  coder::CoderClient& client_;
  const LaunchContext& context_;
  const std::string name_;
  std::string profile_;
  MonoTime end_;
  bool cut_off_ = false;
  std::pair<std::string, coder::JobStatus> cancelled_;
};

}  // namespace

Status CancelRun(CoderSession& session, const LaunchContext& context, const Workspace& workspace) {
  return Cancellation(session, context, workspace.name).Run();
}

}  // namespace ameide::task
