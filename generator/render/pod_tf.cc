#include "generator/render/pod_tf.h"

#include <algorithm>

#include "generator/hcl/body.h"
#include "generator/render/names.h"

namespace ameide::generator {
namespace {

using hcl::Body;
using task::Deployment;

// What envbuilder 1.3.0 needs to unpack and build an image as root; with one of them missing it
// fails or, for FSETID, drops file modes silently. The task itself runs without any.
const std::vector<std::string>& BuilderCapabilities() {
  static const std::vector<std::string> kAll = {"CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",
                                                "SETFCAP", "SETGID",       "SETUID"};
  return kAll;
}

constexpr std::string_view kUser = "1000";

bool IsEnvbuilder(const task::Profile& profile) {
  return profile.deployment.builder == Deployment::Builder::kEnvbuilder;
}

hcl::Expr AgentValue(std::string_view name) {
  return hcl::Ref(StrCat("coder_agent.", task::kAgentName, ".", name));
}

Body Metadata(const task::Profile& profile) {
  const hcl::Expr workspace_id = hcl::Ref("data.coder_workspace.me.id");
  Body metadata;
  metadata.Attribute("name", hcl::Template({hcl::String("ameide-task-"), workspace_id}));
  metadata.Attribute("namespace", hcl::String(profile.deployment.namespace_name));
  metadata.BlankLine();
  metadata.Attribute(
      "labels",
      hcl::Object({{"app.kubernetes.io/name", hcl::String("ameide-task")},
                   {"app.kubernetes.io/instance", workspace_id},
                   {"app.kubernetes.io/managed-by", hcl::String(kManagedBy)},
                   {std::string(kProfileLabel), hcl::String(profile.contract.name)},
                   {"com.coder.resource", hcl::String("true")},
                   {"com.coder.workspace.id", workspace_id},
                   {"com.coder.workspace.name", hcl::Ref("data.coder_workspace.me.name")},
                   {"com.coder.user.id", hcl::Ref("data.coder_workspace_owner.me.id")},
                   {"com.coder.user.username", hcl::Ref("data.coder_workspace_owner.me.name")}}));
  metadata.BlankLine();
  metadata.Attribute(
      "annotations",
      hcl::Object(
          {{"cluster-autoscaler.kubernetes.io/safe-to-evict", hcl::String("false")},
           {std::string(kWorkIdAnnotation), hcl::Ref("data.coder_parameter.work_id.value")}}));
  return metadata;
}

Body PodSecurity(const task::Profile& profile) {
  Body security;
  if (IsEnvbuilder(profile)) {
    security.Attribute("run_as_non_root", hcl::Bool(false));
    security.Attribute("run_as_user", hcl::String("0"));
    security.Attribute("run_as_group", hcl::String("0"));
  } else {
    security.Attribute("run_as_non_root", hcl::Bool(true));
    security.Attribute("run_as_user", hcl::String(kUser));
    security.Attribute("run_as_group", hcl::String(kUser));
  }
  security.BlankLine();
  security.Block("seccomp_profile", Body().Attribute("type", hcl::String("RuntimeDefault")));
  return security;
}

Body ContainerSecurity(const task::Profile& profile) {
  const bool envbuilder = IsEnvbuilder(profile);
  Body capabilities;
  if (envbuilder) capabilities.Attribute("add", hcl::Strings(BuilderCapabilities()));
  capabilities.Attribute("drop", hcl::Strings({"ALL"}));
  Body security;
  security.Attribute("allow_privilege_escalation", hcl::Bool(false));
  security.Attribute("privileged", hcl::Bool(false));
  security.Attribute("read_only_root_filesystem", hcl::Bool(!envbuilder));
  security.Attribute("run_as_non_root", hcl::Bool(!envbuilder));
  security.Attribute("run_as_user", hcl::String(envbuilder ? "0" : kUser));
  security.Attribute("run_as_group", hcl::String(envbuilder ? "0" : kUser));
  security.BlankLine();
  security.Block("capabilities", capabilities).BlankLine();
  security.Block("seccomp_profile", Body().Attribute("type", hcl::String("RuntimeDefault")));
  return security;
}

Body Resources(const Deployment& deployment) {
  const hcl::Expr amounts = hcl::Object({{"cpu", hcl::String(deployment.cpu)},
                                         {"memory", hcl::String(deployment.memory)},
                                         {"ephemeral-storage", hcl::String(deployment.storage)}});
  Body resources;
  resources.Attribute("requests", amounts);
  resources.Attribute("limits", amounts);
  return resources;
}

void AddEnv(std::string_view name, hcl::Expr value, Body* container) {
  Body env;
  env.Attribute("name", hcl::String(name)).Attribute("value", std::move(value));
  container->BlankLine().Block("env", env);
}

void AddSecretEnv(std::string_view name, const task::SecretGrant& grant, Body* container) {
  Body reference;
  reference.Attribute("name", hcl::String(grant.secret)).Attribute("key", hcl::String(grant.key));
  Body env;
  env.Attribute("name", hcl::String(name)).BlankLine();
  env.Block("value_from", Body().Block("secret_key_ref", reference));
  container->BlankLine().Block("env", env);
}

bool GrantedFor(const task::SecretGrant& grant, task::Phase phase) {
  return std::find(grant.phases.begin(), grant.phases.end(), phase) != grant.phases.end();
}

// The toolchain comes from the primary repository's trunk, never from the branch under work: a
// devcontainer.json can read every variable of the pod.
void AddBuilderEnv(const task::Profile& profile, Body* container) {
  AddEnv("ENVBUILDER_INIT_SCRIPT", AgentValue("init_script"), container);
  AddEnv("ENVBUILDER_GIT_URL", hcl::String(profile.contract.repositories.front()), container);
  AddEnv("ENVBUILDER_GIT_CLONE_DEPTH", hcl::String("1"), container);
  for (const task::SecretGrant& grant : profile.contract.secrets) {
    if (!GrantedFor(grant, task::Phase::kCheckout)) continue;
    AddEnv("ENVBUILDER_GIT_USERNAME", hcl::String("x-access-token"), container);
    AddSecretEnv("ENVBUILDER_GIT_PASSWORD", grant, container);
    break;
  }
  AddEnv("ENVBUILDER_DEVCONTAINER_DIR", hcl::String(profile.deployment.devcontainer_dir),
         container);
  AddEnv("ENVBUILDER_WORKSPACE_FOLDER", hcl::String(StrCat(task::kWorkspacesRoot, "/.toolchain")),
         container);
  AddEnv("ENVBUILDER_EXIT_ON_BUILD_FAILURE", hcl::String("true"), container);
}

struct Mount {
  std::string name;
  std::string path;
};

// Writable places; everything else is the image, which is read-only without a builder.
std::vector<Mount> Mounts(const task::Profile& profile) {
  std::vector<Mount> mounts = {{"workspaces", std::string(task::kWorkspacesRoot)}};
  if (!IsEnvbuilder(profile)) {
    mounts.push_back({"home", "/home/task"});
    mounts.push_back({"tmp", "/tmp"});
  }
  return mounts;
}

Body Container(const task::Profile& profile) {
  Body container;
  container.Attribute("name", hcl::String("task"));
  container.Attribute("image", hcl::String(profile.deployment.image));
  container.Attribute("image_pull_policy", hcl::String("IfNotPresent"));
  if (!IsEnvbuilder(profile)) {
    container.Attribute(
        "command", hcl::Tuple({hcl::String("sh"), hcl::String("-c"), AgentValue("init_script")}));
  }
  AddEnv("CODER_AGENT_TOKEN", AgentValue("token"), &container);
  AddEnv("CODER_AGENT_URL", hcl::Ref("data.coder_workspace.me.access_url"), &container);
  if (IsEnvbuilder(profile)) {
    AddBuilderEnv(profile, &container);
  } else {
    AddEnv("HOME", hcl::String("/home/task"), &container);
  }
  for (const task::SecretGrant& grant : profile.contract.secrets) {
    // What can push stays out of the container in which the command runs.
    if (!GrantedFor(grant, task::Phase::kPr)) AddSecretEnv(grant.env, grant, &container);
  }
  container.BlankLine().Block("resources", Resources(profile.deployment));
  container.BlankLine().Block("security_context", ContainerSecurity(profile));
  for (const Mount& mount : Mounts(profile)) {
    Body body;
    body.Attribute("name", hcl::String(mount.name))
        .Attribute("mount_path", hcl::String(mount.path));
    container.BlankLine().Block("volume_mount", body);
  }
  return container;
}

void AddScheduling(const Deployment& deployment, Body* spec) {
  std::vector<hcl::Member> selector = {{"kubernetes.io/arch", hcl::String(deployment.arch)},
                                       {"kubernetes.io/os", hcl::String("linux")}};
  for (const auto& [key, value] : deployment.node_selector) {
    if (key != "kubernetes.io/os") selector.emplace_back(key, hcl::String(value));
  }
  spec->BlankLine().Attribute("node_selector", hcl::Object(std::move(selector)));
  for (const Deployment::Toleration& toleration : deployment.tolerations) {
    Body body;
    body.Attribute("key", hcl::String(toleration.key));
    body.Attribute("operator", hcl::String("Equal"));
    body.Attribute("value", hcl::String(toleration.value));
    body.Attribute("effect", hcl::String(toleration.effect));
    spec->BlankLine().Block("toleration", body);
  }
}

Body Spec(const task::Profile& profile) {
  const Deployment& deployment = profile.deployment;
  Body spec;
  spec.Attribute("restart_policy", hcl::String("Never"));
  spec.Attribute("active_deadline_seconds", hcl::Ref("data.coder_parameter.ttl.value"));
  spec.Attribute("termination_grace_period_seconds", hcl::Number(30));
  spec.Attribute("service_account_name", hcl::String(deployment.service_account));
  spec.Attribute("automount_service_account_token", hcl::Bool(NeedsClusterToken(profile)));
  spec.Attribute("enable_service_links", hcl::Bool(false));
  for (const char* shared : {"host_ipc", "host_network", "host_pid", "share_process_namespace"}) {
    spec.Attribute(shared, hcl::Bool(false));
  }
  AddScheduling(deployment, &spec);
  spec.BlankLine().Block("security_context", PodSecurity(profile));
  spec.BlankLine().Block("container", Container(profile));
  for (const Mount& mount : Mounts(profile)) {
    Body volume;
    volume.Attribute("name", hcl::String(mount.name)).BlankLine();
    volume.Block("empty_dir", Body().Attribute("size_limit", hcl::String(deployment.storage)));
    spec.BlankLine().Block("volume", volume);
  }
  return spec;
}

Body Pod(const task::Profile& profile) {
  Body pod;
  pod.Attribute("count", hcl::Ref("data.coder_workspace.me.start_count"));
  pod.BlankLine();
  pod.Comment(
      "Do not wait here: a slow image pull, or a task that ends at once, is no failed build.");
  pod.Attribute("target_state", hcl::Strings({"Pending", "Running", "Succeeded", "Failed"}));
  pod.BlankLine();
  pod.Block("metadata", Metadata(profile)).BlankLine();
  pod.Block("spec", Spec(profile));
  return pod;
}

Body Details(const task::Profile& profile) {
  const auto item = [](std::string_view key, hcl::Expr value) {
    return Body().Attribute("key", hcl::String(key)).Attribute("value", std::move(value));
  };
  Body details;
  details.Attribute("count", hcl::Ref("data.coder_workspace.me.start_count"));
  details.Attribute("resource_id", hcl::Ref("kubernetes_pod_v1.task.0.id"));
  details.BlankLine();
  details.Block("item", item("profile", hcl::String(profile.contract.name))).BlankLine();
  details.Block("item", item("work id", hcl::Ref("data.coder_parameter.work_id.value")))
      .BlankLine();
  details.Block("item", item("deadline in seconds", hcl::Ref("data.coder_parameter.ttl.value")));
  return details;
}

}  // namespace

std::string PodTf(const task::Profile& profile) {
  Body file;
  file.Comment(kMadeBy).BlankLine();
  file.Block("resource", {"kubernetes_pod_v1", "task"}, Pod(profile)).BlankLine();
  file.Block("resource", {"coder_metadata", "task"}, Details(profile));
  return hcl::Print(file);
}

}  // namespace ameide::generator
