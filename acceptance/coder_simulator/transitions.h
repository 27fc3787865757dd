// How the state moves. Each function changes the state as of `now`; what has to be done outside of
// it comes back as effects. No clock, no I/O.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acceptance/coder_simulator/state.h"

namespace ameide::simulator {

struct Effect {
  enum class Kind {
    kImport,      // id: a template version; answer with FinishImport
    kRunScripts,  // id: a workspace whose pod starts; answer with AgentConnected and ScriptEnded
    kRestart,     // id: a workspace; its script is killed and started again
    kKillPod,     // id: a workspace; its processes end, its folder stays
    kTearDown,    // id: a workspace; processes and folder go; answer with FinishTearDown
  };
  Kind kind;
  std::string id;
};

// Everything that time alone brings about.
std::vector<Effect> Advance(State* state, WallTime now);

// The answers to effects. An error is the job's.
void FinishImport(State* state, std::string_view version_id, Result<TemplateModel> model,
                  WallTime now);
// The pod is up, and scripts begin.
void AgentConnected(State* state, std::string_view agent_id, WallTime now);
// The pod cannot start (a secret is missing): the agent stays away. The job's log says why.
void KeepAway(State* state, std::string_view workspace_id, std::string_view why, WallTime now);
void FinishTearDown(State* state, std::string_view workspace_id, const Status& result,
                    WallTime now);
// What the agent saw of a script; it tells the server at once, later, or never (facts 4.2).
void ScriptEnded(State* state, std::string_view agent_id, const ScriptReport& report, WallTime now);
void AppendAgentLog(State* state, std::string_view agent_id, std::string_view level,
                    std::string_view line, WallTime now);
void SetAppHealth(State* state, std::string_view agent_id, std::string_view slug, bool healthy);

// What clients ask for.
// Appends a build; the caller has checked that none is active.
Build& StartBuild(State* state, Workspace* workspace, std::string transition, std::string initiator,
                  std::string reason, WallTime now);

}  // namespace ameide::simulator
