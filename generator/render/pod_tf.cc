#include "generator/render/pod_tf.h"

#include "generator/render/helper_containers.h"
#include "generator/render/names.h"
#include "generator/render/pod_parts.h"

namespace ameide::generator {
namespace {

using hcl::Body;

Posture TaskPosture(const task::Profile& profile) {
  return IsEnvbuilder(profile) ? Posture{"0", true} : Posture{kUser, false};
}

Body Metadata(const task::Profile& profile) {
  Body metadata;
  metadata.Attribute(
      "name", hcl::Template({hcl::String("ameide-task-"), hcl::Ref("data.coder_workspace.me.id")}));
  metadata.Attribute("namespace", hcl::String(profile.deployment.namespace_name));
  metadata.BlankLine();
  metadata.Attribute("labels", PodLabels(profile, "ameide-task"));
  metadata.BlankLine();
  metadata.Attribute(
      "annotations",
      hcl::Object(
          {{"cluster-autoscaler.kubernetes.io/safe-to-evict", hcl::String("false")},
           {std::string(kWorkIdAnnotation), hcl::Ref("data.coder_parameter.work_id.value")}}));
  return metadata;
}

// The toolchain comes from the primary repository's trunk, never from the branch under work: a
// devcontainer.json can read every variable of the pod.
void AddToolchainEnv(const task::Profile& profile, Body* container) {
  const task::SecretGrant* credential = nullptr;
  for (const task::SecretGrant& grant : profile.contract.secrets) {
    if (credential == nullptr && GrantedFor(grant, task::Phase::kCheckout)) credential = &grant;
  }
  AddBuilderEnv(profile, StrCat(task::kWorkspacesRoot, "/.toolchain"), credential, container);
}

// Writable places are the workspaces and, where the image itself is read-only, home and /tmp. The
// program's folder is mounted by itself, not its parent, which anybody may write to.
void AddTaskMounts(const task::Profile& profile, Body* container) {
  const bool envbuilder = IsEnvbuilder(profile);
  AddMount({kWorkspacesVolume, std::string(task::kWorkspacesRoot)}, container);
  // An image builder without privileges cannot take read-only mounts outside /var/run.
  AddMount({kProgramVolume, std::string(task::kAgentProgramFolder), !envbuilder, "bin"}, container);
  if (HasPublisher(profile)) {
    AddMount({kPublicationVolume, std::string(task::kPublicationFolder), true}, container);
  }
  if (envbuilder) return;
  AddMount({"home", "/home/task"}, container);
  AddMount({"tmp", "/tmp"}, container);
}

Body TaskContainer(const task::Profile& profile) {
  Body container;
  container.Attribute("name", hcl::String(kTaskContainer));
  container.Attribute("image", hcl::String(profile.deployment.image));
  container.Attribute("image_pull_policy", hcl::String("IfNotPresent"));
  if (!IsEnvbuilder(profile)) {
    container.Attribute(
        "command", hcl::Tuple({hcl::String("sh"), hcl::String("-c"), AgentValue("init_script")}));
  }
  AddEnv("CODER_AGENT_TOKEN", AgentValue("token"), &container);
  AddEnv("CODER_AGENT_URL", hcl::Ref("data.coder_workspace.me.access_url"), &container);
  if (IsEnvbuilder(profile)) {
    AddToolchainEnv(profile, &container);
  } else {
    AddEnv("HOME", hcl::String("/home/task"), &container);
  }
  for (const task::SecretGrant& grant : profile.contract.secrets) {
    // What can push stays out of the container in which the command runs.
    if (!GrantedFor(grant, task::Phase::kPr)) AddSecretEnv(grant.env, grant, &container);
  }
  container.BlankLine().Block("resources", Resources(TaskAmounts(profile.deployment)));
  container.BlankLine().Block("security_context", ContainerSecurity(TaskPosture(profile)));
  AddTaskMounts(profile, &container);
  return container;
}

Body Spec(const task::Profile& profile) {
  const task::Deployment& deployment = profile.deployment;
  Body spec;
  spec.Attribute("restart_policy", hcl::String("Never"));
  spec.Attribute("active_deadline_seconds", hcl::Ref("data.coder_parameter.ttl.value"));
  spec.Attribute("termination_grace_period_seconds", hcl::Number(30));
  AddIdentity(deployment.service_account, NeedsClusterToken(profile), &spec);
  AddScheduling(deployment, &spec);
  spec.BlankLine().Block("security_context", PodSecurity(TaskPosture(profile)));
  spec.BlankLine().Comment("Brings ameide-agent, so that no toolchain image has to.");
  spec.Block("init_container", ProgramContainer(profile));
  spec.BlankLine().Block("container", TaskContainer(profile));
  if (HasPublisher(profile)) {
    spec.BlankLine().Comment(
        "Pushes what a signed order names, after checking it again; no command of the task runs "
        "here.");
    spec.Block("container", PublisherContainer(profile));
  }
  const std::string storage = TaskAmounts(deployment).storage;
  AddEmptyDir(kWorkspacesVolume, storage, &spec);
  if (!IsEnvbuilder(profile)) {
    AddEmptyDir("home", storage, &spec);
    AddEmptyDir("tmp", storage, &spec);
  }
  AddHelperVolumes(profile, &spec);
  return spec;
}

}  // namespace

std::string PodTf(const task::Profile& profile) {
  Body pod;
  pod.Attribute("count", hcl::Ref("data.coder_workspace.me.start_count"));
  pod.BlankLine();
  pod.Comment(
      "Do not wait here: a slow image pull, or a task that ends at once, is no failed build.");
  pod.Attribute("target_state", hcl::Strings({"Pending", "Running", "Succeeded", "Failed"}));
  pod.BlankLine();
  pod.Block("metadata", Metadata(profile)).BlankLine();
  pod.Block("spec", Spec(profile));
  Body file;
  file.Comment(kMadeBy).BlankLine();
  file.Block("resource", {"kubernetes_pod_v1", "task"}, std::move(pod));
  return hcl::Print(file);
}

}  // namespace ameide::generator
