// The half of a profile that says where its pods run, what they reach, and who else gets one.
#include <map>

#include "base/strings.h"
#include "generator/permission_list.h"

namespace ameide::generator {
namespace {

using Effect = PermissionChange::Effect;
using Texts = PermissionList::Texts;
using task::Deployment;

Texts RolesThere(const Deployment& deployment) {
  Texts roles;
  for (const std::string& role : deployment.environment_roles) {
    roles.push_back(StrCat(role, " in ", deployment.environment_namespace));
  }
  return roles;
}

Texts Destinations(const Deployment& deployment) {
  Texts all;
  for (const Deployment::Egress& egress : deployment.egress) {
    all.push_back(StrCat(egress.cidr, " port ", egress.port));
  }
  return all;
}

void Identity(const Deployment& a, const Deployment& b, PermissionList* list) {
  constexpr std::string_view kBound = "is now bound to role";
  constexpr std::string_view kFreed = "is no longer bound to role";
  list->Items("roles", a.roles, b.roles, Effect::kWider, kBound, kFreed);
  list->Items("roles", RolesThere(a), RolesThere(b), Effect::kWider, kBound, kFreed);
  list->Value("identity", a.namespace_name, b.namespace_name, Effect::kNeutral, "namespace");
  list->Value("identity", a.environment_namespace, b.environment_namespace, Effect::kNeutral,
              "the environment's namespace");
  list->Value("identity", a.service_account, b.service_account, Effect::kNeutral, "ServiceAccount");
  // Whoever provisions gets rights in the namespace.
  list->Value("identity", StrCat(a.provisioner_namespace, "/", a.provisioner_service_account),
              StrCat(b.provisioner_namespace, "/", b.provisioner_service_account), Effect::kWider,
              "provisioner");
}

// What a tool does is the tool's own affair; the policy says what may happen without being asked.
int Freedom(task::ExecutorTool::Policy policy) {
  switch (policy) {
    case task::ExecutorTool::Policy::kNeedsApproval:
      return 0;
    case task::ExecutorTool::Policy::kReadOnly:
      return 1;
    case task::ExecutorTool::Policy::kMutating:
      return 2;
  }
  return 2;
}

void CompareTools(task::ExecutorTool a, const task::ExecutorTool& b, PermissionList* list) {
  const std::string& who = list->who();
  if (a.policy != b.policy) {
    list->Add(
        PermissionList::WiderIf(Freedom(b.policy) > Freedom(a.policy)), "executor",
        StrCat(b.name, " is now ", ToString(b.policy), " for ", who, ", was ", ToString(a.policy)));
  }
  if (a.max_calls != b.max_calls) {
    list->Add(PermissionList::WiderIf(b.max_calls > a.max_calls), "executor",
              StrCat(who, " may now call ", b.name, " ", b.max_calls, " times, was ", a.max_calls));
  }
  list->Duration(StrCat("timeout of ", b.name), a.timeout, b.timeout);
  a.policy = b.policy;
  a.max_calls = b.max_calls;
  a.timeout = b.timeout;
  a.description = b.description;
  // Patterns cannot be compared in general; whoever reads this must.
  if (!(a == b)) {
    list->Add(Effect::kWider, "executor",
              StrCat("calls of ", b.name, " by ", who, " are checked in another way; read both"));
  }
}

// Who answers, and what is said to whom, cannot be ranked.
void CompareConnections(const task::ExecutorContract& a, const task::ExecutorContract& b,
                        PermissionList* list) {
  list->Duration("executor.lease", a.lease, b.lease);
  const auto value = [&](const std::string& x, const std::string& y, std::string_view what) {
    list->Value("executor", x, y, Effect::kWider, what);
  };
  value(a.endpoint_env, b.endpoint_env, "executor.endpoint_env");
  value(a.server_name, b.server_name, "executor.server_name");
  value(a.server_ca, b.server_ca, "executor.server_ca");
  value(a.client_certificate, b.client_certificate, "executor.client_certificate");
  value(a.client_key, b.client_key, "executor.client_key");
  value(StrJoin(a.session_key, ", "), StrJoin(b.session_key, ", "), "executor.session_key");
}

}  // namespace

void CompareDeployments(const Deployment& a, const Deployment& b, PermissionList* list) {
  Identity(a, b, list);
  list->Flag("network", a.public_https, b.public_https, "reach every public address over HTTPS");
  list->Items("network", Destinations(a), Destinations(b), Effect::kWider, "may now reach",
              "may no longer reach");
  if (a.builder != b.builder) {
    const bool root = b.builder == Deployment::Builder::kEnvbuilder;
    list->Add(PermissionList::WiderIf(root), "pod",
              StrCat(list->who(), root ? " now builds its image in a pod that starts as root"
                                       : " now runs a ready-made image without any capability"));
  }
  const auto value = [&](const std::string& x, const std::string& y, std::string_view what) {
    list->Value("pod", x, y, Effect::kNeutral, what);
  };
  value(a.image, b.image, "image");
  value(a.devcontainer_dir, b.devcontainer_dir, "devcontainer");
  value(a.agent_image, b.agent_image, "agent_image");
  value(a.publisher_image, b.publisher_image, "publisher_image");
  value(a.cpu, b.cpu, "cpu");
  value(a.memory, b.memory, "memory");
  value(a.storage, b.storage, "storage");
  list->Value("tools", a.editor, b.editor, Effect::kNeutral, "editor");
  if (a.node_selector != b.node_selector || a.tolerations != b.tolerations || a.arch != b.arch) {
    list->Add(Effect::kNeutral, "pod", StrCat(list->who(), " now runs on other nodes"));
  }
}

void CompareExecutors(const task::ProfileContract& before, const task::ProfileContract& after,
                      PermissionList* list) {
  std::map<std::string, task::ExecutorTool> known;
  Texts names;
  if (before.executor) {
    for (const task::ExecutorTool& tool : before.executor->tools) {
      names.push_back(tool.name);
      known.emplace(tool.name, tool);
    }
  }
  Texts now;
  if (after.executor) {
    for (const task::ExecutorTool& tool : after.executor->tools) now.push_back(tool.name);
  }
  list->Items("executor", names, now, Effect::kWider, "may now call", "may no longer call");
  if (!before.executor || !after.executor) return;
  for (const task::ExecutorTool& tool : after.executor->tools) {
    const auto was = known.find(tool.name);
    if (was != known.end()) CompareTools(was->second, tool, list);
  }
  CompareConnections(*before.executor, *after.executor, list);
}

void ComparePeople(const task::Profile& before, const task::Profile& after, PermissionList* list) {
  if (before.human.has_value() != after.human.has_value()) {
    const bool now = after.human.has_value();
    list->Add(PermissionList::WiderIf(now), "people",
              StrCat("people ", now ? "now get" : "no longer get", " workspaces of ", list->who()));
  }
  if (!before.human || !after.human) return;
  const task::HumanMode& a = *before.human;
  const task::HumanMode& b = *after.human;
  list->Items("people", a.apps, b.apps, Effect::kWider, "now offers people the app",
              "no longer offers people the app");
  list->Items("people", Grants(a.secrets), Grants(b.secrets), Effect::kWider, "now shows people",
              "no longer shows people");
  list->Value("people", a.external_auth, b.external_auth, Effect::kNeutral,
              "people's Git provider");
  list->Value("people", a.namespace_name, b.namespace_name, Effect::kNeutral, "people's namespace");
  list->Value("people", a.service_account, b.service_account, Effect::kNeutral,
              "people's ServiceAccount");
  list->Duration("modes.human.ttl", a.ttl, b.ttl);
}

}  // namespace ameide::generator
