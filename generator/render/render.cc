#include "generator/render/render.h"

#include "generator/render/agent_tf.h"
#include "generator/render/cluster_yaml.h"
#include "generator/render/executor_files.h"
#include "generator/render/human_tf.h"
#include "generator/render/main_tf.h"
#include "generator/render/names.h"
#include "generator/render/parameters_tf.h"
#include "generator/render/pod_tf.h"
#include "generator/render/readme.h"
#include "generator/render/task_script.h"
#include "generator/render/tftest.h"
#include "generator/render/variables_tf.h"

namespace ameide::generator {

FileSet Render(const task::Profile& profile) {
  FileSet files = ClusterYaml(TaskCluster(profile));
  files["AGENTS.md"] = task::AgentsMd(profile);
  files["README.md"] = Readme(profile);
  files["agent.tf"] = AgentTf(profile);
  files["main.tf"] = MainTf();
  files["parameters.tf"] = ParametersTf(profile);
  files["pod.tf"] = PodTf(profile);
  files["task.json"] = task::ToJson(profile.contract).DumpPretty();
  files["task.sh"] = TaskScript(profile);
  files["variables.tf"] = VariablesTf(profile);
  files[StrCat("tests/", profile.contract.name, ".tftest.hcl")] = TaskTest(profile);
  if (profile.contract.executor) {
    files["AGENTS.md"] += ExecutorSection(*profile.contract.executor);
    files[std::string(kMcpFile)] = McpJson(profile);
    files[std::string(kCodexFile)] = CodexToml(profile);
  }
  return files;
}

std::map<std::string, FileSet> RenderTemplates(const task::Profile& profile) {
  std::map<std::string, FileSet> templates = {{profile.contract.name, Render(profile)}};
  if (profile.human) templates.emplace(HumanName(profile), RenderHuman(profile));
  return templates;
}

}  // namespace ameide::generator
