#include "acceptance/coder_simulator/transitions.h"

#include <algorithm>

#include "acceptance/coder_simulator/jobs.h"
#include "acceptance/coder_simulator/template_plan.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kLogCap = 1u << 20;  // facts 4.3
constexpr size_t kLowLogCap = 4u << 10;
constexpr int64_t kLateReport = 3000;

Agent MakeAgent(State* state, const Workspace& workspace, Build* build, const TemplateModel& model,
                WallTime now) {
  Agent agent;
  agent.id = state->NewId();
  agent.name = model.agent_name;
  agent.token = state->NewId();
  agent.resource_id = state->NewId();
  agent.log_source_id = state->NewId();
  agent.os = model.agent_os;
  agent.arch = model.agent_arch;
  agent.created_at = now;
  agent.connection_timeout = model.connection_timeout;
  for (const AppModel& app : model.apps) {
    agent.apps.push_back({.model = app,
                          .id = state->NewId(),
                          .health = app.health_url.empty() ? "disabled" : "initializing",
                          .statuses = {}});
  }
  const User* owner = state->FindUser(workspace.owner_id);
  const TemplateVersion* version = state->FindVersion(build->version_id);
  const Result<TemplatePlan> plan = PlanTemplate(model, {.id = workspace.id,
                                                         .name = workspace.name,
                                                         .owner_id = workspace.owner_id,
                                                         .owner_name = owner->name,
                                                         .access_url = state->access_url,
                                                         .agent_id = agent.id,
                                                         .agent_token = agent.token,
                                                         .parameters = build->parameters,
                                                         .variables = version->variables});
  if (!plan.ok()) {
    EndJob(state, &build->job, JobStatus::kFailed, plan.error().ToString(), now);
    return agent;
  }
  agent.environment = plan->agent_environment;
  for (const TemplatePlan::Script& script : plan->scripts) {
    Script made;
    made.id = state->NewId();
    made.log_source_id = agent.log_source_id;
    made.display_name = script.display_name;
    made.text = script.text;
    made.timeout_seconds = script.timeout_seconds;
    agent.scripts.push_back(std::move(made));
  }
  if (plan->deadline_seconds > 0) build->pod_deadline = now + seconds(plan->deadline_seconds);
  return agent;
}

// The work of a start build is over: its resources appear now (facts 3.1).
void FinishStart(State* state, Workspace* workspace, Build* build, WallTime now) {
  if (state->faults.Take(Fault::kStartFails)) {
    return EndJob(state, &build->job, JobStatus::kFailed, "terraform apply: exit status 1", now);
  }
  const auto& model = state->FindVersion(build->version_id)->model;
  Say(state, &build->job, "Starting workspace", "kubernetes_pod_v1.task[0]: Creating...", now);
  Agent agent = MakeAgent(state, *workspace, build, *model, now);
  if (!build->job.Active()) return;
  Say(state, &build->job, "Starting workspace", "kubernetes_pod_v1.task[0]: Creation complete",
      now);
  EndJob(state, &build->job, JobStatus::kSucceeded, "", now);
  if (workspace->ttl_ms > 0) build->deadline = now + milliseconds(workspace->ttl_ms);
  build->agent = std::move(agent);
}

void Deliver(State* state, Agent* agent, WallTime now) {
  for (Script& script : agent->scripts) {
    if (!script.on_its_way || now < script.arrives_at) continue;
    script.report = script.on_its_way;
    if (!script.first_run) script.first_run = script.on_its_way;
    script.on_its_way.reset();
  }
  if (agent->disconnected_at) {
    const int64_t away = state->faults.Value(Fault::kAgentDisconnects, 0);
    if (away == 0 || now - *agent->disconnected_at < milliseconds(away)) return;
    agent->disconnected_at.reset();
    agent->last_connected_at = now;
    for (const AgentLog& log : std::exchange(agent->unsent, {})) {
      AppendAgentLog(state, agent->id, log.level, log.output, now);
    }
    if (!agent->untold_lifecycle.empty()) agent->lifecycle = agent->untold_lifecycle;
  }
}

// Faults that hit a running script.
void HitAgent(State* state, const Workspace& workspace, Build* build, WallTime now,
              std::vector<Effect>* effects) {
  Agent& agent = *build->agent;
  if (agent.lifecycle != "starting" || !agent.started_at ||
      now - *agent.started_at < state->pace.cut_off) {
    return;
  }
  if (state->faults.On(Fault::kAgentDisconnects) && !agent.was_cut_off) {
    agent.disconnected_at = now;
    agent.was_cut_off = true;
  }
  if (!agent.restarted && state->faults.Take(Fault::kAgentRestarts)) {
    agent.restarted = true;
    effects->push_back({Effect::Kind::kRestart, workspace.id});
  }
  if (state->faults.On(Fault::kAutostopMidRun)) build->deadline = now;
}

// The end of a script that only takes its time: its evidence is there, and all went well.
void EndLightly(State* state, Agent* agent, WallTime now) {
  if (!agent->light || agent->lifecycle != "starting" || !agent->started_at ||
      now - *agent->started_at < state->pace.script) {
    return;
  }
  for (App& app : agent->apps) app.health = app.model.health_url.empty() ? app.health : "healthy";
  ScriptEnded(state, agent->id, {"ok", 0, *agent->started_at, now}, now);
}

void MoveAgent(State* state, const Workspace& workspace, Build* build, WallTime now,
               std::vector<Effect>* effects) {
  Agent& agent = *build->agent;
  if (build->pod_deadline && now >= *build->pod_deadline) {
    build->pod_deadline.reset();
    if (agent.first_connected_at) agent.disconnected_at = now;
    effects->push_back({Effect::Kind::kKillPod, workspace.id});
    return;
  }
  if (!agent.first_connected_at) {
    if (agent.pod_asked || state->faults.On(Fault::kAgentNeverConnects) ||
        now - agent.created_at < state->Slowly(state->pace.connect)) {
      return;
    }
    agent.pod_asked = true;
    effects->push_back({Effect::Kind::kRunScripts, workspace.id});
    return;
  }
  HitAgent(state, workspace, build, now, effects);
  EndLightly(state, &agent, now);
  Deliver(state, &agent, now);
}

void MoveBuild(State* state, Workspace* workspace, WallTime now, std::vector<Effect>* effects) {
  Build& build = workspace->Latest();
  MoveJob(state, &build.job, now);
  const bool worked = build.job.status == JobStatus::kRunning &&
                      now - *build.job.started_at >= state->Slowly(state->pace.work);
  if (worked && build.transition == "start") {
    FinishStart(state, workspace, &build, now);
  } else if (worked && build.orphan) {
    // What the workspace was made of stays: only the record goes.
    EndJob(state, &build.job, JobStatus::kSucceeded, "", now);
    workspace->deleted = true;
  } else if (worked && !build.torn_down) {
    if (build.transition == "delete" && state->faults.Take(Fault::kDeleteFails)) {
      return EndJob(state, &build.job, JobStatus::kFailed, "terraform destroy: exit status 1", now);
    }
    build.torn_down = true;
    effects->push_back({Effect::Kind::kTearDown, workspace->id});
  }
  if (build.agent) MoveAgent(state, *workspace, &build, now, effects);
  if (build.transition == "start" && build.job.Succeeded() && build.deadline &&
      now >= *build.deadline) {
    StartBuild(state, workspace, "stop", workspace->owner_id, "autostop", now);
  }
}

}  // namespace

std::vector<Effect> Advance(State* state, WallTime now) {
  std::vector<Effect> effects;
  for (TemplateVersion& version : state->versions) {
    if (MoveJob(state, &version.job, now)) effects.push_back({Effect::Kind::kImport, version.id});
  }
  for (Workspace& workspace : state->workspaces) MoveBuild(state, &workspace, now, &effects);
  return effects;
}

void FinishImport(State* state, std::string_view version_id, Result<TemplateModel> model,
                  WallTime now) {
  TemplateVersion* version = State::Mutable(state->FindVersion(version_id));
  if (version == nullptr || version->job.status != JobStatus::kRunning) return;
  Job* job = &version->job;
  Say(state, job, "Detecting ephemeral resources", "Parsing the template", now);
  if (state->faults.Take(Fault::kImportFails)) {
    return EndJob(state, job, JobStatus::kFailed, "terraform plan: exit status 1", now);
  }
  if (!model.ok()) return EndJob(state, job, JobStatus::kFailed, model.error().ToString(), now);
  for (const TemplateVariable& variable : model->variables) {
    if (!variable.required || version->variables.contains(variable.name)) continue;
    job->error_code = "REQUIRED_TEMPLATE_VARIABLES";
    return EndJob(state, job, JobStatus::kFailed, "required template variables need values", now);
  }
  version->model = std::make_shared<const TemplateModel>(std::move(*model));
  EndJob(state, job, JobStatus::kSucceeded, "", now);
}

void AgentConnected(State* state, std::string_view agent_id, WallTime now) {
  const Workspace* workspace = nullptr;
  Agent* agent = State::Mutable(state->FindAgent(agent_id, &workspace));
  if (agent == nullptr) return;
  agent->first_connected_at = agent->last_connected_at = agent->started_at = now;
  agent->lifecycle = "starting";
}

void KeepAway(State* state, std::string_view workspace_id, std::string_view why, WallTime now) {
  Workspace* workspace = State::Mutable(state->FindWorkspace(workspace_id));
  if (workspace == nullptr) return;
  Say(state, &workspace->Latest().job, "Starting workspace", why, now, "error");
}

void FinishTearDown(State* state, std::string_view workspace_id, const Status& result,
                    WallTime now) {
  Workspace* workspace = State::Mutable(state->FindWorkspace(workspace_id));
  if (workspace == nullptr) return;
  Build& build = workspace->Latest();
  if (build.job.status != JobStatus::kRunning) return;
  if (!result.ok()) {
    return EndJob(state, &build.job, JobStatus::kFailed, result.error().ToString(), now);
  }
  Say(state, &build.job, "Cleaning Up", "kubernetes_pod_v1.task[0]: Destruction complete", now);
  EndJob(state, &build.job, JobStatus::kSucceeded, "", now);
  workspace->deleted = build.transition == "delete";
  workspace->updated_at = now;
}

void ScriptEnded(State* state, std::string_view agent_id, const ScriptReport& report,
                 WallTime now) {
  const Workspace* workspace = nullptr;
  Agent* agent = State::Mutable(state->FindAgent(agent_id, &workspace));
  if (agent == nullptr) return;
  const std::string reached = report.status == "ok"          ? "ready"
                              : report.status == "timed_out" ? "start_timeout"
                                                             : "start_error";
  if (agent->disconnected_at) {
    agent->untold_lifecycle = reached;
  } else {
    agent->lifecycle = reached;
    agent->ready_at = now;
  }
  // One attempt, on the connection that the scripts were started on.
  if (agent->was_cut_off || state->faults.On(Fault::kReportLost)) return;
  Millis delay = state->Slowly(state->pace.report);
  if (state->faults.On(Fault::kReportLate)) {
    delay = Millis(state->faults.Value(Fault::kReportLate, kLateReport));
  }
  for (Script& script : agent->scripts) {
    script.on_its_way = report;
    script.arrives_at = now + delay;
  }
}

void AppendAgentLog(State* state, std::string_view agent_id, std::string_view level,
                    std::string_view line, WallTime now) {
  const Workspace* workspace = nullptr;
  Agent* agent = State::Mutable(state->FindAgent(agent_id, &workspace));
  if (agent == nullptr || agent->logs_overflowed || line.size() > kLogCap) return;
  AgentLog log{.id = 0,
               .at = now,
               .level = std::string(level),
               .output = ToValidUtf8(line),
               .source_id = agent->log_source_id};
  if (agent->disconnected_at) {
    agent->unsent.push_back(std::move(log));
    return;
  }
  const size_t bytes = agent->log_bytes + line.size();
  if (bytes > kLogCap || (bytes > kLowLogCap && state->faults.On(Fault::kLogOverflow))) {
    agent->logs_overflowed = true;
    return;
  }
  agent->log_bytes = bytes;
  log.id = ++state->log_ids;
  agent->logs.push_back(std::move(log));
}

void SetAppHealth(State* state, std::string_view agent_id, std::string_view slug, bool healthy) {
  const Workspace* workspace = nullptr;
  Agent* agent = State::Mutable(state->FindAgent(agent_id, &workspace));
  if (agent == nullptr) return;
  for (App& app : agent->apps) {
    if (app.model.slug == slug) app.health = healthy ? "healthy" : "unhealthy";
  }
}

Build& StartBuild(State* state, Workspace* workspace, std::string transition, std::string initiator,
                  std::string reason, WallTime now) {
  Build build;
  if (!workspace->builds.empty()) {
    build.version_id = workspace->Latest().version_id;
    build.parameters = workspace->Latest().parameters;
    build.number = workspace->Latest().number + 1;
  }
  build.id = state->NewId();
  build.transition = std::move(transition);
  build.reason = std::move(reason);
  build.initiator_id = initiator;
  build.created_at = build.updated_at = workspace->updated_at = now;
  const TemplateVersion* version = state->FindVersion(build.version_id);
  build.job = NewJob(state, "workspace_build", version == nullptr ? "" : version->file_id,
                     std::move(initiator), now);
  workspace->builds.push_back(std::move(build));
  return workspace->Latest();
}

}  // namespace ameide::simulator
