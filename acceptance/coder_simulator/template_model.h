// What a Coder server and a cluster learn from a template: parameters, the agent with its script
// and apps, and the pod's containers. Values that depend on the workspace stay expressions.
//
// Imitates the import job of a template version (facts 2.2) as far as our own templates go. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/hcl_evaluate.h"
#include "acceptance/coder_simulator/tar_reader.h"
#include "base/result.h"

namespace ameide::simulator {

struct RichParameter {
  struct Option {
    std::string name, value;
  };
  std::string label;  // of the data source: data.coder_parameter.<label>
  std::string name, display_name, description, type = "string", form_type;
  bool is_mutable = false;
  bool required = true;
  std::string default_value;
  std::vector<Option> options;
  std::string validation_regex, validation_error;
  std::optional<int64_t> validation_min, validation_max;
};

struct TemplateVariable {
  std::string name, default_value;
  bool required = true;
};

struct SecretVariable {
  std::string env, secret, key;
};

struct ContainerModel {
  std::string name;
  bool init = false;
  std::string user;  // run_as_user, as written; empty when not set
  Expr command;
  std::vector<std::pair<std::string, Expr>> environment;
  std::vector<SecretVariable> secrets;
  std::map<std::string, std::string> mounts;  // mount path → volume
};

struct ScriptModel {
  std::string display_name;
  Expr script;
  Expr timeout;
  bool run_on_start = false;
  bool start_blocks_login = false;
};

struct AppModel {
  std::string slug, display_name, url, share = "owner";
  bool subdomain = false;
  std::string health_url;
  int health_interval = 0;
  int health_threshold = 0;
};

struct TemplateModel {
  TemplateFiles files;
  std::vector<RichParameter> parameters;
  std::vector<TemplateVariable> variables;
  std::map<std::string, Expr> locals;
  std::string agent_name, agent_os, agent_arch;
  int connection_timeout = 120;
  Expr agent_environment;
  std::vector<ScriptModel> scripts;
  std::vector<AppModel> apps;
  std::vector<ContainerModel> containers;
  Expr deadline;                        // active_deadline_seconds
  std::vector<std::string> references;  // "data.coder_parameter.kind", as used anywhere
};

// kInvalid says what Terraform or Coder would not accept.
Result<TemplateModel> ReadTemplate(const TemplateFiles& files);

}  // namespace ameide::simulator
