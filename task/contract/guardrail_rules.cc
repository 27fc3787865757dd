#include "task/contract/guardrails.h"

namespace ameide::task {

const std::vector<Rule>& AllRules() {
  static const std::vector<Rule> rules = {
      {kRulePathUnsafe, "a path has \"..\", a \".git\" folder or control characters",
       "such a name can make Git or other programs write outside the checkout or run code"},
      {kRuleSubmoduleConfig, "a .gitmodules file changed that the profile does not name",
       "it decides which foreign repository is fetched into a checkout"},
      {kRuleControlFile,
       "a file changed that controls agents, Git, CI or reviews and that the profile does not name",
       "whoever changes these files changes the rules that this change is judged by"},
      {kRulePathDenied, "a path matches deny_paths",
       "these files belong to somebody else's way of changing them"},
      {kRulePromotionArtifact, "a path matches promotion_artifacts",
       "these files say which version runs where, and only a promotion may change them"},
      {kRulePathNotAllowed, "a path matches none of allow_paths",
       "a task that leaves its area is hard to review and easy to misuse"},
      {kRuleGitlink, "a submodule pointer changed, wherever it is",
       "a moved pointer brings in commits that this change does not show"},
      {kRuleSymlinkEscapes, "a symbolic link points out of the repository",
       "whoever follows it reads or writes files that are not the repository's"},
      {kRuleModeChanged, "a file that was there changes its mode, and deny_mode_changes is set",
       "a file that becomes a program or a link does more than its text shows"},
      {kRuleFileTooLarge, "a file is larger than max_file_bytes",
       "large files stay in the history for good and are seldom read in a review"},
      {kRuleBinaryFile, "a binary file came or changed, and allow_binary is not set",
       "nobody can review what a binary file does"},
      {kRuleDigestOnly, "a file of digest_only changed in more than SHA-256 digests",
       "a promotion moves what was tested, so nothing else may change with it"},
      {kRuleTooManyFiles, "more files changed than max_changed_files",
       "a change of this size is merged without being read"},
      {kRuleChangesUnreadable,
       "the changes or their patch cannot be read, a pipe or device stands where Git would wait "
       "for it, or Git's listing and the patch disagree",
       "a change that cannot be seen cannot be allowed"},
      {kRuleSecretInChange, "a changed file holds a secret value that the run was granted",
       "what is committed is published to everybody who can read it"},
  };
  return rules;
}

}  // namespace ameide::task
