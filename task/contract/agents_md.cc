// AGENTS.md of a workspace: short imperatives, and for each rule who makes it hold. An agent that
// ignores this file still meets the other layers.
#include "base/strings.h"
#include "task/contract/profile.h"

namespace ameide::task {
namespace {

std::string Code(std::string_view text) { return StrCat("`", text, "`"); }

// Instructions come from a file that people edit: a line break or a leading '#' must not change
// the document's structure. The loader refuses line breaks; the rest is list text.
void AppendBullets(const std::vector<std::string>& lines, std::string* out) {
  for (const std::string& line : lines) StrAppend(out, "- ", line, "\n");
}

std::string CodeList(const std::vector<std::string>& items) {
  std::vector<std::string> quoted;
  for (const std::string& item : items) quoted.push_back(Code(item));
  return StrJoin(quoted, ", ");
}

void AppendDo(const Profile& profile, std::string* out) {
  const ProfileContract& contract = profile.contract;
  StrAppend(out, "## Do\n\n");
  StrAppend(out, "- Run ", Code(contract.check_command), " and make it pass before you finish.\n");
  if (!contract.guardrails.allow_paths.empty()) {
    StrAppend(out, "- Keep changes inside ", CodeList(contract.guardrails.allow_paths), ".\n");
  }
  if (!contract.tools.empty()) {
    StrAppend(out, "- Use these programs: ", CodeList(contract.tools), ".\n");
  }
  AppendBullets(profile.instructions_do, out);
}

// Of the guardrails on single files; a rule that is not set is not mentioned.
void AppendFileRules(const Guardrails& rules, std::string* out) {
  StrAppend(out,
            "- Do not change files that control agents, Git, CI or reviews: `AGENTS.md`, "
            "`CLAUDE.md`, `.git*`, `CODEOWNERS`, CI configuration, `.ameide/`, "
            "`.devcontainer/`.\n");
  if (!rules.promotion_artifacts.empty()) {
    StrAppend(out, "- Do not change promotion artifacts: ", CodeList(rules.promotion_artifacts),
              ".\n");
  }
  if (!rules.digest_only.empty()) {
    StrAppend(out, "- Do not change more than image digests in ", CodeList(rules.digest_only),
              ".\n");
  }
  if (!rules.allow_binary) StrAppend(out, "- Do not add or change binary files.\n");
  if (rules.deny_mode_changes) StrAppend(out, "- Do not change the mode of files.\n");
  if (rules.max_file_bytes > 0) {
    StrAppend(out, "- Do not leave a file larger than ", rules.max_file_bytes, " bytes.\n");
  }
  if (rules.max_changed_files > 0) {
    StrAppend(out, "- Do not change more than ", rules.max_changed_files, " files.\n");
  }
}

void AppendDont(const Profile& profile, std::string* out) {
  const ProfileContract& contract = profile.contract;
  StrAppend(out, "\n## Do not\n\n");
  if (!contract.guardrails.deny_paths.empty()) {
    StrAppend(out, "- Do not change ", CodeList(contract.guardrails.deny_paths), ".\n");
  }
  if (!contract.guardrails.allow_gitlinks) StrAppend(out, "- Do not move submodule pointers.\n");
  AppendFileRules(contract.guardrails, out);
  StrAppend(out, contract.pull_requests
                     ? "- Do not push and do not open pull requests yourself; the task does both "
                       "after its checks.\n"
                     : "- Do not push and do not open pull requests; this profile has none.\n");
  StrAppend(out, "- Do not print, store or commit credentials.\n");
  AppendBullets(profile.instructions_dont, out);
}

void AppendEvidence(const ProfileContract& contract, std::string* out) {
  StrAppend(out, "\n## Evidence\n\n",
            "- The log, the diff, the test results and the exit code are collected for you.\n");
  if (!contract.evidence.paths.empty()) {
    StrAppend(out, "- Also collected: ", CodeList(contract.evidence.paths), ".\n");
  }
  if (!contract.evidence.required.empty()) {
    StrAppend(out, "- Without these the run fails: ", CodeList(contract.evidence.required), ".\n");
  }
  StrAppend(out, "- Everything else in the workspace is destroyed at the end, at the latest after ",
            FormatDuration(contract.max_ttl), ".\n");
}

void AppendLayers(const ProfileContract& contract, std::string* out) {
  StrAppend(
      out, "\n## What makes the rules hold\n\n", "| Rule | Enforced by |\n| --- | --- |\n",
      "| Repositories | only the task's own checkout is here; the launcher refuses others |\n",
      "| Paths, submodules and contents | checked on the diff after the command, again by the "
      "launcher on the collected patch, and by the publisher before anything is pushed |\n",
      "| Credentials | each is granted by name for single phases; none can list Secrets |\n",
      "| Cluster access | the workspace's ServiceAccount, bound to predeclared roles alone "
      "|\n",
      "| Network | a NetworkPolicy of the namespace |\n");
  StrAppend(out, contract.pull_requests
                     ? "| Pushing | the credential is kept out of the place where the command runs "
                       "|\n"
                     : "| Pushing | no credential that could |\n");
  StrAppend(out, "| Time | a clock per phase, the task's own limit and the pod's deadline |\n",
            "| Evidence | the run fails when required files are missing |\n");
}

}  // namespace

std::string AgentsMd(const Profile& profile) {
  const ProfileContract& contract = profile.contract;
  std::string out = StrCat("# ", profile.display_name, " task\n\n", profile.description, "\n\n");
  StrAppend(&out, "The checkout is in ", Code("repo/"),
            ". One command tells whether it is sound:\n", "\n```sh\n", contract.check_command,
            "\n```\n\n");
  AppendDo(profile, &out);
  AppendDont(profile, &out);
  AppendEvidence(contract, &out);
  AppendLayers(contract, &out);
  return out;
}

}  // namespace ameide::task
