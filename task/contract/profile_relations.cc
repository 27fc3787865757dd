#include "task/contract/profile_relations.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"
#include "task/contract/executor_fields.h"
#include "task/contract/json_reader.h"
#include "task/contract/lint_ids.h"
#include "task/contract/profile_rules.h"
#include "task/contract/template_parameters.h"

namespace ameide::task {
namespace {

using Strings = std::vector<std::string>;

// AGENTS.md and task.json reach a workspace as environment variables, in base64.
constexpr size_t kMaxRenderedBytes = kMaxParameterBytes / 4 * 3 - 1024;
// Templates' names have at most 32 characters in Coder.
constexpr size_t kMaxHumanName = 32 - std::string_view("-human").size();

bool Contains(const std::vector<Phase>& phases, Phase phase) {
  return std::find(phases.begin(), phases.end(), phase) != phases.end();
}

bool Pushes(const SecretGrant& grant) { return Contains(grant.phases, Phase::kPr); }

bool SameSecret(const SecretGrant& a, const SecretGrant& b) {
  return !a.secret.empty() && a.secret == b.secret && a.key == b.key;
}

Flaw Above(std::string_view key, Millis limit) {
  return {StrCat("must not exceed ", key, " (", FormatDuration(limit), ")"), lint::kClockTooLong};
}

Flaw GrantedTwice(const SecretGrant& grant) {
  return {StrCat("is granted twice; ", grant.env, " can hold one secret"), lint::kSecretRepeated};
}

void CheckRepositories(const ProfileContract& contract, Problems* problems) {
  const Strings& urls = contract.repositories;
  if (std::count(urls.begin(), urls.end(), urls.front()) > 1) {
    AddProblem("/repositories/allow",
               {"repeats the primary repository; it is allowed anyway", lint::kListRepeats},
               problems);
  }
}

// True for what matches every path, in any spelling: these two have nothing in common.
bool MatchesAll(const std::string& pattern) {
  return GlobMatches(pattern, "Q") && GlobMatches(pattern, "7.k/-x/_");
}

void CheckPaths(const Profile& profile, const Values& json, Problems* problems) {
  const Values paths = json.Group("guardrails");
  const Strings allow = paths.Texts("allow_paths");
  if (paths.Bool("read_only")) {
    if (!allow.empty()) {
      AddProblem("/guardrails/allow_paths",
                 {"must be empty; guardrails.read_only is true", lint::kReadOnlyContradicted},
                 problems);
    }
    if (profile.contract.pull_requests) {
      AddProblem("/pull_request/enabled",
                 {"must be false; with guardrails.read_only there is nothing to publish",
                  lint::kReadOnlyContradicted},
                 problems);
    }
    return;
  }
  const bool open = allow.empty() || std::any_of(allow.begin(), allow.end(), MatchesAll);
  if (open && paths.Has("allow_paths") && paths.Has("deny_paths") &&
      paths.Texts("deny_paths").empty()) {
    AddProblem("/guardrails/allow_paths",
               {"lets a task change every path; name the folders it works in, or fill deny_paths",
                lint::kPathsOpen},
               problems);
  }
}

void CheckPullRequest(const ProfileContract& contract, const Values& json, Problems* problems) {
  if (contract.pull_requests && !json.Group("pull_request").Has("branch_prefix")) {
    AddProblem("/pull_request/branch_prefix",
               {"is missing; pull requests need it, for example agent/", lint::kKeyMissing},
               problems);
  }
}

void CheckClocks(const ProfileContract& contract, Problems* problems) {
  const Millis max = contract.max_ttl;
  if (max.count() == 0) return;
  const PhaseTimeouts& clocks = contract.timeouts;
  const std::pair<std::string_view, Millis> kClocks[] = {
      {"/ttl/default", contract.default_ttl},  {"/timeouts/readiness", clocks.readiness},
      {"/timeouts/checkout", clocks.checkout}, {"/timeouts/edit", clocks.edit},
      {"/timeouts/verify", clocks.verify},     {"/timeouts/pr", clocks.pr}};
  for (const auto& [pointer, value] : kClocks) {
    if (value > max) AddProblem(std::string(pointer), Above("ttl.max", max), problems);
  }
}

// The push credential is alone: in its phase, and as a secret.
void CheckGrant(const ProfileContract& contract, size_t index, Problems* problems) {
  const SecretGrant& grant = contract.secrets[index];
  const std::string here = StrCat("/secrets/", index);
  if (Pushes(grant) && grant.phases.size() > 1) {
    AddProblem(here + "/phases",
               {"must be pr alone; a credential that can push never enters the place where the "
                "command runs",
                lint::kPushCredentialShared},
               problems);
  }
  if (Pushes(grant) && !contract.pull_requests) {
    AddProblem(here + "/phases",
               {"names pr, but pull_request.enabled is false", lint::kPushCredentialShared},
               problems);
  }
  for (size_t i = 0; i < contract.secrets.size(); ++i) {
    const SecretGrant& other = contract.secrets[i];
    if (i < index && !grant.env.empty() && other.env == grant.env) {
      AddProblem(here + "/env", GrantedTwice(grant), problems);
    }
    if (!Pushes(grant) && Pushes(other) && SameSecret(grant, other)) {
      AddProblem(here + "/secret",
                 {StrCat("is what /secrets/", i,
                         " pushes with; make a weaker credential for the other phases"),
                  lint::kPushCredentialShared},
                 problems);
    }
  }
}

void CheckCluster(const Deployment& deployment, Problems* problems) {
  if (!deployment.namespace_name.empty() &&
      deployment.namespace_name == deployment.provisioner_namespace) {
    AddProblem("/cluster/namespace",
               {"must not be the provisioner's own; tasks live apart", lint::kNamespaceShared},
               problems);
  }
  if (!deployment.namespace_name.empty() &&
      deployment.namespace_name == deployment.environment_namespace) {
    AddProblem(
        "/cluster/environment/namespace",
        {"must not be where the tasks run; they would look at themselves", lint::kNamespaceShared},
        problems);
  }
}

void CheckImages(const Profile& profile, const Values& json, Problems* problems) {
  const Values deploy = json.Group("deploy");
  const bool envbuilder = profile.deployment.builder == Deployment::Builder::kEnvbuilder;
  if (envbuilder && !deploy.Has("devcontainer") && deploy.Has("builder")) {
    AddProblem("/deploy/devcontainer",
               {"is missing; envbuilder needs the folder of devcontainer.json, like "
                ".devcontainer/coder",
                lint::kKeyMissing},
               problems);
  }
  if (!envbuilder && deploy.Has("devcontainer")) {
    AddProblem("/deploy/devcontainer", "is for builder envbuilder alone; remove it", problems);
  }
  const std::vector<SecretGrant>& secrets = profile.contract.secrets;
  const bool publishes = std::any_of(secrets.begin(), secrets.end(), Pushes);
  if (publishes && json.Has("deploy") && !deploy.Has("publisher_image")) {
    AddProblem("/deploy/publisher_image",
               {"is missing; a secret for the phase pr needs the publisher, whose image has Git",
                lint::kKeyMissing},
               problems);
  }
  if (!publishes && deploy.Has("publisher_image")) {
    AddProblem("/deploy/publisher_image",
               "is for profiles with a secret for the phase pr; remove it", problems);
  }
  const auto& selector = profile.deployment.node_selector;
  const auto os = selector.find("kubernetes.io/os");
  if (os != selector.end() && os->second != "linux") {
    AddProblem("/deploy/node_selector", "must not name another kubernetes.io/os; pods are of linux",
               problems);
  }
  if (selector.contains("kubernetes.io/arch")) {
    AddProblem("/deploy/node_selector", "must not name kubernetes.io/arch; deploy.arch sets it",
               problems);
  }
}

void CheckHumanSecrets(const Profile& profile, Problems* problems) {
  const std::vector<SecretGrant>& secrets = profile.human->secrets;
  std::set<std::string> names;
  for (size_t i = 0; i < secrets.size(); ++i) {
    const std::string here = StrCat("/modes/human/secrets/", i);
    if (!secrets[i].env.empty() && !names.insert(secrets[i].env).second) {
      AddProblem(here + "/env", GrantedTwice(secrets[i]), problems);
    }
    for (const SecretGrant& grant : profile.contract.secrets) {
      if (!Pushes(grant) || !SameSecret(grant, secrets[i])) continue;
      AddProblem(here + "/secret",
                 {"is what tasks push with; people push as themselves (external_auth)",
                  lint::kPushCredentialShared},
                 problems);
    }
  }
}

void CheckHuman(const Profile& profile, const Values& json, Problems* problems) {
  const Values human = json.Group("modes").Group("human");
  if (!profile.human) return;
  for (const std::string_view key : {"service_account", "apps", "ttl"}) {
    if (human.Has(key)) continue;
    AddProblem(PointerStep("/modes/human", key),
               {"is missing; an enabled human mode needs it", lint::kKeyMissing}, problems);
  }
  const HumanMode& mode = *profile.human;
  const Deployment& tasks = profile.deployment;
  if (mode.namespace_name == tasks.namespace_name ||
      mode.namespace_name == tasks.provisioner_namespace) {
    AddProblem("/modes/human/namespace",
               {"must be a namespace of its own; a pod may mount every secret of its namespace",
                lint::kNamespaceShared},
               problems);
  }
  if (!mode.service_account.empty() && mode.service_account == tasks.service_account) {
    AddProblem("/modes/human/service_account",
               {"must not be cluster.service_account; people and tasks have separate identities",
                lint::kIdentityShared},
               problems);
  }
  if (profile.contract.name.size() > kMaxHumanName) {
    AddProblem("/identity/name",
               "must have at most 26 characters; the human mode's template is <name>-human",
               problems);
  }
  CheckHumanSecrets(profile, problems);
}

// The executor's secrets are granted like all others, so that the axis `secrets` shows them.
void CheckExecutorSecret(const ProfileContract& contract, std::string_view key,
                         const std::string& variable, Problems* problems) {
  if (variable.empty()) return;
  for (const SecretGrant& grant : contract.secrets) {
    if (grant.env == variable && !Pushes(grant)) return;
  }
  AddProblem(PointerStep("/executor", key),
             StrCat("names ", variable, ", which /secrets does not grant to the command's phases"),
             problems);
}

void CheckExecutorRelations(const Profile& profile, Problems* problems) {
  const ProfileContract& contract = profile.contract;
  if (!contract.executor) {
    if (contract.name == "external-executor") {
      AddProblem(
          "/executor",
          {"is missing; the profile external-executor works through an executor's tools alone",
           lint::kKeyMissing},
          problems);
    }
    return;
  }
  const ExecutorContract& executor = *contract.executor;
  CheckExecutor(executor, "/executor", problems);
  if (profile.deployment.builder != Deployment::Builder::kImage) {
    AddProblem("/executor", "is for builder image alone; a devcontainer brings its own programs",
               problems);
  }
  for (const SecretGrant& grant : contract.secrets) {
    if (grant.env.empty() || grant.env != executor.endpoint_env) continue;
    AddProblem("/executor/endpoint_env",
               "is the variable of a secret; the address is none, choose another name", problems);
  }
  CheckExecutorSecret(contract, "server_ca", executor.server_ca, problems);
  CheckExecutorSecret(contract, "client_certificate", executor.client_certificate, problems);
  CheckExecutorSecret(contract, "client_key", executor.client_key, problems);
  if (contract.default_ttl.count() > 0 && executor.lease > contract.default_ttl) {
    AddProblem("/executor/lease", Above("ttl.default", contract.default_ttl), problems);
  }
  for (size_t i = 0; i < executor.tools.size(); ++i) {
    if (contract.max_ttl.count() == 0 || executor.tools[i].timeout <= contract.max_ttl) continue;
    AddProblem(StrCat("/executor/tools/", i, "/timeout"), Above("ttl.max", contract.max_ttl),
               problems);
  }
}

void RefuseSecrets(const Json& json, const std::string& pointer, Problems* problems) {
  if (const std::string* text = json.AsString()) {
    const std::string_view what = LooksLikeSecret(*text);
    if (!what.empty()) {
      AddProblem(pointer,
                 {StrCat("looks like ", what,
                         "; put it into a Secret, revoke this copy and name the Secret under "
                         "/secrets"),
                  lint::kSecretInProfile},
                 problems);
    }
  }
  if (const Json::Array* items = json.AsArray()) {
    for (size_t i = 0; i < items->size(); ++i) {
      RefuseSecrets((*items)[i], PointerStep(pointer, std::to_string(i)), problems);
    }
  }
  if (const Json::Object* members = json.AsObject()) {
    for (const auto& [key, value] : *members) {
      RefuseSecrets(Json(key), PointerStep(pointer, key), problems);
      RefuseSecrets(value, PointerStep(pointer, key), problems);
    }
  }
}

void RefuseOversize(const Profile& profile, Problems* problems) {
  if (AgentsMd(profile).size() > kMaxRenderedBytes) {
    AddProblem("/instructions", "make AGENTS.md larger than 95 KiB; shorten the lists", problems);
  }
  if (ToJson(profile.contract).DumpPretty().size() > kMaxRenderedBytes) {
    AddProblem("", "makes task.json larger than 95 KiB; shorten the lists", problems);
  }
}

}  // namespace

void CheckRelations(const Profile& profile, const Json& json, Problems* problems) {
  const Values values(&json);
  CheckRepositories(profile.contract, problems);
  CheckPaths(profile, values, problems);
  CheckPullRequest(profile.contract, values, problems);
  CheckClocks(profile.contract, problems);
  for (size_t i = 0; i < profile.contract.secrets.size(); ++i) {
    CheckGrant(profile.contract, i, problems);
  }
  CheckCluster(profile.deployment, problems);
  CheckImages(profile, values, problems);
  CheckHuman(profile, values, problems);
  CheckExecutorRelations(profile, problems);
  RefuseSecrets(json, "", problems);
  RefuseOversize(profile, problems);
}

}  // namespace ameide::task
