#include "generator/render/pod_parts.h"

#include "generator/render/names.h"

namespace ameide::generator {

using hcl::Body;

const std::vector<std::string>& BuilderCapabilities() {
  static const std::vector<std::string> kAll = {"CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",
                                                "SETFCAP", "SETGID",       "SETUID"};
  return kAll;
}

Body PodSecurity(const Posture& posture) {
  Body security;
  security.Attribute("run_as_non_root", hcl::Bool(!posture.builder));
  security.Attribute("run_as_user", hcl::String(posture.user));
  security.Attribute("run_as_group", hcl::String(posture.user));
  security.BlankLine();
  security.Block("seccomp_profile", Body().Attribute("type", hcl::String("RuntimeDefault")));
  return security;
}

Body ContainerSecurity(const Posture& posture) {
  Body capabilities;
  if (posture.builder) capabilities.Attribute("add", hcl::Strings(BuilderCapabilities()));
  capabilities.Attribute("drop", hcl::Strings({"ALL"}));
  Body security;
  security.Attribute("allow_privilege_escalation", hcl::Bool(false));
  security.Attribute("privileged", hcl::Bool(false));
  security.Attribute("read_only_root_filesystem", hcl::Bool(!posture.builder));
  security.Attribute("run_as_non_root", hcl::Bool(!posture.builder));
  security.Attribute("run_as_user", hcl::String(posture.user));
  security.Attribute("run_as_group", hcl::String(posture.user));
  security.BlankLine();
  security.Block("capabilities", std::move(capabilities)).BlankLine();
  security.Block("seccomp_profile", Body().Attribute("type", hcl::String("RuntimeDefault")));
  return security;
}

Body Resources(const Amounts& amounts) {
  const hcl::Expr object = hcl::Object({{"cpu", hcl::String(amounts.cpu)},
                                        {"memory", hcl::String(amounts.memory)},
                                        {"ephemeral-storage", hcl::String(amounts.storage)}});
  return Body().Attribute("requests", object).Attribute("limits", object);
}

void AddEnv(std::string_view name, hcl::Expr value, Body* container) {
  Body env;
  env.Attribute("name", hcl::String(name)).Attribute("value", std::move(value));
  container->BlankLine().Block("env", std::move(env));
}

void AddSecretEnv(std::string_view name, const task::SecretGrant& grant, Body* container) {
  Body reference;
  reference.Attribute("name", hcl::String(grant.secret)).Attribute("key", hcl::String(grant.key));
  Body env;
  env.Attribute("name", hcl::String(name)).BlankLine();
  env.Block("value_from", Body().Block("secret_key_ref", std::move(reference)));
  container->BlankLine().Block("env", std::move(env));
}

void AddMount(const Mount& mount, Body* container) {
  Body body;
  body.Attribute("name", hcl::String(mount.volume));
  body.Attribute("mount_path", hcl::String(mount.path));
  if (!mount.sub_path.empty()) body.Attribute("sub_path", hcl::String(mount.sub_path));
  if (mount.read_only) body.Attribute("read_only", hcl::Bool(true));
  container->BlankLine().Block("volume_mount", std::move(body));
}

void AddEmptyDir(std::string_view name, std::string_view size_limit, Body* spec) {
  Body volume;
  volume.Attribute("name", hcl::String(name)).BlankLine();
  volume.Block("empty_dir", Body().Attribute("size_limit", hcl::String(size_limit)));
  spec->BlankLine().Block("volume", std::move(volume));
}

hcl::Expr AgentValue(std::string_view name) {
  return hcl::Ref(StrCat("coder_agent.", task::kAgentName, ".", name));
}

hcl::Expr FileInBase64(std::string_view name) {
  return hcl::Call("filebase64",
                   {hcl::Template({hcl::Ref("path.module"), hcl::String(StrCat("/", name))})});
}

hcl::Expr PodLabels(const task::Profile& profile, std::string_view app) {
  const hcl::Expr workspace_id = hcl::Ref("data.coder_workspace.me.id");
  return hcl::Object({{"app.kubernetes.io/name", hcl::String(app)},
                      {"app.kubernetes.io/instance", workspace_id},
                      {"app.kubernetes.io/managed-by", hcl::String(kManagedBy)},
                      {std::string(kProfileLabel), hcl::String(profile.contract.name)},
                      {"com.coder.resource", hcl::String("true")},
                      {"com.coder.workspace.id", workspace_id},
                      {"com.coder.workspace.name", hcl::Ref("data.coder_workspace.me.name")},
                      {"com.coder.user.id", hcl::Ref("data.coder_workspace_owner.me.id")},
                      {"com.coder.user.username", hcl::Ref("data.coder_workspace_owner.me.name")}});
}

void AddScheduling(const task::Deployment& deployment, Body* spec) {
  std::vector<hcl::Member> selector = {{"kubernetes.io/arch", hcl::String(deployment.arch)},
                                       {"kubernetes.io/os", hcl::String("linux")}};
  for (const auto& [key, value] : deployment.node_selector) {
    if (key != "kubernetes.io/os") selector.emplace_back(key, hcl::String(value));
  }
  spec->BlankLine().Attribute("node_selector", hcl::Object(std::move(selector)));
  for (const task::Deployment::Toleration& toleration : deployment.tolerations) {
    Body body;
    body.Attribute("key", hcl::String(toleration.key));
    body.Attribute("operator", hcl::String("Equal"));
    body.Attribute("value", hcl::String(toleration.value));
    body.Attribute("effect", hcl::String(toleration.effect));
    spec->BlankLine().Block("toleration", std::move(body));
  }
}

void AddIdentity(std::string_view service_account, bool token, Body* spec) {
  spec->Attribute("service_account_name", hcl::String(service_account));
  spec->Attribute("automount_service_account_token", hcl::Bool(token));
  spec->Attribute("enable_service_links", hcl::Bool(false));
  for (const char* shared : {"host_ipc", "host_network", "host_pid", "share_process_namespace"}) {
    spec->Attribute(shared, hcl::Bool(false));
  }
}

void AddBuilderEnv(const task::Profile& profile, std::string_view checkout,
                   const task::SecretGrant* credential, Body* container) {
  AddEnv("ENVBUILDER_INIT_SCRIPT", AgentValue("init_script"), container);
  AddEnv("ENVBUILDER_GIT_URL", hcl::String(profile.contract.repositories.front()), container);
  AddEnv("ENVBUILDER_GIT_CLONE_DEPTH", hcl::String("1"), container);
  if (credential != nullptr) {
    AddEnv("ENVBUILDER_GIT_USERNAME", hcl::String("x-access-token"), container);
    AddSecretEnv("ENVBUILDER_GIT_PASSWORD", *credential, container);
  }
  AddEnv("ENVBUILDER_DEVCONTAINER_DIR", hcl::String(profile.deployment.devcontainer_dir),
         container);
  AddEnv("ENVBUILDER_WORKSPACE_FOLDER", hcl::String(checkout), container);
  AddEnv("ENVBUILDER_EXIT_ON_BUILD_FAILURE", hcl::String("true"), container);
}

}  // namespace ameide::generator
