// What a task may change: one pure function from rules and a change set to findings.
//
// Globs are matched against whole repository paths with '/' between folders: `*` and `?` stay
// within one folder; `**` as a whole component is any number of components, none included, so
// "a/**" is "a" and everything below; `[a-z]` and `[!a-z]` are classes; a trailing "/" means "/**".
// There is no escape character: `[*]` is a literal star. Matching is case-sensitive and on bytes,
// in time proportional to pattern times path. Deny wins over allow, always.
#pragma once

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

// Rule ids, in the order they are evaluated per change.
inline constexpr std::string_view kRulePathUnsafe = "path-unsafe";  // "..", ".git", NUL, …
inline constexpr std::string_view kRulePathDenied = "path-denied";  // matches deny_paths
inline constexpr std::string_view kRulePathNotAllowed = "path-not-allowed";
inline constexpr std::string_view kRuleGitlink = "gitlink-changed";
inline constexpr std::string_view kRuleSymlinkEscapes =
    "symlink-escapes";  // points out of the tree

// A task's own guardrails can only narrow its profile's, by construction: a change must pass both
// (so a gitlink may change only when both allow it). A pattern that is no glob denies everything
// and allows nothing.
std::vector<Finding> EvaluateGuardrails(const Guardrails& profile, const Guardrails& task,
                                        const ChangeSet& changes);

// True when `pattern` matches the whole of `path`; what is no glob of ours matches nothing.
bool GlobMatches(std::string_view pattern, std::string_view path);
// Why a pattern is no glob of ours ("'[' is never closed"), or nothing.
std::string GlobProblem(std::string_view pattern);

// {"allow_paths": [...], "deny_paths": [...], "allow_gitlinks": false}; unknown members are
// problems. Missing members keep their defaults.
Checked<Guardrails> GuardrailsFromJson(const Json& json, std::string_view pointer);
Json ToJson(const Guardrails& guardrails);
Json ToJson(const Finding& finding);
Checked<Finding> FindingFromJson(const Json& json, std::string_view pointer);

}  // namespace ameide::task
