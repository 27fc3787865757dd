// Builds of workspaces (facts 3.3 and 3.5). Their logs are in routes_streams.cc.
#include <algorithm>

#include "acceptance/coder_simulator/jobs.h"
#include "acceptance/coder_simulator/objects.h"
#include "acceptance/coder_simulator/router.h"
#include "acceptance/coder_simulator/transitions.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

// Drops the record without destroying anything; needs no provisioner (facts 3.5).
void FinishOrphan(Workspace* workspace, WallTime now) {
  Build& build = workspace->Latest();
  build.orphan = true;
  build.job.status = JobStatus::kSucceeded;
  build.job.started_at = build.job.completed_at = now;
  workspace->deleted = true;
}

http::Reply Create(Site& site, const Call& call) {
  const Json body = call.Body();
  const std::string* transition = TextOf(body, "transition");
  const bool* orphan = BoolOf(body, "orphan");
  const bool orphaned = orphan != nullptr && *orphan;
  if (transition == nullptr ||
      (*transition != "start" && *transition != "stop" && *transition != "delete")) {
    return Problem(400, "Validation failed.", "", {{"transition", "start, stop or delete"}});
  }
  const bool deleting = *transition == "delete";
  if (orphaned && !deleting) return Problem(400, "Orphan is only permitted when deleting.");
  return site.store.Update([&](State& state, WallTime now) {
    Workspace* workspace = State::Mutable(state.FindWorkspace(call.arguments[0]));
    if (workspace == nullptr) return NotFound();
    if (orphaned && !call.user.template_admin) {
      return Problem(403, "Only template managers may orphan workspaces.");
    }
    if (workspace->deleted && !deleting) return Problem(409, "The workspace is deleted.");
    if (workspace->Latest().job.Active() || state.faults.Take(Fault::kBuildActive)) {
      return Problem(409, "A workspace build is already active.");
    }
    const std::string* version_id = TextOf(body, "template_version_id");
    const TemplateVersion* version =
        version_id == nullptr ? nullptr : state.FindVersion(*version_id);
    if (version_id != nullptr &&
        (version == nullptr || version->template_id != workspace->template_id)) {
      return Problem(400, "Template version not found.");
    }
    Build& build = StartBuild(&state, workspace, *transition, call.user.id, "initiator", now);
    if (version != nullptr) build.version_id = version->id;
    build.orphan = orphaned;
    if (orphaned && build.job.provisioners == 0) FinishOrphan(workspace, now);
    return Answer(201, BuildJson(state, *workspace, workspace->Latest(), now));
  });
}

http::Reply List(Site& site, const Call& call) {
  return site.store.Read([&](const State& state, WallTime now) {
    const Workspace* workspace = state.FindWorkspace(call.arguments[0]);
    if (workspace == nullptr) return NotFound();
    Json::Array items;
    for (auto build = workspace->builds.rbegin(); build != workspace->builds.rend(); ++build) {
      items.push_back(BuildJson(state, *workspace, *build, now));
    }
    return AnswerPage(call, items);
  });
}

// Runs `look` with the build that the path names.
template <class F>
http::Reply WithBuild(Site& site, const Call& call, F look) {
  return site.store.Read([&](const State& state, WallTime now) {
    const Workspace* workspace = nullptr;
    const Build* build = state.FindBuild(call.arguments[0], &workspace);
    return build == nullptr ? NotFound() : look(state, *workspace, *build, now);
  });
}

http::Reply Get(Site& site, const Call& call) {
  return WithBuild(
      site, call,
      [](const State& state, const Workspace& workspace, const Build& build, WallTime now) {
        return Answer(200, BuildJson(state, workspace, build, now));
      });
}

http::Reply Parameters(Site& site, const Call& call) {
  return WithBuild(site, call, [](const State&, const Workspace&, const Build& build, WallTime) {
    Json::Array items;
    for (const auto& [name, value] : build.parameters) {
      items.emplace_back(Json::Object{{"name", name}, {"value", value}});
    }
    return Answer(200, items);
  });
}

http::Reply Timings(Site& site, const Call& call) {
  return WithBuild(site, call, [](const State&, const Workspace&, const Build& build, WallTime) {
    return Answer(200, TimingsJson(build));
  });
}

http::Reply Cancel(Site& site, const Call& call) {
  const std::string expected = call.Query("expect_status");
  if (!expected.empty() && expected != "pending" && expected != "running") {
    return Problem(400, "Invalid expect_status.");
  }
  return site.store.Update([&](State& state, WallTime now) {
    const Workspace* workspace = nullptr;
    Build* build = State::Mutable(state.FindBuild(call.arguments[0], &workspace));
    if (build == nullptr) return NotFound();
    const Template* item = state.FindTemplate(workspace->template_id);
    const bool always = expected == "pending";
    const bool allowed = item->allow_user_cancel || call.user.site_owner;
    if (!always && (!allowed || state.faults.Take(Fault::kCancelForbidden))) {
      return Problem(403, "User is not allowed to cancel workspace builds.");
    }
    if (!build->job.Active()) return Problem(400, "Job has already completed!");
    if (build->job.cancel_asked_at) return Problem(400, "Job has already been marked as canceled!");
    if (always && build->job.status == JobStatus::kPending &&
        state.faults.Take(Fault::kCancelMismatch)) {
      BeginJob(&state, &build->job, now);
    }
    if (!expected.empty() && ToString(build->job.status) != expected) {
      return Problem(412, "Job is not in the expected state.");
    }
    CancelJob(&state, &build->job, now);
    return Answer(200, Json::Object{{"message", "Job has been marked as canceled..."}});
  });
}

}  // namespace

std::vector<Route> BuildRoutes() {
  return {{"POST", "/workspaces/{}/builds", Create},
          {"GET", "/workspaces/{}/builds", List},
          {"GET", "/workspacebuilds/{}", Get},
          {"GET", "/workspacebuilds/{}/parameters", Parameters},
          {"GET", "/workspacebuilds/{}/timings", Timings},
          {"PATCH", "/workspacebuilds/{}/cancel", Cancel}};
}

}  // namespace ameide::simulator
