#include "task/launcher/coder/removal.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

using coder::JobStatus;
using coder::Transition;
using Presence = coder::WorkspaceLookup::Presence;

constexpr int kDeleteAttempts = 4;
constexpr Millis kFirstPause{200};
constexpr Millis kLongestPause{3'000};
constexpr Millis kBetweenAttempts{1'000};

Error Stopped(const std::string& name) {
  return Error{ErrorKind::kCancelled, "destroy workspace", name,
               "stopped before Coder had destroyed it", "run ameide-launcher sweep"};
}

// Pauses that grow while nothing changes.
class Patience {
 public:
  explicit Patience(const LaunchContext& context) : context_(context) {}
  bool Wait() {
    const Millis pause = pause_;
    pause_ = std::min(pause_ * 2, kLongestPause);
    return context_.clock.WaitFor(context_.stop, pause);
  }
  void Reset() { pause_ = kFirstPause; }

 private:
  const LaunchContext& context_;
  Millis pause_ = kFirstPause;
};

class Removal {
 public:
  Removal(CoderSession& session, const LaunchContext& context, const Workspace& workspace)
      : session_(session),
        client_(session.client()),
        orphan_allowed_(session.settings().allow_orphan_delete),
        context_(context),
        workspace_(workspace),
        name_(workspace.name) {}

  Status Run() {
    AMEIDE_ASSIGN_OR_RETURN(const auto found, client_.FindWorkspace(context_.stop, name_));
    if (!found) return Ok{};
    AMEIDE_ASSIGN_OR_RETURN(const bool it, session_.IsThat(context_.stop, *found, workspace_));
    if (!it) {
      context_.log.Warn("left alone: another run's or no task's", {{"workspace", name_}});
      return Ok{};
    }
    id_ = found->id;
    for (int attempt = 1; attempt <= kDeleteAttempts; ++attempt) {
      AMEIDE_ASSIGN_OR_RETURN(const bool gone, WaitUntilIdle());
      if (gone) return Ok{};
      AMEIDE_RETURN_IF_ERROR(Delete(false));
      AMEIDE_ASSIGN_OR_RETURN(const bool deleted, WaitUntilIdle());
      if (deleted) return Ok{};
      context_.log.Warn("deleting the workspace failed", {{"workspace", name_}, {"cause", why_}});
      if (!context_.clock.WaitFor(context_.stop, kBetweenAttempts * attempt)) return Stopped(name_);
    }
    return orphan_allowed_ ? Orphan() : GiveUp();
  }

 private:
  Error GiveUp() const {
    return Error{ErrorKind::kUnavailable, "destroy workspace", name_,
                 StrCat("Coder could not delete it: ", why_),
                 "see the build log in Coder; run ameide-launcher sweep later, or allow orphan "
                 "deletes"};
  }

  // A conflict is another build that began meanwhile: the next look waits for it.
  Status Delete(bool orphan) {
    const auto made = client_.CreateBuild(context_.stop, id_, Transition::kDelete, orphan);
    if (made.ok() || made.error().kind == ErrorKind::kNotFound) return Ok{};
    why_ = made.error().ToString();
    if (made.error().kind == ErrorKind::kConflict) return Ok{};
    if (made.error().kind == ErrorKind::kUnavailable || made.error().kind == ErrorKind::kTimeout) {
      return Ok{};  // it may have been made all the same
    }
    return made.error();
  }

  Status Orphan() {
    context_.log.Warn("letting Coder forget the workspace",
                      {{"workspace", name_}, {"cause", why_}});
    const std::string why = why_;
    AMEIDE_RETURN_IF_ERROR(Delete(true));
    AMEIDE_ASSIGN_OR_RETURN(const bool gone, WaitUntilIdle());
    if (!gone) return GiveUp();
    return Error{ErrorKind::kConflict, "destroy workspace", name_,
                 StrCat("Coder forgot it without destroying what it was made of, since ", why),
                 "its pod ends by its own deadline; look for it in the profile's namespace"};
  }

  // Until no build is active. True when the workspace is gone.
  Result<bool> WaitUntilIdle() {
    Patience patience(context_);
    // Asked to end: one that began meanwhile is asked again, by another rule.
    std::pair<std::string, JobStatus> cancelled;
    while (true) {
      AMEIDE_ASSIGN_OR_RETURN(const auto look, client_.GetWorkspace(context_.stop, id_));
      if (look.presence != Presence::kThere) return true;
      const coder::Build& build = look.workspace.latest_build;
      const bool deletes = build.transition == Transition::kDelete;
      if (!coder::IsActive(build.job.status)) {
        if (deletes && build.job.status == JobStatus::kSucceeded) return true;
        if (deletes && !build.job.error.empty()) why_ = Truncate(ToOneLine(build.job.error), 500);
        return false;
      }
      const bool hopeless = build.job.status == JobStatus::kPending && build.matched_provisioners &&
                            build.matched_provisioners->count == 0;
      if (hopeless) why_ = "no provisioner of Coder's takes its builds";
      if ((!deletes || hopeless) && cancelled != std::pair(build.id, build.job.status)) {
        // Not allowed, too late, already on its way: then it is to be waited for.
        AMEIDE_RETURN_IF_ERROR(client_.CancelBuild(context_.stop, build.id, build.job.status));
        cancelled = {build.id, build.job.status};
        patience.Reset();
      }
      if (!patience.Wait()) return Stopped(name_);
    }
  }

  CoderSession& session_;
  coder::CoderClient& client_;
  const bool orphan_allowed_;
  const LaunchContext& context_;
  const Workspace& workspace_;
  const std::string& name_;
  std::string id_;
  std::string why_ = "its delete build failed";
};

Error NotGone(const std::string& name, std::string cause) {
  return Error{ErrorKind::kConflict, "prove that workspace is gone", name, std::move(cause),
               "run ameide-launcher sweep"};
}

}  // namespace

Status DestroyCoderWorkspace(CoderSession& session, const LaunchContext& context,
                             const Workspace& workspace) {
  return Removal(session, context, workspace).Run();
}

Status ProveCoderWorkspaceGone(CoderSession& session, const LaunchContext& context,
                               const Workspace& workspace) {
  coder::CoderClient& client = session.client();
  const std::string& name = workspace.name;
  AMEIDE_ASSIGN_OR_RETURN(const auto last, client.FindWorkspace(context.stop, name, true));
  if (!last && !workspace.location.empty()) {
    return NotGone(name, "Coder has made it and knows nothing of it, which is a lost permission");
  }
  if (!last) {
    // Never made. A token that lost its rights would see the same, so it has to show itself good.
    AMEIDE_RETURN_IF_ERROR(client.Me(context.stop));
    AMEIDE_ASSIGN_OR_RETURN(const auto listed,
                            client.SearchWorkspaces(context.stop, StrCat("owner:me name:", name)));
    for (const coder::Workspace& one : listed) {
      if (one.name == name) return NotGone(name, "Coder lists it");
    }
    return Ok{};
  }
  const coder::Build& build = last->latest_build;
  if (build.transition != Transition::kDelete || build.job.status != JobStatus::kSucceeded) {
    AMEIDE_ASSIGN_OR_RETURN(const bool it, session.IsThat(context.stop, *last, workspace));
    if (!it) return Ok{};
    return NotGone(name, StrCat("its last build is ", coder::ToString(build.transition),
                                ", status ", build.status));
  }
  AMEIDE_ASSIGN_OR_RETURN(const auto look, client.GetWorkspace(context.stop, last->id));
  if (look.presence == Presence::kDeleted) return Ok{};
  if (look.presence == Presence::kThere) return NotGone(name, "Coder still gives it out");
  return NotGone(name, "Coder answers 404 instead of 410, which may be a lost permission");
}

}  // namespace ameide::task
