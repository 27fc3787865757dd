// A template with the values of one workspace: what Coder's agent and the cluster would be told.
// Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/template_model.h"

namespace ameide::simulator {

struct WorkspaceFacts {
  std::string id, name, owner_id, owner_name, access_url;
  std::string agent_id, agent_token;
  std::map<std::string, std::string> parameters;  // by parameter name
  std::map<std::string, std::string> variables;   // by variable name
};

struct ContainerPlan {
  std::string name;
  std::string user;
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  std::vector<SecretVariable> secrets;
  std::map<std::string, std::string> mounts;
};

struct TemplatePlan {
  struct Script {
    std::string display_name, text;
    int64_t timeout_seconds = 0;
  };
  std::map<std::string, std::string> agent_environment;  // not yet $-expanded
  std::vector<Script> scripts;
  int64_t deadline_seconds = 0;           // of the pod; 0 for none
  std::vector<ContainerPlan> containers;  // without init containers
  bool has_agent_program = false;         // an init container brings it

  const ContainerPlan* Find(std::string_view container) const;
};

Result<TemplatePlan> PlanTemplate(const TemplateModel& model, const WorkspaceFacts& facts);

// os.Expand of Go, which the agent applies to coder_agent.env: $NAME and ${NAME}; unknown is empty.
std::string ExpandVariables(std::string_view text, const std::map<std::string, std::string>& from);

}  // namespace ameide::simulator
