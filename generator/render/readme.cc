#include "generator/render/readme.h"

#include "generator/render/executor_files.h"
#include "generator/render/names.h"
#include "generator/render/readme_parts.h"

namespace ameide::generator {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string Code(std::string_view text) { return StrCat("`", text, "`"); }

std::string Prerequisites(const task::Profile& profile) {
  std::string out = StrCat(
      "## Prerequisites\n\n", CommonNeeds(), "- The namespace ",
      Code(profile.deployment.namespace_name),
      " with what bounds it: the platform team applies `cluster/` once.\n",
      "- The Secrets below in that namespace.\n",
      "- The image of the agent program, pushed to a registry that the cluster can pull from and "
      "named by digest in the variable ",
      Code(task::kVariableAgentImage), ".\n", ImageNeeds(profile));
  if (profile.contract.executor) {
    StrAppend(&out, "- The executor's service, reachable from the pod by mutual TLS.\n");
  }
  return out + "\n";
}

std::string Diagram(const task::Profile& profile) {
  std::string out =
      "```mermaid\nflowchart LR\n"
      "  launcher[Launcher] -->|parameters| coder[Coder]\n"
      "  coder -->|creates| pod\n"
      "  subgraph pod [Pod, one per task]\n"
      "    program[agent-program, init] --> task[task]\n";
  if (HasPublisher(profile)) {
    out += "    task -->|workspaces, read-only| publisher[publisher]\n";
  }
  out +=
      "  end\n"
      "  task -->|evidence| launcher\n"
      "  task -->|clone| git[Git host]\n";
  if (HasPublisher(profile)) {
    out +=
        "  launcher -->|signed order| publisher\n"
        "  publisher -->|branch and pull request| git\n";
  }
  if (profile.contract.executor) out += "  task -->|closed list of tools| executor[Executor]\n";
  return out + "```\n\n";
}

std::string Architecture(const task::Profile& profile) {
  const task::Deployment& deployment = profile.deployment;
  Rows rows = {{"Pod", "1", "all below, one deadline, no restart"},
               {Code(kProgramContainer), "1 init container",
                StrCat(AmountsText(InstallerAmounts()), "; copies the agent program")},
               {Code(kTaskContainer), "1 container",
                StrCat(AmountsText(TaskAmounts(deployment)), "; checkout and command")}};
  if (HasPublisher(profile)) {
    rows.push_back({Code(kPublisherContainer), "1 container",
                    StrCat(AmountsText(PublisherAmounts()), "; alone holds what can push")});
  }
  return StrCat("## Architecture\n\n",
                "A workspace of this template runs one task once and is then destroyed. Launchers "
                "create it; it is not made for working in. ",
                kMadeBy, "\n\n", Diagram(profile), Table({"Resource", "Count", "What it is"}, rows),
                "\n",
                IsEnvbuilder(profile)
                    ? "The builder starts as root with seven capabilities, so the namespace "
                      "enforces `baseline`; the command itself runs without any. "
                    : "No container is root or has a capability; the namespace enforces "
                      "`restricted`. ",
                "Nothing is privileged, there is no Docker socket, and the network is closed but "
                "for DNS and what the profile names.\n\n");
}

std::string Usage(const task::Profile& profile) {
  return StrCat(
      "## Usage\n\n", "1. Apply the cluster's side: `kubectl apply -f cluster/`.\n",
      "2. Put the Secrets into the namespace, by whatever fills Secrets there.\n",
      "3. Push the template with the agent program's image, where `templates/` and the profiles "
      "are:\n\n",
      "```sh\nameide-templates push ", profile.contract.name,
      " --profiles profiles \\\n  --variable ", task::kVariableAgentImage,
      "=registry.example.com/ameide-agent@sha256:…\n```\n\n",
      "That checks the folder first and sets the template's default time to live. Without "
      "`ameide-templates`, `coder templates push ameide-",
      profile.contract.name, " -d .` with the same `--variable` uploads this folder as it is.\n\n",
      "Then let the launcher or Terraform create tasks:\n\n",
      "```tf\nresource \"ameide_task\" \"check\" {\n  profile = \"", profile.contract.name,
      "\"\n  repository = {\n    url = \"", profile.contract.repositories.front(),
      "\"\n    ref = \"main\"\n  }\n  command = [\"sh\", \"-c\", \"ameide test\"]\n}\n"
      "```\n\n");
}

std::string Settings(const task::Profile& profile) {
  Rows variables = {{Code(task::kVariableAgentImage), "string",
                     "Image that holds nothing but `/ameide-agent`, by digest.", "the profile's",
                     "no"}};
  if (profile.contract.executor) {
    variables.push_back({Code(kVariableExecutorUrl), "string", "Where the executor's service is.",
                         "empty", "for its tools"});
  }
  const Rows parameters = {
      {Code(task::kParameterWorkId), "string", "The caller's key; one task per key.", "none",
       "yes"},
      {Code(task::kParameterKind), "string", "What the task is for.", "none", "yes"},
      {Code(task::kParameterSpec), "string", "The task specification, JSON in base64.", "none",
       "yes"},
      {Code(task::kParameterTtl), "number",
       StrCat("Seconds until the pod is ended, ", task::kMinTtlSeconds, " to ",
              Seconds(profile.contract.max_ttl), "."),
       std::to_string(Seconds(profile.contract.default_ttl)), "no"},
      {Code(task::kParameterPublishKey), "string",
       "Public key of whoever may order a pull request.", "empty", "no"},
      {Code(task::kParameterInstallation), "string", "Id of the launcher's state folder.", "empty",
       "no"}};
  const std::vector<std::string> head = {"Name", "Type", "Description", "Default", "Required"};
  return StrCat("## Variables\n\nSet when the template is pushed.\n\n", Table(head, variables),
                "\n## Parameters\n\nSet by the launcher for each workspace, and never changed "
                "afterwards.\n\n",
                Table(head, parameters), "\n");
}

std::string Secrets(const task::Profile& profile) {
  std::string out = "## Secrets\n\nBy name only; their values are in no file here.\n\n";
  if (profile.contract.secrets.empty()) return out + "None.\n\n";
  Rows rows;
  for (const task::SecretGrant& grant : profile.contract.secrets) {
    std::vector<std::string> phases;
    for (const task::Phase phase : grant.phases) phases.emplace_back(task::ToString(phase));
    const bool publisher = GrantedFor(grant, task::Phase::kPr);
    rows.push_back({Code(grant.secret), Code(grant.key), Code(grant.env), StrJoin(phases, ", "),
                    Code(publisher ? kPublisherContainer : kTaskContainer)});
  }
  out += Table({"Secret", "Key", "Variable", "Phases", "Container"}, rows);
  return StrCat(out,
                "\nThe agent program hands a command only the secrets of its phase. Coder's agent "
                "in the same container holds them all, so a hostile command could still find "
                "them: give that container nothing that can push or delete.\n\n");
}

std::string ImageNames(const task::Profile& profile) {
  return StrCat(
      Code(task::kVariableAgentImage), " when the template is pushed, ",
      HasPublisher(profile) ? "`deploy.image` and `deploy.publisher_image`" : "`deploy.image`",
      " in the profile");
}

std::string Permissions(const task::Profile& profile) {
  const task::Deployment& deployment = profile.deployment;
  std::string out = StrCat(
      "## Cost and permissions\n\n", "- Time: ", FormatDuration(profile.contract.default_ttl),
      " by default, at most ", FormatDuration(profile.contract.max_ttl),
      ", counted from the pod's start; nothing is left to pay for afterwards.\n",
      "- Size: ", AmountsText(TaskAmounts(deployment)), " for the command");
  if (HasPublisher(profile)) {
    StrAppend(&out, "; ", AmountsText(PublisherAmounts()), " for the publisher");
  }
  StrAppend(&out, ". The cluster's cost is that of such a pod for that time.\n",
            "- Coder: ", Code(deployment.provisioner_service_account), " of ",
            Code(deployment.provisioner_namespace),
            " gets a role that may handle pods in this namespace and read its events, and nothing "
            "else; it cannot read Secrets.\n");
  std::vector<std::string> roles = deployment.roles;
  roles.insert(roles.end(), deployment.environment_roles.begin(),
               deployment.environment_roles.end());
  StrAppend(&out, "- The task: ServiceAccount ", Code(deployment.service_account),
            roles.empty() ? ", bound to no role and without a token.\n"
                          : StrCat(", bound to the predeclared ", StrJoin(roles, ", "), ".\n"),
            "- Risk tier: ", profile.risk_tier, ".\n\n");
  return out;
}

std::string Troubleshooting(const task::Profile& profile) {
  Rows rows = {
      {"The build ends with `denied the request: ValidatingAdmissionPolicy`",
       "The pod was changed, or `cluster/` is of another version. Render both again."},
      {"The build ends with `exceeded quota`",
       "Too many tasks at once, or leftovers: `ameide-launcher sweep`."},
      {"The pod waits in `ImagePullBackOff`",
       StrCat("The digest in ", Code(task::kVariableAgentImage),
              " or in the profile is in no registry that the node can reach.")},
      {"The pod waits in `CreateContainerConfigError`",
       "A Secret or a key of it is missing in the namespace."},
      {"The agent never connects",
       "The image is still being built or pulled, or egress to Coder is closed: a private address "
       "belongs into the profile's egress list."},
      {"The task is refused with exit code 242", "The script's log says why, in one line."}};
  if (HasPublisher(profile)) {
    rows.push_back({"The run succeeds, but no pull request appears",
                    "See the log of the container `publisher`: it says which order it ignored, and "
                    "why."});
  }
  return StrCat("## Troubleshooting\n\n", Table({"What is seen", "What it means"}, rows));
}

}  // namespace

std::string Readme(const task::Profile& profile) {
  return StrCat(ReadmeHead(profile, "", "task"), Prerequisites(profile), Architecture(profile),
                Usage(profile), Settings(profile), Secrets(profile),
                NetworkSection(profile, ImageNames(profile)),
                "## What is persistent\n\nNothing. Every volume is private to the pod and goes "
                "with it; what a run leaves behind is the evidence that the launcher collected",
                HasPublisher(profile) ? " and the pull request that the publisher made" : "",
                ".\n\n", Permissions(profile), Troubleshooting(profile));
}

}  // namespace ameide::generator
