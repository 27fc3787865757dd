// The API's objects as JSON; field names, order of magnitude and what is omitted when as in the
// facts (section by each function). Pure.
#pragma once

#include "acceptance/coder_simulator/state.h"
#include "base/json.h"

namespace ameide::simulator {

Json UserJson(const State& state, const User& user);                                // 1
Json OrganizationJson(const State& state);                                          // 1
Json JobJson(const State& state, const Job& job, std::string_view workspace_name);  // 2.3
Json JobLogJson(const State& state, const JobLog& log);                             // 2.3
Json TemplateJson(const State& state, const Template& item);                        // 2.1
Json VersionJson(const State& state, const TemplateVersion& version);               // 2.2
Json ParameterJson(const RichParameter& parameter);                                 // 2.1
Json MatchedProvisionersJson(const Job& job);                                       // 2.2
Json WorkspaceJson(const State& state, const Workspace& workspace, WallTime now);   // 3.2
Json BuildJson(const State& state, const Workspace& workspace, const Build& build,
               WallTime now);                                          // 3.2
Json AgentJson(const State& state, const Agent& agent, WallTime now);  // 4.1
Json AgentLogJson(const AgentLog& log);                                // 4.3
Json TimingsJson(const Build& build);                                  // 5

// RFC 3339, or null.
Json TimeJson(const std::optional<WallTime>& time);

// Members and values that a later server might have (fault "unknown-fields-and-enums").
void AddUnknownMembers(Json* value);

}  // namespace ameide::simulator
