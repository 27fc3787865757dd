// The calls of CoderClient that are about workspaces and their builds.
#include "task/coder/client_call.h"

namespace ameide::coder {
namespace {

constexpr size_t kPageSize = 100;
constexpr size_t kMaxPages = 1000;

}  // namespace

Result<Workspace> CoderClient::CreateWorkspace(std::stop_token stop,
                                               const NewWorkspace& workspace) {
  Json::Array values;
  for (const auto& [name, value] : workspace.parameters) {
    values.push_back(Json::Object{{"name", name}, {"value", value}});
  }
  const Json body = Json::Object{{"name", workspace.name},
                                 {"template_version_id", workspace.template_version_id},
                                 {"ttl_ms", static_cast<int64_t>(workspace.ttl.count())},
                                 {"automatic_updates", "never"},
                                 {"rich_parameter_values", std::move(values)}};
  return AskFor(
      stop, Post("create workspace", workspace.name, ApiPath("users", "me", "workspaces"), body),
      WorkspaceFrom);
}

Result<WorkspaceLookup> CoderClient::GetWorkspace(std::stop_token stop, const std::string& id,
                                                  bool include_deleted) {
  const Call call =
      Get("read workspace", id,
          StrCat(ApiPath("workspaces", id), include_deleted ? "?include_deleted=true" : ""));
  AMEIDE_ASSIGN_OR_RETURN(const http::Response answer, Send(stop, call));
  using Presence = WorkspaceLookup::Presence;
  if (answer.status == 410) return WorkspaceLookup{Presence::kDeleted, {}};
  if (answer.status == 404) return WorkspaceLookup{Presence::kUnknown, {}};
  if (answer.status != 200) return ErrorFor(call.operation, call.target, answer);
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(answer.body));
  AMEIDE_ASSIGN_OR_RETURN(Workspace workspace, WorkspaceFrom(json));
  return WorkspaceLookup{Presence::kThere, std::move(workspace)};
}

Result<std::optional<Workspace>> CoderClient::FindWorkspace(std::stop_token stop,
                                                            const std::string& name,
                                                            bool include_deleted) {
  return AskForMaybe(stop,
                     Get("find workspace", name,
                         StrCat(ApiPath("users", "me", "workspace", name),
                                include_deleted ? "?include_deleted=true" : "")),
                     WorkspaceFrom);
}

Result<std::vector<Workspace>> CoderClient::SearchWorkspaces(std::stop_token stop,
                                                             const std::string& query) {
  std::vector<Workspace> all;
  for (size_t page = 0; page < kMaxPages; ++page) {
    AMEIDE_ASSIGN_OR_RETURN(
        WorkspacePage found,
        AskFor(stop,
               Get("search workspaces", query,
                   StrCat(ApiPath("workspaces"), "?q=", http::EncodeComponent(query),
                          "&limit=", kPageSize, "&offset=", page * kPageSize)),
               WorkspacePageFrom));
    const size_t got = found.workspaces.size();
    for (Workspace& workspace : found.workspaces) all.push_back(std::move(workspace));
    // Not by the count: a page that we could read nothing of must not make us ask for ever.
    if (got < kPageSize) break;
  }
  return all;
}

Result<Parameters> CoderClient::BuildParameters(std::stop_token stop, const std::string& build_id) {
  return AskFor(stop,
                Get("read parameters of workspace build", build_id,
                    ApiPath("workspacebuilds", build_id, "parameters")),
                ParametersFrom);
}

Result<Build> CoderClient::GetBuild(std::stop_token stop, const std::string& build_id) {
  return AskFor(stop, Get("read workspace build", build_id, ApiPath("workspacebuilds", build_id)),
                BuildFrom);
}

Result<std::vector<Build>> CoderClient::Builds(std::stop_token stop,
                                               const std::string& workspace_id) {
  return AskForList(
      stop,
      Get("list builds of workspace", workspace_id, ApiPath("workspaces", workspace_id, "builds")),
      BuildFrom);
}

Result<Build> CoderClient::CreateBuild(std::stop_token stop, const std::string& workspace_id,
                                       Transition transition, bool orphan) {
  Json body = Json::Object{{"transition", ToString(transition)}};
  if (orphan) body.Set("orphan", true);
  return AskFor(stop,
                Post(StrCat(ToString(transition), " workspace"), workspace_id,
                     ApiPath("workspaces", workspace_id, "builds"), body),
                BuildFrom);
}

Result<CancelAnswer> CoderClient::CancelBuild(std::stop_token stop, const std::string& build_id,
                                              JobStatus status) {
  return Cancel(stop, Patch("cancel workspace build", build_id,
                            StrCat(ApiPath("workspacebuilds", build_id, "cancel"),
                                   status == JobStatus::kPending ? "?expect_status=pending" : ""),
                            Json()));
}

Status CoderClient::SetTtl(std::stop_token stop, const std::string& workspace_id, Millis ttl) {
  AMEIDE_RETURN_IF_ERROR(
      Ask(stop, Put("set the time to live of workspace", workspace_id,
                    ApiPath("workspaces", workspace_id, "ttl"),
                    Json::Object{{"ttl_ms", static_cast<int64_t>(ttl.count())}})));
  return Ok{};
}

Status CoderClient::Extend(std::stop_token stop, const std::string& workspace_id,
                           WallTime deadline) {
  AMEIDE_RETURN_IF_ERROR(
      Ask(stop, Put("extend workspace", workspace_id, ApiPath("workspaces", workspace_id, "extend"),
                    Json::Object{{"deadline", FormatTime(deadline)}})));
  return Ok{};
}

Result<std::vector<ScriptTiming>> CoderClient::ScriptTimings(std::stop_token stop,
                                                             const std::string& build_id) {
  return AskFor(stop,
                Get("read timings of workspace build", build_id,
                    ApiPath("workspacebuilds", build_id, "timings")),
                ScriptTimingsFrom);
}

}  // namespace ameide::coder
