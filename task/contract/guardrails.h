// What a task may change: one pure function from rules and a change set to findings.
//
// Globs are matched against whole repository paths with '/' between folders: `*` and `?` stay
// within one folder; `**` as a whole component is any number of components, none included, so
// "a/**" is "a" and everything below; `[a-z]` and `[!a-z]` are classes; a trailing "/" means "/**".
// There is no escape character: `[*]` is a literal star. Matching is case-sensitive and on bytes,
// in time proportional to pattern times path. Deny wins over allow, always.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "task/contract/problem.h"

namespace ameide::task {

struct Guardrails {
  std::vector<std::string> allow_paths;  // empty: every path that nothing denies
  std::vector<std::string> deny_paths;
  bool allow_gitlinks = false;  // a gitlink is a submodule's commit pointer, whatever its path
  std::vector<std::string> promotion_artifacts = {};  // denied as deny_paths are, by a rule of its
                                                      // own: what says which version runs where
  std::vector<std::string> digest_only = {};  // files in which only image digests may change
  uint64_t max_file_bytes = 0;                // of a file after the change; 0: no limit
  uint64_t max_changed_files = 0;             // 0: no limit
  bool allow_binary = true;
  bool deny_mode_changes = false;  // of a file that was there: executable bit, file or link
  bool operator==(const Guardrails&) const = default;
};

// One path of a change set, from Git's raw diff between the base commit and the work (committed,
// staged, unstaged and untracked). A rename appears as a deletion and an addition.
struct Change {
  enum class Kind { kAdded, kModified, kDeleted };
  Kind kind = Kind::kModified;
  std::string path;       // bytes as Git has them; not necessarily UTF-8
  unsigned old_mode = 0;  // 0100644, 0100755, 0120000 (symlink), 0160000 (gitlink); 0 = absent
  unsigned new_mode = 0;
  std::string symlink_target;  // for new_mode 0120000

  // What only a patch tells (patch_reader.h). Without it a rule on content has nothing to say, so
  // whoever decides about a change set must have read the patch.
  bool content_known = false;
  bool binary = false;
  bool digests_only = false;  // each line stays where it is; SHA-256 digests in it may differ
  uint64_t new_size = 0;      // bytes; 0: unknown. Where a patch shows parts: at least so many
  std::vector<std::string> added_lines = {};  // without their newline; bounded
  std::vector<std::string> removed_lines = {};
  bool operator==(const Change&) const = default;
};
using ChangeSet = std::vector<Change>;

inline constexpr unsigned kModeSymlink = 0120000;
inline constexpr unsigned kModeGitlink = 0160000;

struct Finding {
  std::string rule;  // stable id, for example "path-denied"
  std::string path;  // printable
  std::string what_failed;
  std::string why_it_matters;
  std::string where_to_fix;
  std::vector<std::string> fix_steps;
  bool operator==(const Finding&) const = default;
};

// Rule ids, in the order in which they are evaluated per change. A path breaks at most one of those
// about its place, the first six.
inline constexpr std::string_view kRulePathUnsafe = "path-unsafe";  // "..", ".git", NUL, …
inline constexpr std::string_view kRuleSubmoduleConfig = "submodule-config";  // .gitmodules
inline constexpr std::string_view kRuleControlFile = "control-file";          // see IsControlFile
inline constexpr std::string_view kRulePathDenied = "path-denied";            // matches deny_paths
inline constexpr std::string_view kRulePromotionArtifact = "promotion-artifact";
inline constexpr std::string_view kRulePathNotAllowed = "path-not-allowed";
inline constexpr std::string_view kRuleGitlink = "gitlink-changed";
inline constexpr std::string_view kRuleSymlinkEscapes =
    "symlink-escapes";  // points out of the tree
inline constexpr std::string_view kRuleModeChanged = "mode-changed";
inline constexpr std::string_view kRuleFileTooLarge = "file-too-large";
inline constexpr std::string_view kRuleBinaryFile = "binary-file";
inline constexpr std::string_view kRuleDigestOnly = "digest-only";
inline constexpr std::string_view kRuleTooManyFiles = "too-many-files";  // once, for path "."

// Not about single changes, and so not evaluated here: whoever looks at a run adds them.
inline constexpr std::string_view kRuleChangesUnreadable = "changes-unreadable";
inline constexpr std::string_view kRuleSecretInChange = "secret-in-change";

struct Rule {
  std::string_view id;
  std::string_view when;  // when it is broken, a sentence part
  std::string_view why;   // why that matters
};
// In the order above, with the two last.
const std::vector<Rule>& AllRules();

// Files that decide what runs and who may merge: AGENTS.md and CLAUDE.md, every name that starts
// with ".git" but .gitkeep and .gitignore, CODEOWNERS, the configuration of CI systems, .ameide/
// and .devcontainer/; in any folder and any case. They are denied always, unless the profile's
// allow_paths has their path itself (no wildcard).
bool IsControlFile(std::string_view path);

// A task's own guardrails can only narrow its profile's, by construction: a change must pass both
// (so a gitlink may change only when both allow it, and the lower limit counts). A pattern that is
// no glob denies everything and allows nothing. Rules on content (binary, size, digests) judge
// changes whose content is known, see Change.
std::vector<Finding> EvaluateGuardrails(const Guardrails& profile, const Guardrails& task,
                                        const ChangeSet& changes);

// True when `pattern` matches the whole of `path`; what is no glob of ours matches nothing.
bool GlobMatches(std::string_view pattern, std::string_view path);
// Why a pattern is no glob of ours ("'[' is never closed"), or nothing.
std::string GlobProblem(std::string_view pattern);

// {"allow_paths": [...], "allow_gitlinks": false, "max_file_bytes": 1000, ...}, named as the
// struct's members. Unknown members are problems, missing ones keep their defaults; a limit is left
// out where there is none.
Checked<Guardrails> GuardrailsFromJson(const Json& json, std::string_view pointer);
Json ToJson(const Guardrails& guardrails);
Json ToJson(const Finding& finding);
inline constexpr int64_t kMaxGuardrailLimit = 1'000'000'000'000;
Checked<Finding> FindingFromJson(const Json& json, std::string_view pointer);

}  // namespace ameide::task
