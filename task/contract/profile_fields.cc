#include "task/contract/profile_fields.h"

#include "base/strings.h"
#include "task/contract/executor_fields.h"
#include "task/contract/field_table.h"
#include "task/contract/guardrails.h"
#include "task/contract/template_parameters.h"
#include "task/contract/text_kinds.h"

namespace ameide::task {
namespace {

constexpr int64_t kMinTtl = kMinTtlSeconds * 1000;

// A profile that leaves one of these out would be open by oversight.
Field Axis(Field field) {
  field.missing =
      "is missing; add it, even if it is empty: repositories, guardrails, secrets and cluster are "
      "the four axes that every profile states";
  field.missing_rule = lint::kAxisMissing;
  return field;
}

// NOLINTNEXTLINE(readability-function-size): a table, in the order of the documents.
Fields OwnFields() {
  return {
      Count("version", 1, 1, "1", "of this format"),
      Group("identity", "who the profile is"),
      Text("identity/name", kProfileName, "code",
           "the profile's and its template's name, at most 32 characters"),
      Optional(Text("identity/marker", kDnsLabel, "365fo",
                    "what a repository's `.ameide/agent-profile` says"),
               "the name"),
      Text("identity/display_name", kLine, "Ameide code", "shown by Coder"),
      Text("identity/description", kLine, "Changes services and proves them with tests.",
           "shown by Coder"),
      Text("identity/icon", kLine, "/icon/code.svg", "shown by Coder: a path or an address"),
      Word("identity/risk_tier", {"low", "medium", "high"}, "high", "shown to people"),
      Axis(Group("repositories", "guardrail axis: which repositories are there at all")),
      Text("repositories/primary", kRepository, "https://git.example.com/team/project.git",
           "what tasks work on; also the source of the toolchain"),
      Texts("repositories/allow", kRepository, "[]", "further repositories a task may name"),
      Axis(Group("guardrails", "guardrail axis: what a change may touch")),
      Texts("guardrails/allow_paths", kPathPattern, "[\"services/**\"]",
            "a change must match one; empty: no such limit"),
      Texts("guardrails/deny_paths", kPathPattern, "[\".github/workflows/**\"]",
            "a change must match none; wins over `allow_paths`"),
      Flag("guardrails/allow_gitlinks", "false", "whether submodule pointers may move"),
      Optional(Flag("guardrails/read_only", "true",
                    "nothing may change: as `deny_paths` with `**`, and no pull requests"),
               "false"),
      Optional(Texts("guardrails/promotion_artifacts", kPathPattern, "[\"environments/**\"]",
                     "denied as `deny_paths` are, by a rule of their own: files that say which "
                     "version runs where"),
               "[]"),
      Optional(Texts("guardrails/digest_only", kPathPattern, "[\"environments/**/digests.yaml\"]",
                     "files in which only SHA-256 digests may change"),
               "[]"),
      Optional(Count("guardrails/max_file_bytes", 1, kMaxGuardrailLimit, "5242880",
                     "of a file after the change"),
               "no limit"),
      Optional(
          Count("guardrails/max_changed_files", 1, kMaxGuardrailLimit, "500", "of a task's change"),
          "no limit"),
      Optional(Flag("guardrails/allow_binary", "false", "whether binary files may come or change"),
               "true"),
      Optional(Flag("guardrails/deny_mode_changes", "true",
                    "whether a file that was there must stay what it was: executable or not, file "
                    "or link"),
               "false"),
      Texts("tools", kProgram, "[git, go]", "what a task is told to use"),
      Group("pull_request", "how work is handed over"),
      Flag("pull_request/enabled", "true", "whether a task may end in a pull request"),
      Optional(Text("pull_request/branch_prefix", kBranchPrefix, "agent/",
                    "every branch pushed starts with it; required when enabled")),
      Group("timeouts", "a clock per phase, none above `ttl.max`"),
      Time("timeouts/readiness", 1, "15m",
           "until the workspace's agent program reports; the image is built in it"),
      Time("timeouts/checkout", 1, "5m", "for the clone"),
      Time("timeouts/edit", 1, "45m", "for a command that changes the repository"),
      Time("timeouts/verify", 1, "30m", "for a command that judges it"),
      Time("timeouts/pr", 1, "5m", "for the publisher"),
      Group("ttl", "the hard limit of a task"),
      Time("ttl/default", kMinTtl, "1h", "when a task asks for nothing else"),
      Time("ttl/max", kMinTtl, "2h", "the highest a task may ask for"),
      Group("evidence", "what a run leaves behind besides the standard files"),
      Texts("evidence/paths", kPathPattern, "[\"artifacts/**\"]", "files collected"),
      Texts("evidence/required", kPathPattern, "[\"diagnosis/**\"]",
            "the run fails unless each matches a collected file"),
      Axis(Groups("secrets",
                  "guardrail axis: a Secret's key, by name, as a variable for some phases")),
      Text("secrets/*/env", kVariable, "CLONE_TOKEN", "the variable in the workspace"),
      Text("secrets/*/secret", kDnsName, "gh-auth", "the Secret"),
      Text("secrets/*/key", kSecretKey, "token", "the key inside it"),
      Words("secrets/*/phases", {"checkout", "edit", "verify", "pr"}, "[checkout]",
            "who may see it; `pr` stands alone"),
      Axis(Group("cluster", "guardrail axis: the identity and its rights")),
      Optional(Text("cluster/namespace", kNamespace, "ameide-task-code",
                    "where the pods run; each profile has its own"),
               "`ameide-task-<name>`"),
      Text("cluster/service_account", kServiceAccount, "workspace", "the pods' identity"),
      Texts("cluster/roles", kRole, "[]",
            "bound to that identity in the namespace; they must exist"),
      Optional(Group("cluster/environment", "the deployed system a task may look at")),
      Text("cluster/environment/namespace", kNamespace, "ameide-dev",
           "where it runs; the task reads it from `AMEIDE_ENV_NAMESPACE`"),
      Texts("cluster/environment/roles", kRole, "[ameide-task-reader]",
            "bound to the pods' identity in that namespace; they must exist"),
      Group("cluster/provisioner", "Coder's own identity, which may create the pods"),
      Text("cluster/provisioner/namespace", kDnsLabel, "coder", "where it lives"),
      Text("cluster/provisioner/service_account", kDnsName, "coder", "its name"),
      Group("deploy", "where and as what the pods run"),
      Word("deploy/builder", {"envbuilder", "image"}, "envbuilder",
           "build the repository's devcontainer, or run a ready-made image"),
      Text("deploy/image", kImage,
           "registry.example.com/"
           "tools@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1",
           "the builder's image, or the ready-made one"),
      Text("deploy/agent_image", kOwnImage,
           "registry.example.com/"
           "ameide-agent@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1",
           "holds the program `/ameide-agent`; see below"),
      Optional(Text("deploy/publisher_image", kOwnImage,
                    "registry.example.com/"
                    "git@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1",
                    "has Git; required exactly when a secret has the phase `pr`")),
      Optional(Text("deploy/devcontainer", kFolder, ".devcontainer/coder",
                    "where `devcontainer.json` is, which must set `containerUser`; required for "
                    "`envbuilder`, else refused")),
      Word("deploy/arch", {"amd64", "arm64"}, "arm64", "of the nodes"),
      Optional(Labels("deploy/node_selector", "{example.com/pool: tasks}",
                      "further labels of the nodes"),
               "{}"),
      Optional(Groups("deploy/tolerations", "taints the pods accept"), "[]"),
      Text("deploy/tolerations/*/key", kLabelKey, "example.com/pool", "of the taint"),
      Text("deploy/tolerations/*/value", kLabelValue, "tasks", "of the taint"),
      Word("deploy/tolerations/*/effect", {"NoSchedule", "PreferNoSchedule", "NoExecute"},
           "NoSchedule", "of the taint"),
      Text("deploy/cpu", kQuantity, "\"2\"", "requested, and at the same time the limit"),
      Text("deploy/memory", kQuantity, "8Gi", "requested, and at the same time the limit"),
      Text("deploy/storage", kQuantity, "30Gi", "requested, and at the same time the limit"),
      Group("deploy/egress", "where pods may connect to, besides DNS"),
      Flag("deploy/egress/public_https", "true",
           "TCP 443 to everything that is not a private network"),
      Groups("deploy/egress/allow",
             "further destinations; Coder's own, where it has a private address"),
      Text("deploy/egress/allow/*/cidr", kNetwork, "10.1.0.0/16", "addresses"),
      Count("deploy/egress/allow/*/port", 1, 65535, "443", "of TCP"),
      Group("instructions", "what AGENTS.md says"),
      Text("instructions/check", kLine, "make test",
           "the command that tells whether the work is sound"),
      Texts("instructions/do", kLine, "[Keep the change small.]", "one instruction a line"),
      Texts("instructions/dont", kLine, "[Do not weaken a test.]", "one prohibition a line"),
      Word("editor", {"codex", "claude", "none"}, "codex", "the editing program tasks use"),
      Optional(Group("modes", "besides the task mode, which all of the above describes")),
      Optional(Group("modes/human",
                     "people's workspaces of the same profile, as the template `<name>-human`")),
      Flag("modes/human/enabled", "true", "whether there are such workspaces"),
      Optional(Text("modes/human/namespace", kNamespace, "ameide-human-code",
                    "where their pods run: not where tasks do"),
               "`ameide-human-<name>`"),
      Optional(Text("modes/human/service_account", kServiceAccount, "workspace-human",
                    "their identity, which is not the tasks'; required when enabled")),
      Optional(Words("modes/human/apps", {"code-server", "terminal"}, "[code-server, terminal]",
                     "how people get in; required when enabled")),
      Optional(Text("modes/human/external_auth", kDnsLabel, "github",
                    "Coder's provider for Git, so that people push as themselves")),
      Optional(Groups("modes/human/secrets",
                      "as `secrets`, without phases; never one that can push for a task"),
               "[]"),
      Text("modes/human/secrets/*/env", kVariable, "CODEX_AUTH_JSON",
           "the variable in the workspace"),
      Text("modes/human/secrets/*/secret", kDnsName, "codex-auth-0", "the Secret"),
      Text("modes/human/secrets/*/key", kSecretKey, "auth.json", "the key inside it"),
      Optional(Time("modes/human/ttl", kMinTtl, "8h",
                    "Coder stops a workspace that nobody used for so long; required when enabled")),
      Optional(
          Group("executor", "tools of a machine outside the cluster; with builder `image` alone")),
  };
}

}  // namespace

const Fields& ProfileFields() {
  static const Fields kFields = [] {
    Fields fields = OwnFields();
    for (Field field : ExecutorFields()) {
      field.path = StrCat("executor/", field.path);
      fields.push_back(std::move(field));
    }
    return fields;
  }();
  return kFields;
}

}  // namespace ameide::task
