#include "generator/render/human_tf.h"
#include "generator/render/names.h"
#include "generator/render/readme.h"
#include "generator/render/readme_parts.h"

namespace ameide::generator {
namespace {

std::string Secrets(const task::HumanMode& human) {
  if (human.secrets.empty()) return "None; Git asks Coder for your own credential.\n\n";
  std::vector<std::vector<std::string>> rows;
  for (const task::SecretGrant& grant : human.secrets) {
    rows.push_back(
        {StrCat("`", grant.secret, "`"), StrCat("`", grant.key, "`"), StrCat("`", grant.env, "`")});
  }
  return StrCat("By name only; their values are in no file here.\n\n",
                Table({"Secret", "Key", "Variable"}, rows), "\n");
}

}  // namespace

std::string HumanReadme(const task::Profile& profile) {
  const task::HumanMode& human = *profile.human;
  const bool external = !human.external_auth.empty();
  return StrCat(
      ReadmeHead(profile, " workspace", "workspace"), "## Prerequisites\n\n", CommonNeeds(),
      "- The namespace `", human.namespace_name,
      "` with what bounds it: the platform team applies `cluster/` once.\n",
      external ? StrCat("- [External authentication](https://coder.com/docs/admin/external-auth) "
                        "with the id `",
                        human.external_auth, "` in Coder.\n")
               : "",
      ImageNeeds(profile), "\n## Architecture\n\n",
      "A workspace for a person: the same image, toolchain and checkout as the tasks of the "
      "profile `",
      profile.contract.name,
      "`, but another identity and another namespace. It has no task script, takes no task, and "
      "holds none of the automation's credentials. ",
      kMadeBy,
      "\n\n```mermaid\nflowchart LR\n  person[Person] -->|editor, terminal| coder[Coder]\n"
      "  coder -->|creates| pod[Pod]\n  pod -->|as the person| git[Git host]\n"
      "  pod --- disk[Persistent volume claim]\n```\n\n",
      Table({"Resource", "Count", "Lives"},
            {{"Pod", "1",
              StrCat("while the workspace runs; ", AmountsText(TaskAmounts(profile.deployment)))},
             {"Persistent volume claim", "1", "as long as the workspace exists"}}),
      "\n## Usage\n\nWhere `templates/` and the profiles are; the push takes the profile's "
      "template "
      "for tasks along:\n\n```sh\nkubectl apply -f templates/",
      HumanName(profile), "/cluster/\nameide-templates push ", profile.contract.name,
      " --profiles profiles \\\n  --variable ", task::kVariableAgentImage,
      "=registry.example.com/ameide-agent@sha256:…\n```\n\n",
      "Or this folder alone, with Coder's own program:\n\n```sh\ncoder templates push ameide-",
      HumanName(profile), " -d .\ncoder templates edit ameide-", HumanName(profile),
      " --default-ttl ", FormatDuration(human.ttl), "\n```\n\n", "The checkout is in `",
      WorkspaceFolder(profile), "/repo`; apps: ", StrJoin(human.apps, ", "),
      ".\n\n## Parameters\n\nNone.\n\n## Secrets\n\n", Secrets(human),
      NetworkSection(profile, "`deploy.image` in the profile"), "## What is persistent\n\n`",
      task::kWorkspacesRoot,
      "` outlives a stop and goes with the workspace. Everything else is made anew at each "
      "start.\n\n## Cost and permissions\n\n- Coder stops a workspace that nobody used for ",
      FormatDuration(human.ttl), ", which the push sets as the template's default.\n",
      "- Size: ", AmountsText(TaskAmounts(profile.deployment)), ", and a disk of ",
      TaskAmounts(profile.deployment).storage,
      " that is paid for while the workspace is stopped, too.\n", "- ServiceAccount `",
      human.service_account, "`, bound to no role and without a token.\n\n",
      "## Troubleshooting\n\n",
      Table({"What is seen", "What it means"},
            {{"The editor does not open",
              "`code-server` is not in the image; the script's log says "
              "so."},
             {"Git asks for a password", "Sign in to Coder's external authentication first."},
             {"The build ends with `denied the request: ValidatingAdmissionPolicy`",
              "`cluster/` is of another version. Render both again."}}));
}

}  // namespace ameide::generator
