#include "generator/render/readme.h"

#include "generator/render/names.h"
#include "generator/render/yaml_print.h"

namespace ameide::generator {
namespace {

std::string FrontMatter(const task::Profile& profile) {
  return StrCat(
      "---\n",
      ToYaml(Json::Object{{"display_name", profile.display_name},
                          {"description", profile.description},
                          {"icon", profile.icon},
                          {"tags", Json::Array{"ameide", "task", profile.contract.name}}}),
      "---\n");
}

std::string Secrets(const task::Profile& profile) {
  if (profile.contract.secrets.empty()) return "None.\n";
  std::string out = "| Secret | Key | Variable | Phases |\n| --- | --- | --- | --- |\n";
  for (const task::SecretGrant& grant : profile.contract.secrets) {
    std::vector<std::string> phases;
    for (const task::Phase phase : grant.phases) phases.emplace_back(task::ToString(phase));
    StrAppend(&out, "| `", grant.secret, "` | `", grant.key, "` | `", grant.env, "` | ",
              StrJoin(phases, ", "), " |\n");
  }
  return out;
}

}  // namespace

std::string Readme(const task::Profile& profile) {
  const task::Deployment& deployment = profile.deployment;
  std::string out = StrCat(FrontMatter(profile), "\n# ", profile.display_name, "\n\n",
                           profile.description, "\n\n");
  StrAppend(
      &out,
      "A workspace of this template runs one task once and is then destroyed. Launchers create "
      "it; it is not made for working in. ",
      kMadeBy, "\n\n");
  StrAppend(
      &out, "## Before the first task\n\n",
      "1. Let the platform team apply `cluster/`: it makes the namespace `",
      deployment.namespace_name,
      "` with its ServiceAccount, network policy, limits and admission policy, and lets `",
      deployment.provisioner_service_account, "` of `", deployment.provisioner_namespace,
      "` create pods there, and nothing else.\n", "2. Put the Secrets below into that namespace.\n",
      "3. Push this folder: `coder templates push ameide-", profile.contract.name, " -d .`\n\n");
  StrAppend(&out, "The image must have `ameide-agent`, `base64` and Git on its PATH");
  StrAppend(&out,
            deployment.builder == task::Deployment::Builder::kEnvbuilder
                ? StrCat(", and `", deployment.devcontainer_dir,
                         "/devcontainer.json` of the repository must set `containerUser`.\n\n")
                : StrCat(" and run as user 1000.\n\n"));
  StrAppend(&out, "## Secrets\n\nBy name only; their values are in no file here.\n\n",
            Secrets(profile));
  StrAppend(&out, "\n## Limits\n\n", "- Time: ", FormatDuration(profile.contract.default_ttl),
            " by default, at most ", FormatDuration(profile.contract.max_ttl),
            ", counted from the pod's start.\n", "- Size: ", deployment.cpu, " CPU, ",
            deployment.memory, " memory, ", deployment.storage, " disk.\n",
            "- Risk tier: ", profile.risk_tier, ".\n");
  return out;
}

}  // namespace ameide::generator
