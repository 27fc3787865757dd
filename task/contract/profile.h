// Profile: an agent type with its guardrails, from one YAML file. Pure: text in, value out.
//
// `docs/profiles.md` describes the file. `contract` is what the launcher and the agent program need
// and what the generator writes into each template's task.json; `deployment` is only for the
// generator.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "task/contract/executor.h"
#include "task/contract/guardrails.h"
#include "task/contract/problem.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

struct YamlDocument;  // yaml_json.h

// A secret by name; its value never passes through us. `phases` says who may see it.
struct SecretGrant {
  std::string env;     // environment variable in the workspace
  std::string secret;  // name of the Secret object
  std::string key;
  std::vector<Phase> phases;
  bool operator==(const SecretGrant&) const = default;
};

struct ProfileContract {
  std::string name;    // "code", "gitops", "sre", "external-executor": also the folder name
  std::string marker;  // .ameide/agent-profile; usually the name
  std::vector<std::string> repositories;  // the primary one first, then others allowed
  Guardrails guardrails;
  std::vector<std::string> tools;  // programs a task may call
  bool pull_requests = false;
  std::string branch_prefix;
  PhaseTimeouts timeouts;  // all set
  Millis default_ttl{0};
  Millis max_ttl{0};
  EvidenceRequest evidence;
  std::vector<SecretGrant> secrets;
  std::string check_command;  // the one command an agent is told to run, "ameide test"
  std::optional<ExecutorContract> executor;  // tools of a machine outside the cluster
  bool operator==(const ProfileContract&) const = default;
};

// Where and as what a profile's pods run.
struct Deployment {
  enum class Builder { kEnvbuilder, kImage };
  Builder builder = Builder::kEnvbuilder;
  std::string image;             // pinned by digest; the envbuilder image or the ready-made one
  std::string devcontainer_dir;  // ".devcontainer/coder", kEnvbuilder only
  std::string agent_image;      // holds /ameide-agent; pinned (IsPlaceholderImage, profile_rules.h)
  std::string publisher_image;  // has Git; set exactly when a secret has the phase pr
  std::string arch;             // "amd64" or "arm64"
  std::string namespace_name;
  std::string service_account;
  std::vector<std::string> roles;  // predeclared ClusterRoles to bind here; never minted
  // Where the deployed system runs that a task looks at: AMEIDE_ENV_NAMESPACE and predeclared
  // ClusterRoles bound there. Both empty when a task sees none.
  std::string environment_namespace;
  std::vector<std::string> environment_roles;
  std::string provisioner_namespace;        // whose ServiceAccount may create the pods:
  std::string provisioner_service_account;  // Coder's own
  std::map<std::string, std::string> node_selector;
  struct Toleration {
    std::string key;
    std::string value;
    std::string effect;
    bool operator==(const Toleration&) const = default;
  };
  std::vector<Toleration> tolerations;
  std::string cpu;  // requests equal limits
  std::string memory;
  std::string storage;
  // Besides DNS, which is always open. Coder's address belongs here when it is a private one.
  struct Egress {
    std::string cidr;
    int port = 443;
    bool operator==(const Egress&) const = default;
  };
  std::vector<Egress> egress;
  bool public_https = false;  // TCP 443 to everything that is not private
  std::string editor;         // "codex", "claude" or "none"
  bool operator==(const Deployment&) const = default;
};

// A person's workspace of the same profile: same builder, image and checkout, but another identity
// in a namespace of its own, no task script, no task parameters and never a secret that can push
// for a task. Rendered as the template "<profile>-human".
struct HumanMode {
  std::string namespace_name;
  std::string service_account;
  std::vector<std::string> apps;     // of "code-server", "terminal"
  std::string external_auth;         // Coder's provider id for Git, "github"; may be empty
  std::vector<SecretGrant> secrets;  // phases is empty: they are there for as long as the workspace
  Millis ttl{0};                     // Coder stops a workspace that nobody used for so long
  bool operator==(const HumanMode&) const = default;
};

struct Profile {
  std::string display_name;
  std::string description;
  std::string icon;
  std::string risk_tier;                       // "low", "medium", "high"
  std::vector<std::string> instructions_do;    // AGENTS.md, "Do"
  std::vector<std::string> instructions_dont;  // AGENTS.md, "Do not"
  ProfileContract contract;
  Deployment deployment;
  std::optional<HumanMode> human;  // set exactly when modes.human.enabled
  bool operator==(const Profile&) const = default;
};

// `file` is only for positions in problems. Duplicate keys, anchors, aliases, merge keys, tags and
// unknown keys are problems; so is anything missing: each of the four guardrail axes (repositories,
// secrets, roles, paths) must be stated, even when empty.
Checked<Profile> ProfileFromYaml(std::string_view yaml, std::string_view file);
// The same from YAML that was read already.
Checked<Profile> ProfileFromDocument(const YamlDocument& document);

// task.json.
Json ToJson(const ProfileContract& contract);
Checked<ProfileContract> ProfileContractFromJson(const Json& json);

// The text of AGENTS.md: one command to run, do and don't, evidence, and what enforces each rule.
std::string AgentsMd(const Profile& profile);

}  // namespace ameide::task
