// Workspaces (facts 3.1, 3.3 and 3.4).
#include <algorithm>

#include "acceptance/coder_simulator/create_workspace.h"
#include "acceptance/coder_simulator/objects.h"
#include "acceptance/coder_simulator/router.h"
#include "acceptance/coder_simulator/search.h"
#include "acceptance/coder_simulator/transitions.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr std::chrono::minutes kMinExtension{29};

http::Reply Create(Site& site, const Call& call) {
  const Json body = call.Body();
  return site.store.Update([&](State& state, WallTime now) {
    const User* owner = NamedUser(state, call, call.arguments.back());
    if (owner == nullptr) return NotFound();
    if (owner->id != call.user.id && !call.user.site_owner) return Problem(403, "Forbidden.");
    return CreateWorkspace(&state, call.user, *owner, body, now);
  });
}

http::Reply List(Site& site, const Call& call) {
  const auto limit = call.Number("limit"), offset = call.Number("offset");
  if (!limit || !offset) return BadNumber();
  return site.store.Read([&](const State& state, WallTime now) {
    std::vector<Validation> problems;
    const auto found = SearchWorkspaces(state, call.user, call.Query("q"), now, &problems);
    if (!problems.empty()) return Problem(400, "Invalid workspace search query.", "", problems);
    Json::Array items;
    for (size_t i = static_cast<size_t>(*offset); i < found.size(); ++i) {
      if (*limit > 0 && items.size() == static_cast<size_t>(*limit)) break;
      items.push_back(WorkspaceJson(state, *found[i], now));
    }
    return Answer(200, Json::Object{{"workspaces", std::move(items)},
                                    {"count", static_cast<int64_t>(found.size())}});
  });
}

http::Reply Get(Site& site, const Call& call) {
  return site.store.Read([&](const State& state, WallTime now) {
    const Workspace* workspace = state.FindWorkspace(call.arguments[0]);
    if (workspace == nullptr) return NotFound();
    if (workspace->deleted) {
      if (state.faults.On(Fault::kGoneAsNotFound)) return NotFound();
      if (call.Query("include_deleted") != "true") {
        return Problem(410, StrCat("Workspace \"", workspace->id,
                                   "\" was deleted, you can view it "
                                   "by specifying '?include_deleted=true'."));
      }
    }
    return Answer(200, WorkspaceJson(state, *workspace, now));
  });
}

http::Reply GetNamed(Site& site, const Call& call) {
  const bool deleted_too = call.Query("include_deleted") == "true";
  return site.store.Read([&](const State& state, WallTime now) {
    const User* owner = NamedUser(state, call, call.arguments[0]);
    const Workspace* found = nullptr;
    for (const Workspace& workspace : state.workspaces) {
      const bool same = owner != nullptr && workspace.owner_id == owner->id &&
                        workspace.IsFor(call.user, false) &&
                        AsciiLower(workspace.name) == AsciiLower(call.arguments[1]);
      if (!same || (workspace.deleted && !deleted_too)) continue;
      if (found == nullptr || !workspace.deleted) found = &workspace;
    }
    return found == nullptr ? NotFound() : Answer(200, WorkspaceJson(state, *found, now));
  });
}

// Runs `change` with the live workspace that the path names.
template <class F>
http::Reply WithLive(Site& site, const Call& call, F change) {
  return site.store.Update([&](State& state, WallTime now) {
    Workspace* workspace = State::Mutable(state.FindWorkspace(call.arguments[0]));
    if (workspace == nullptr || workspace->deleted) return NotFound();
    return change(state, *workspace, now);
  });
}

http::Reply SetTtl(Site& site, const Call& call) {
  const Json body = call.Body();
  return WithLive(site, call, [&](State& state, Workspace& workspace, WallTime) {
    std::vector<Validation> problems;
    const int64_t ttl = CheckTtl(body.Find("ttl_ms"), &problems);
    const Template* item = state.FindTemplate(workspace.template_id);
    if (!item->allow_user_autostop) problems.push_back({"ttl_ms", "not allowed by the template"});
    if (!problems.empty()) return Problem(400, "Validation failed.", "", problems);
    workspace.ttl_ms = ttl;
    // A new positive one counts from the next start.
    if (ttl == 0) workspace.Latest().deadline.reset();
    return Empty(204);
  });
}

http::Reply Extend(Site& site, const Call& call) {
  const Json body = call.Body();
  return WithLive(site, call, [&](State&, Workspace& workspace, WallTime now) {
    Build& build = workspace.Latest();
    if (build.transition != "start" || !build.job.Succeeded() || !build.deadline) {
      return Problem(409, "Workspace is not started, still builds, or shuts down by itself never.");
    }
    const std::string* text = TextOf(body, "deadline");
    const Result<WallTime> deadline = ParseTime(text == nullptr ? "" : *text);
    if (!deadline.ok() || *deadline < now + kMinExtension) {
      return Problem(400, "Cannot extend workspace: too early.", "",
                     {{"deadline", "must be at least 30 minutes from now"}});
    }
    build.deadline = *deadline;
    return Answer(200, Json::Object{{"message", "Deadline updated."}});
  });
}

http::Reply SetDormant(Site& site, const Call& call) {
  const Json body = call.Body();
  return WithLive(site, call, [&](State& state, Workspace& workspace, WallTime now) {
    const bool* dormant = BoolOf(body, "dormant");
    if (dormant == nullptr)
      return Problem(400, "Validation failed.", "", {{"dormant", "required"}});
    if (*dormant == workspace.dormant_at.has_value()) return Empty(304);
    workspace.dormant_at = *dormant ? std::optional(now) : std::nullopt;
    return Answer(200, WorkspaceJson(state, workspace, now));
  });
}

http::Reply Timings(Site& site, const Call& call) {
  return site.store.Read([&](const State& state, WallTime) {
    const Workspace* workspace = state.FindWorkspace(call.arguments[0]);
    return workspace == nullptr ? NotFound() : Answer(200, TimingsJson(workspace->Latest()));
  });
}

}  // namespace

std::vector<Route> WorkspaceRoutes() {
  return {{"POST", "/users/{}/workspaces", Create},
          {"POST", "/organizations/{}/members/{}/workspaces", Create},
          {"GET", "/workspaces", List},
          {"GET", "/workspaces/{}", Get},
          {"GET", "/users/{}/workspace/{}", GetNamed},
          {"PUT", "/workspaces/{}/ttl", SetTtl},
          {"PUT", "/workspaces/{}/extend", Extend},
          {"PUT", "/workspaces/{}/dormant", SetDormant},
          {"GET", "/workspaces/{}/timings", Timings}};
}

}  // namespace ameide::simulator
