#include "generator/render/main_tf.h"

#include "generator/hcl/body.h"
#include "generator/render/names.h"

namespace ameide::generator {
namespace {

using hcl::Body;

Body Requirements() {
  const auto provider = [](std::string_view source, std::string_view version) {
    return hcl::Object({{"source", hcl::String(source)}, {"version", hcl::String(version)}});
  };
  Body providers;
  // The bounds of what the template was checked with.
  providers.Attribute("coder", provider("coder/coder", ">= 2.13.0, < 3.0.0"));
  providers.Attribute("kubernetes", provider("hashicorp/kubernetes", ">= 2.36.0, < 4.0.0"));
  Body terraform;
  terraform.Attribute("required_version", hcl::String(">= 1.9.0"));
  terraform.Block("required_providers", providers);
  return terraform;
}

hcl::Expr FileInBase64(std::string_view name) {
  return hcl::Call("filebase64",
                   {hcl::Template({hcl::Ref("path.module"), hcl::String(StrCat("/", name))})});
}

Body Agent(const task::Profile& profile) {
  Body apps;
  for (const char* app :
       {"port_forwarding_helper", "ssh_helper", "vscode", "vscode_insiders", "web_terminal"}) {
    apps.Attribute(app, hcl::Bool(false));
  }
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
  agent.Attribute("env",
                  hcl::Object({{std::string(kEnvKind), hcl::Ref("data.coder_parameter.kind.value")},
                               {std::string(kEnvSpec), hcl::Ref("data.coder_parameter.spec.value")},
                               {std::string(kEnvContract), FileInBase64("task.json")},
                               {std::string(kEnvInstructions), FileInBase64("AGENTS.md")}}));
  agent.BlankLine();
  agent.Block("display_apps", apps);
  return agent;
}

Body Script() {
  Body script;
  script.Attribute("agent_id", hcl::Ref(StrCat("coder_agent.", task::kAgentName, ".id")));
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

}  // namespace

std::string MainTf(const task::Profile& profile) {
  Body file;
  file.Comment(kMadeBy).BlankLine();
  file.Block("terraform", Requirements()).BlankLine();
  file.Block("provider", {"coder"}, {}).BlankLine();
  file.Block("provider", {"kubernetes"}, {}).BlankLine();
  file.Block("data", {"coder_workspace", "me"}, {}).BlankLine();
  file.Block("data", {"coder_workspace_owner", "me"}, {}).BlankLine();
  file.Block("resource", {"coder_agent", std::string(task::kAgentName)}, Agent(profile))
      .BlankLine();
  file.Comment("The only script: scripts of an agent run side by side.");
  file.Block("resource", {"coder_script", "task"}, Script());
  return hcl::Print(file);
}

}  // namespace ameide::generator
