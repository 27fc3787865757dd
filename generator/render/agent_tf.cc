#include "generator/render/agent_tf.h"

#include "generator/render/executor_files.h"
#include "generator/render/names.h"
#include "generator/render/pod_parts.h"

namespace ameide::generator {
namespace {

using hcl::Body;

Body NoApps() {
  Body apps;
  for (const char* app :
       {"port_forwarding_helper", "ssh_helper", "vscode", "vscode_insiders", "web_terminal"}) {
    apps.Attribute(app, hcl::Bool(false));
  }
  return apps;
}

hcl::Expr Environment(const task::Profile& profile) {
  std::vector<hcl::Member> env = {
      {std::string(kEnvKind), hcl::Ref("data.coder_parameter.kind.value")},
      {std::string(kEnvSpec), hcl::Ref("data.coder_parameter.spec.value")},
      {std::string(kEnvContract), FileInBase64("task.json")},
      {std::string(kEnvInstructions), FileInBase64("AGENTS.md")},
      {std::string(kEnvEvidencePort), hcl::String(std::to_string(task::kEvidencePort))}};
  const auto& executor = profile.contract.executor;
  if (executor) {
    env.emplace_back(kEnvMcp, FileInBase64(kMcpFile));
    env.emplace_back(kEnvCodex, FileInBase64(kCodexFile));
    env.emplace_back(executor->endpoint_env, hcl::Ref(StrCat("var.", kVariableExecutorUrl)));
  }
  if (!profile.deployment.environment_namespace.empty()) {
    env.emplace_back(kEnvNamespace, hcl::String(profile.deployment.environment_namespace));
  }
  return hcl::Object(std::move(env));
}

Body Agent(const task::Profile& profile) {
  Body agent;
  agent.Attribute("os", hcl::String("linux"));
  agent.Attribute("arch", hcl::String(profile.deployment.arch));
  agent.BlankLine();
  agent.Comment("The task has credentials of its own; the owner's stay out of its reach.");
  agent.Attribute("api_key_scope", hcl::String("no_user_data"));
  agent.BlankLine();
  agent.Comment("Seconds. The image is pulled, and perhaps built, before the agent connects.");
  agent.Attribute("connection_timeout", hcl::Number(Seconds(profile.contract.timeouts.readiness)));
  agent.BlankLine();
  agent.Comment("In base64, because the agent expands $NAME in these values.");
  agent.Attribute("env", Environment(profile));
  agent.BlankLine();
  agent.Block("display_apps", NoApps());
  return agent;
}

Body Script() {
  Body script;
  script.Attribute("agent_id", AgentValue("id"));
  script.Attribute("display_name", hcl::String(task::kScriptDisplayName));
  script.Attribute("icon", hcl::String("/icon/terminal.svg"));
  script.Attribute("run_on_start", hcl::Bool(true));
  script.Attribute(
      "script",
      hcl::Call("file", {hcl::Template({hcl::Ref("path.module"), hcl::String("/task.sh")})}));
  script.BlankLine();
  script.Comment("Ends before the pod does, so that evidence can still be written.");
  script.Attribute("timeout", hcl::Operation(hcl::Ref("data.coder_parameter.ttl.value"), "-",
                                             hcl::Number(task::kTtlReserveSeconds)));
  return script;
}

Body EvidenceApp() {
  const std::string origin = StrCat("http://localhost:", task::kEvidencePort, "/");
  Body check;
  check.Attribute("url", hcl::String(StrCat(origin, "health")));
  check.Attribute("interval", hcl::Number(5)).Attribute("threshold", hcl::Number(1));
  Body app;
  app.Attribute("agent_id", AgentValue("id"));
  app.Attribute("slug", hcl::String(task::kEvidenceAppSlug));
  app.Attribute("display_name", hcl::String("Ameide evidence"));
  app.Attribute("icon", hcl::String("/icon/folder.svg"));
  app.Attribute("url", hcl::String(origin));
  app.Attribute("subdomain", hcl::Bool(false));
  app.Attribute("share", hcl::String("owner"));
  app.BlankLine();
  app.Block("healthcheck", std::move(check));
  return app;
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

std::string AgentTf(const task::Profile& profile) {
  Body file;
  file.Comment(kMadeBy).BlankLine();
  file.Block("resource", {"coder_agent", std::string(task::kAgentName)}, Agent(profile))
      .BlankLine();
  file.Comment("The only script: scripts of an agent run side by side.");
  file.Block("resource", {"coder_script", "task"}, Script()).BlankLine();
  file.Comment("Healthy once the evidence is sealed; its answers are read-only.");
  file.Block("resource", {"coder_app", "evidence"}, EvidenceApp()).BlankLine();
  file.Block("resource", {"coder_metadata", "task"}, Details(profile));
  return hcl::Print(file);
}

}  // namespace ameide::generator
