#include "generator/render/render.h"

#include "generator/render/cluster_yaml.h"
#include "generator/render/main_tf.h"
#include "generator/render/parameters_tf.h"
#include "generator/render/pod_tf.h"
#include "generator/render/readme.h"
#include "generator/render/task_script.h"

namespace ameide::generator {

FileSet Render(const task::Profile& profile) {
  FileSet files = ClusterYaml(profile);
  files["AGENTS.md"] = task::AgentsMd(profile);
  files["README.md"] = Readme(profile);
  files["main.tf"] = MainTf(profile);
  files["parameters.tf"] = ParametersTf(profile);
  files["pod.tf"] = PodTf(profile);
  files["task.json"] = task::ToJson(profile.contract).DumpPretty();
  files["task.sh"] = TaskScript(profile);
  return files;
}

}  // namespace ameide::generator
