#include "generator/render/human_tf.h"

#include "generator/render/cluster_yaml.h"
#include "generator/render/main_tf.h"
#include "generator/render/names.h"
#include "generator/render/pod_parts.h"
#include "generator/render/readme.h"
#include "generator/render/tftest.h"

namespace ameide::generator {
namespace {

using hcl::Body;

constexpr std::string_view kExternalAuth = "git";

bool Offers(const task::Profile& profile, std::string_view app) {
  const auto& apps = profile.human->apps;
  return std::find(apps.begin(), apps.end(), app) != apps.end();
}

Body DisplayApps(const task::Profile& profile) {
  Body apps;
  for (const char* app : {"port_forwarding_helper", "ssh_helper", "vscode", "vscode_insiders"}) {
    apps.Attribute(app, hcl::Bool(false));
  }
  return apps.Attribute("web_terminal", hcl::Bool(Offers(profile, "terminal")));
}

Body Agent(const task::Profile& profile) {
  std::vector<hcl::Member> env = {{std::string(kEnvInstructions), FileInBase64("AGENTS.md")}};
  if (!profile.deployment.environment_namespace.empty()) {
    env.emplace_back(kEnvNamespace, hcl::String(profile.deployment.environment_namespace));
  }
  Body agent;
  agent.Attribute("os", hcl::String("linux"));
  agent.Attribute("arch", hcl::String(profile.deployment.arch));
  agent.BlankLine();
  agent.Comment("Seconds. The image is pulled, and perhaps built, before the agent connects.");
  agent.Attribute("connection_timeout", hcl::Number(Seconds(profile.contract.timeouts.readiness)));
  agent.BlankLine();
  agent.Attribute("env", hcl::Object(std::move(env)));
  agent.BlankLine();
  agent.Block("display_apps", DisplayApps(profile));
  return agent;
}

Body Script() {
  Body script;
  script.Attribute("agent_id", AgentValue("id"));
  script.Attribute("display_name", hcl::String("Workspace"));
  script.Attribute("icon", hcl::String("/icon/terminal.svg"));
  script.Attribute("run_on_start", hcl::Bool(true));
  script.Attribute(
      "script",
      hcl::Call("file", {hcl::Template({hcl::Ref("path.module"), hcl::String("/human.sh")})}));
  return script;
}

Body EditorApp(const task::Profile& profile) {
  Body check;
  check.Attribute("url", hcl::String("http://localhost:13337/healthz"));
  check.Attribute("interval", hcl::Number(5)).Attribute("threshold", hcl::Number(6));
  Body app;
  app.Attribute("agent_id", AgentValue("id"));
  app.Attribute("slug", hcl::String("code-server"));
  app.Attribute("display_name", hcl::String("VS Code"));
  app.Attribute("icon", hcl::String("/icon/code.svg"));
  app.Attribute("url", hcl::String(StrCat(
                           "http://localhost:13337/?folder=", WorkspaceFolder(profile), "/repo")));
  app.Attribute("subdomain", hcl::Bool(false));
  app.Attribute("share", hcl::String("owner"));
  app.BlankLine();
  app.Block("healthcheck", std::move(check));
  return app;
}

std::string AgentTf(const task::Profile& profile) {
  Body file;
  file.Comment(kMadeBy).BlankLine();
  if (!profile.human->external_auth.empty()) {
    file.Comment("Git asks Coder for the person's own credential.");
    file.Block("data", {"coder_external_auth", std::string(kExternalAuth)},
               Body().Attribute("id", hcl::String(profile.human->external_auth)));
    file.BlankLine();
  }
  file.Block("resource", {"coder_agent", std::string(task::kAgentName)}, Agent(profile));
  file.BlankLine().Block("resource", {"coder_script", "workspace"}, Script());
  if (Offers(profile, "code-server")) {
    file.BlankLine().Block("resource", {"coder_app", "editor"}, EditorApp(profile));
  }
  return hcl::Print(file);
}

hcl::Expr ObjectName() {
  return hcl::Template({hcl::String("ameide-human-"), hcl::Ref("data.coder_workspace.me.id")});
}

Body Metadata(const task::Profile& profile) {
  Body metadata;
  metadata.Attribute("name", ObjectName());
  metadata.Attribute("namespace", hcl::String(profile.human->namespace_name));
  metadata.BlankLine();
  return metadata.Attribute("labels", PodLabels(profile, "ameide-human"));
}

// A disk of the workspace's own. It has no count: a stop keeps it, a deletion does not.
Body Disk(const task::Profile& profile) {
  Body resources;
  resources.Attribute(
      "requests", hcl::Object({{"storage", hcl::String(TaskAmounts(profile.deployment).storage)}}));
  Body spec;
  spec.Attribute("access_modes", hcl::Strings({"ReadWriteOnce"})).BlankLine();
  spec.Block("resources", std::move(resources));
  Body disk;
  disk.Comment("Some storage classes bind only when a pod wants the disk.");
  disk.Attribute("wait_until_bound", hcl::Bool(false)).BlankLine();
  disk.Block("metadata", Metadata(profile)).BlankLine();
  disk.Block("spec", std::move(spec));
  return disk;
}

// The Secret that clones for tasks may clone for the builder here, too, if people are granted it.
const task::SecretGrant* BuilderCredential(const task::Profile& profile) {
  for (const task::SecretGrant& grant : profile.contract.secrets) {
    if (!GrantedFor(grant, task::Phase::kCheckout)) continue;
    for (const task::SecretGrant& own : profile.human->secrets) {
      if (own.secret == grant.secret && own.key == grant.key) return &own;
    }
  }
  return nullptr;
}

Body Container(const task::Profile& profile, const Posture& posture) {
  Body container;
  container.Attribute("name", hcl::String(kTaskContainer));
  container.Attribute("image", hcl::String(profile.deployment.image));
  container.Attribute("image_pull_policy", hcl::String("IfNotPresent"));
  if (!posture.builder) {
    container.Attribute(
        "command", hcl::Tuple({hcl::String("sh"), hcl::String("-c"), AgentValue("init_script")}));
  }
  AddEnv("CODER_AGENT_TOKEN", AgentValue("token"), &container);
  AddEnv("CODER_AGENT_URL", hcl::Ref("data.coder_workspace.me.access_url"), &container);
  if (posture.builder) {
    AddBuilderEnv(profile, StrCat(WorkspaceFolder(profile), "/repo"), BuilderCredential(profile),
                  &container);
  } else {
    AddEnv("HOME", hcl::String(StrCat(task::kWorkspacesRoot, "/.home")), &container);
  }
  for (const task::SecretGrant& grant : profile.human->secrets) {
    AddSecretEnv(grant.env, grant, &container);
  }
  container.BlankLine().Block("resources", Resources(TaskAmounts(profile.deployment)));
  container.BlankLine().Block("security_context", ContainerSecurity(posture));
  AddMount({kWorkspacesVolume, std::string(task::kWorkspacesRoot)}, &container);
  if (!posture.builder) AddMount({"tmp", "/tmp"}, &container);
  return container;
}

Body Spec(const task::Profile& profile) {
  const Posture posture = IsEnvbuilder(profile) ? Posture{"0", true} : Posture{kUser, false};
  Body security = PodSecurity(posture);
  // The disk belongs to root; an image builder's user must not get root's groups.
  if (!posture.builder) security.Attribute("fs_group", hcl::String(kUser));
  Body claim;
  claim.Attribute("claim_name", hcl::Ref("kubernetes_persistent_volume_claim_v1.workspaces"
                                         ".metadata.0.name"));
  Body volume;
  volume.Attribute("name", hcl::String(kWorkspacesVolume)).BlankLine();
  volume.Block("persistent_volume_claim", std::move(claim));
  Body spec;
  spec.Attribute("restart_policy", hcl::String("Always"));
  spec.Attribute("termination_grace_period_seconds", hcl::Number(30));
  AddIdentity(profile.human->service_account, false, &spec);
  AddScheduling(profile.deployment, &spec);
  spec.BlankLine().Block("security_context", std::move(security));
  spec.BlankLine().Block("container", Container(profile, posture));
  spec.BlankLine().Block("volume", std::move(volume));
  if (!posture.builder) AddEmptyDir("tmp", TaskAmounts(profile.deployment).storage, &spec);
  return spec;
}

std::string PodTf(const task::Profile& profile) {
  Body pod;
  pod.Attribute("count", hcl::Ref("data.coder_workspace.me.start_count"));
  pod.BlankLine().Comment("Do not wait here: a slow image pull is no failed build.");
  pod.Attribute("target_state", hcl::Strings({"Pending", "Running", "Succeeded", "Failed"}));
  pod.BlankLine();
  pod.Block("metadata", Metadata(profile)).BlankLine();
  pod.Block("spec", Spec(profile));
  Body file;
  file.Comment(kMadeBy).BlankLine();
  file.Block("resource", {"kubernetes_pod_v1", "workspace"}, std::move(pod)).BlankLine();
  file.Block("resource", {"kubernetes_persistent_volume_claim_v1", "workspaces"}, Disk(profile));
  return hcl::Print(file);
}

}  // namespace

std::string HumanName(const task::Profile& profile) {
  return StrCat(profile.contract.name, "-human");
}

FileSet RenderHuman(const task::Profile& profile) {
  FileSet files = ClusterYaml(HumanCluster(profile));
  files["AGENTS.md"] = task::AgentsMd(profile);
  files["README.md"] = HumanReadme(profile);
  files["agent.tf"] = AgentTf(profile);
  files["human.sh"] = HumanScript(profile);
  files["main.tf"] = MainTf();
  files["pod.tf"] = PodTf(profile);
  files[StrCat("tests/", HumanName(profile), ".tftest.hcl")] = HumanTest(profile);
  return files;
}

}  // namespace ameide::generator
