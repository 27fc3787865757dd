#include <algorithm>

#include "acceptance/coder_simulator/objects.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;

bool IsOld(const State& state) { return state.faults.On(Fault::kOldServer); }
bool IsNew(const State& state) { return state.faults.On(Fault::kNewServer); }

Json StatusJson(const AppStatus& status, const std::string& workspace_id,
                const std::string& agent_id, const std::string& app_id) {
  return Json::Object{{"id", status.id},
                      {"created_at", FormatTime(status.created_at)},
                      {"workspace_id", workspace_id},
                      {"agent_id", agent_id},
                      {"app_id", app_id},
                      {"state", status.state},
                      {"message", status.message},
                      {"uri", status.uri}};
}

Json AppJson(const State& state, const Agent& agent, const App& app) {
  Json::Array statuses;
  for (const AppStatus& status : app.statuses) {
    statuses.push_back(StatusJson(status, "", agent.id, app.id));
  }
  const bool future = state.faults.On(Fault::kUnknownFields);
  return Json::Object{{"id", app.id},
                      {"url", app.model.url},
                      {"external", false},
                      {"slug", app.model.slug},
                      {"display_name", app.model.display_name},
                      {"icon", ""},
                      {"subdomain", app.model.subdomain},
                      {"sharing_level", app.model.share},
                      {"healthcheck", Json::Object{{"url", app.model.health_url},
                                                   {"interval", app.model.health_interval},
                                                   {"threshold", app.model.health_threshold}}},
                      {"health", app.health},
                      {"hidden", false},
                      {"open_in", future ? "future-window" : "slim-window"},
                      {"statuses", std::move(statuses)}};
}

Json ScriptJson(const State& state, const Script& script) {
  Json json = Json::Object{{"id", script.id},
                           {"log_source_id", script.log_source_id},
                           {"log_path", ""},
                           {"script", script.text},
                           {"cron", ""},
                           {"run_on_start", true},
                           {"run_on_stop", false},
                           {"start_blocks_login", false},
                           {"timeout", script.timeout_seconds * kNanosPerSecond},
                           {"display_name", script.display_name}};
  if (script.report && !IsOld(state) && !state.faults.On(Fault::kNoExitCodeField)) {
    json.Set("exit_code", script.report->exit_code);
    json.Set("status", script.report->status);
  }
  return json;
}

Json ResourceJson(const State& state, const Build& build, WallTime now) {
  const Agent& agent = *build.agent;
  return Json::Object{{"id", agent.resource_id},
                      {"created_at", FormatTime(agent.created_at)},
                      {"job_id", build.job.id},
                      {"workspace_transition", "start"},
                      {"type", "kubernetes_pod_v1"},
                      {"name", "task"},
                      {"hide", false},
                      {"icon", ""},
                      {"daily_cost", 0},
                      {"metadata", Json::Array{}},
                      {"agents", Json::Array{AgentJson(state, agent, now)}}};
}

bool IsHealthy(const Agent& agent, WallTime now) {
  const std::string status = AgentStatus(agent, now);
  return status != "timeout" && status != "disconnected" && agent.lifecycle != "start_error" &&
         agent.lifecycle != "start_timeout";
}

Json HealthJson(const Build& build, WallTime now) {
  Json::Array failing;
  if (build.agent && !IsHealthy(*build.agent, now)) failing.emplace_back(build.agent->id);
  const bool healthy = failing.empty();
  return Json::Object{{"healthy", healthy}, {"failing_agents", std::move(failing)}};
}

Json LatestStatus(const Workspace& workspace) {
  const AppStatus* newest = nullptr;
  const App* of = nullptr;
  const Build& build = workspace.Latest();
  if (!build.agent) return Json();
  for (const App& app : build.agent->apps) {
    for (const AppStatus& status : app.statuses) {
      if (newest == nullptr || status.created_at >= newest->created_at) newest = &status, of = &app;
    }
  }
  return newest == nullptr ? Json() : StatusJson(*newest, workspace.id, build.agent->id, of->id);
}

}  // namespace

Json AgentLogJson(const AgentLog& log) {
  return Json::Object{{"id", log.id},
                      {"created_at", FormatTime(log.at)},
                      {"output", log.output},
                      {"level", log.level},
                      {"source_id", log.source_id}};
}

Json AgentJson(const State& state, const Agent& agent, WallTime now) {
  Json::Array scripts, apps;
  for (const Script& script : agent.scripts) scripts.push_back(ScriptJson(state, script));
  for (const App& app : agent.apps) apps.push_back(AppJson(state, agent, app));
  Json::Object environment;
  for (const auto& [name, value] : agent.environment) environment.emplace_back(name, value);
  Json::Array sources = {
      Json::Object{{"workspace_agent_id", agent.id},
                   {"id", agent.log_source_id},
                   {"created_at", FormatTime(agent.created_at)},
                   {"display_name", agent.scripts.empty() ? "" : agent.scripts[0].display_name},
                   {"icon", ""}}};
  const bool healthy = IsHealthy(agent, now);
  Json::Array subsystems;
  if (state.faults.On(Fault::kUnknownFields)) subsystems.emplace_back("future_subsystem");
  return Json::Object{{"id", agent.id},
                      {"parent_id", nullptr},
                      {"created_at", FormatTime(agent.created_at)},
                      {"updated_at", FormatTime(agent.created_at)},
                      {"first_connected_at", TimeJson(agent.first_connected_at)},
                      {"last_connected_at", TimeJson(agent.last_connected_at)},
                      {"disconnected_at", TimeJson(agent.disconnected_at)},
                      {"started_at", TimeJson(agent.started_at)},
                      {"ready_at", TimeJson(agent.ready_at)},
                      {"status", AgentStatus(agent, now)},
                      {"lifecycle_state", agent.lifecycle},
                      {"name", agent.name},
                      {"resource_id", agent.resource_id},
                      {"architecture", agent.arch},
                      {"environment_variables", std::move(environment)},
                      {"operating_system", agent.os},
                      {"logs_length", static_cast<int64_t>(agent.log_bytes)},
                      {"logs_overflowed", agent.logs_overflowed},
                      {"directory", ""},
                      {"expanded_directory", ""},
                      {"version", VersionOf(state)},
                      {"api_version", "2.10"},
                      {"apps", std::move(apps)},
                      {"latency", Json::Object{}},
                      {"connection_timeout_seconds", agent.connection_timeout},
                      {"troubleshooting_url", ""},
                      {"subsystems", std::move(subsystems)},
                      {"health", Json::Object{{"healthy", healthy},
                                              {"reason", healthy ? "" : "agent is not healthy"}}},
                      {"display_apps", Json::Array{}},
                      {"log_sources", std::move(sources)},
                      {"scripts", std::move(scripts)},
                      {"startup_script_behavior", "non-blocking"}};
}

Json BuildJson(const State& state, const Workspace& workspace, const Build& build, WallTime now) {
  const User* owner = state.FindUser(workspace.owner_id);
  const User* initiator = state.FindUser(build.initiator_id);
  const TemplateVersion* version = state.FindVersion(build.version_id);
  Json::Array resources;
  if (build.agent) resources.push_back(ResourceJson(state, build, now));
  const bool future = state.faults.On(Fault::kUnknownFields);
  Json json =
      Json::Object{{"id", build.id},
                   {"created_at", FormatTime(build.created_at)},
                   {"updated_at", FormatTime(build.updated_at)},
                   {"workspace_id", workspace.id},
                   {"workspace_name", workspace.name},
                   {"workspace_owner_id", workspace.owner_id},
                   {"workspace_owner_name", owner->name},
                   {"workspace_owner_avatar_url", ""},
                   {"template_version_id", build.version_id},
                   {"template_version_name", version == nullptr ? "" : version->name},
                   {"build_number", build.number},
                   {"transition", build.transition},
                   {"initiator_id", build.initiator_id},
                   {"initiator_name", initiator == nullptr ? "" : initiator->name},
                   {"job", JobJson(state, build.job, workspace.name)},
                   {"reason", future ? "future_reason" : build.reason},
                   {"resources", std::move(resources)},
                   {"deadline", build.deadline ? Json(FormatTime(*build.deadline)) : Json()},
                   {"max_deadline", nullptr},
                   {"status", build.Status()},
                   {"daily_cost", 0},
                   {"matched_provisioners", MatchedProvisionersJson(build.job)},
                   {"template_version_preset_id", nullptr},
                   {"has_external_agent", false}};
  if (!IsNew(state)) json.Set("has_ai_task", false);
  return json;
}

Json WorkspaceJson(const State& state, const Workspace& workspace, WallTime now) {
  const Template* of = state.FindTemplate(workspace.template_id);
  const User* owner = state.FindUser(workspace.owner_id);
  const Build& build = workspace.Latest();
  Json json = Json::Object{{"id", workspace.id},
                           {"created_at", FormatTime(workspace.created_at)},
                           {"updated_at", FormatTime(workspace.updated_at)},
                           {"owner_id", workspace.owner_id},
                           {"owner_name", owner->name},
                           {"owner_avatar_url", ""},
                           {"organization_id", state.organization_id},
                           {"organization_name", state.organization_name},
                           {"template_id", workspace.template_id},
                           {"template_name", of->name},
                           {"template_display_name", of->display_name},
                           {"template_icon", of->icon},
                           {"template_allow_user_cancel_workspace_jobs", of->allow_user_cancel},
                           {"template_active_version_id", of->active_version_id},
                           {"template_require_active_version", false},
                           {"template_use_classic_parameter_flow", false},
                           {"latest_build", BuildJson(state, workspace, build, now)},
                           {"latest_app_status", LatestStatus(workspace)},
                           {"outdated", build.version_id != of->active_version_id},
                           {"name", workspace.name},
                           {"autostart_schedule", nullptr},
                           {"ttl_ms", workspace.ttl_ms > 0 ? Json(workspace.ttl_ms) : Json()},
                           {"last_used_at", FormatTime(workspace.last_used_at)},
                           {"deleting_at", nullptr},
                           {"dormant_at", TimeJson(workspace.dormant_at)},
                           {"health", HealthJson(build, now)},
                           {"automatic_updates", workspace.automatic_updates},
                           {"allow_renames", false},
                           {"favorite", false},
                           {"next_start_at", nullptr},
                           {"is_prebuild", false}};
  if (!IsNew(state)) json.Set("task_id", nullptr);
  return json;
}

Json TimingsJson(const Build& build) {
  Json::Array provisioner, scripts, connections;
  if (build.job.completed_at && build.job.started_at) {
    provisioner.emplace_back(Json::Object{{"job_id", build.job.id},
                                          {"started_at", FormatTime(*build.job.started_at)},
                                          {"ended_at", FormatTime(*build.job.completed_at)},
                                          {"stage", "apply"},
                                          {"source", "kubernetes"},
                                          {"action", "create"},
                                          {"resource", "kubernetes_pod_v1.task[0]"}});
  }
  if (build.agent) {
    const Agent& agent = *build.agent;
    for (const Script& script : agent.scripts) {
      if (!script.first_run) continue;
      scripts.emplace_back(Json::Object{{"started_at", FormatTime(script.first_run->started_at)},
                                        {"ended_at", FormatTime(script.first_run->ended_at)},
                                        {"exit_code", script.first_run->exit_code},
                                        {"stage", "start"},
                                        {"status", script.first_run->status},
                                        {"display_name", script.display_name},
                                        {"workspace_agent_id", agent.id},
                                        {"workspace_agent_name", agent.name}});
    }
    if (agent.first_connected_at) {
      connections.emplace_back(Json::Object{{"started_at", FormatTime(agent.created_at)},
                                            {"ended_at", FormatTime(*agent.first_connected_at)},
                                            {"stage", "connect"},
                                            {"workspace_agent_id", agent.id},
                                            {"workspace_agent_name", agent.name}});
    }
  }
  return Json::Object{{"provisioner_timings", std::move(provisioner)},
                      {"agent_script_timings", std::move(scripts)},
                      {"agent_connection_timings", std::move(connections)}};
}

}  // namespace ameide::simulator
