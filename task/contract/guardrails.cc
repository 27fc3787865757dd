#include "task/contract/guardrails.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/files.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/control_files.h"
#include "task/contract/guardrail_findings.h"

namespace ameide::task {
namespace {

using Patterns = std::vector<std::string>;

// The first pattern that holds the path back, or null. What is no glob holds everything back.
const std::string* Match(const Patterns& patterns, std::string_view path) {
  const auto found = std::find_if(patterns.begin(), patterns.end(), [&](const std::string& one) {
    return !GlobProblem(one).empty() || GlobMatches(one, path);
  });
  return found == patterns.end() ? nullptr : &*found;
}

bool IsUnsafePath(std::string_view path) {
  if (!IsSafeRelativePath(path)) return true;
  const std::vector<std::string_view> components = StrSplit(path, '/');
  return std::any_of(components.begin(), components.end(), IsGitFolder);
}

// Judged by the text alone, since nothing of a hostile tree may be followed. A ".." behind a name
// counts as an escape: that name may be a link itself, and then ".." leads somewhere else.
bool SymlinkEscapes(std::string_view path, std::string_view target) {
  if (target.empty() || target.front() == '/' || target.find('\0') != std::string_view::npos) {
    return true;
  }
  auto depth = std::count(path.begin(), path.end(), '/');
  bool below = false;
  for (const std::string_view step : StrSplit(target, '/')) {
    if (step.empty() || step == ".") continue;
    if (step == "..") {
      if (below || --depth < 0) return true;
      continue;
    }
    if (IsGitFolder(step)) return true;
    below = true;
  }
  return false;
}

// A path that contains a wildcard's character can only be named with one, and so is not.
bool NamesExactly(const Patterns& patterns, const std::string& path) {
  return path.find_first_of("*?[") == std::string::npos &&
         std::find(patterns.begin(), patterns.end(), path) != patterns.end();
}

bool IsGitlink(const Change& change) {
  return change.old_mode == kModeGitlink || change.new_mode == kModeGitlink;
}

bool ChangesMode(const Change& change) {
  return change.kind == Change::Kind::kModified && change.old_mode != change.new_mode;
}

// Without its content known, a modification may be one of digests alone; the other kinds cannot.
bool ChangesMoreThanDigests(const Change& change) {
  if (change.kind != Change::Kind::kModified || ChangesMode(change)) return true;
  return change.content_known && !change.digests_only;
}

class Evaluation {
 public:
  Evaluation(const Guardrails& profile, const Guardrails& task)
      : sources_{{{"the profile", "the profile's guardrails", profile},
                  {"the task", "the task's guardrails", task}}} {}

  std::vector<Finding> Evaluate(const ChangeSet& changes) {
    std::set<std::string_view> paths;
    for (const Change& change : changes) {
      paths.insert(change.path);
      const std::string shown = ToOneLine(change.path);
      if (IsUnsafePath(change.path)) {
        findings_.push_back(PathUnsafe(shown));
        continue;  // no pattern can be trusted to mean what it says for such a path
      }
      CheckPlace(change, shown);
      CheckKind(change, shown);
      CheckContent(change, shown);
    }
    Add(
        [&](const RuleSource& source) {
          return Above(paths.size(), source.rules.max_changed_files);
        },
        [&](const RuleSource& source) { return TooManyFiles(source, paths.size()); });
    return std::move(findings_);
  }

 private:
  static bool Above(uint64_t value, uint64_t limit) { return limit > 0 && value > limit; }

  // At most one finding: of the first source whose rules are broken.
  template <class Breaks, class Say>
  bool Add(Breaks breaks, Say say) {
    const auto source = std::find_if(sources_.begin(), sources_.end(), breaks);
    if (source == sources_.end()) return false;
    findings_.push_back(say(*source));
    return true;
  }

  template <class Say>
  bool AddMatch(Patterns Guardrails::*patterns, const Change& change, Say say) {
    return Add([&](const RuleSource& source) { return Match(source.rules.*patterns, change.path); },
               [&](const RuleSource& source) {
                 return say(source, *Match(source.rules.*patterns, change.path));
               });
  }

  bool CheckControl(const Change& change, const std::string& shown) {
    if (!IsControlFile(change.path)) return false;
    if (NamesExactly(sources_[0].rules.allow_paths, change.path)) return false;
    findings_.push_back(IsSubmoduleConfig(change.path) ? SubmoduleConfig(shown)
                                                       : ControlFile(shown));
    return true;
  }

  // At most one finding, since deny wins over allow.
  void CheckPlace(const Change& change, const std::string& shown) {
    if (CheckControl(change, shown)) return;
    const bool denied = AddMatch(&Guardrails::deny_paths, change,
                                 [&](const RuleSource& source, const std::string& pattern) {
                                   return PathDenied(shown, source, pattern);
                                 }) ||
                        AddMatch(&Guardrails::promotion_artifacts, change,
                                 [&](const RuleSource& source, const std::string& pattern) {
                                   return PromotionArtifact(shown, source, pattern);
                                 });
    if (denied) return;
    Add(
        [&](const RuleSource& source) {
          const Patterns& allowed = source.rules.allow_paths;
          return !allowed.empty() &&
                 std::none_of(allowed.begin(), allowed.end(), [&](const std::string& pattern) {
                   return GlobMatches(pattern, change.path);
                 });
        },
        [&](const RuleSource& source) { return PathNotAllowed(shown, source); });
  }

  void CheckKind(const Change& change, const std::string& shown) {
    Add([&](const RuleSource& source) { return IsGitlink(change) && !source.rules.allow_gitlinks; },
        [&](const RuleSource& source) { return GitlinkChanged(shown, source); });
    if (change.new_mode == kModeSymlink && SymlinkEscapes(change.path, change.symlink_target)) {
      findings_.push_back(SymlinkEscaped(shown, change.symlink_target));
    }
    Add(
        [&](const RuleSource& source) {
          return ChangesMode(change) && source.rules.deny_mode_changes;
        },
        [&](const RuleSource& source) { return ModeChanged(shown, source, change); });
  }

  void CheckContent(const Change& change, const std::string& shown) {
    Add(
        [&](const RuleSource& source) {
          return Above(change.new_size, source.rules.max_file_bytes);
        },
        [&](const RuleSource& source) { return FileTooLarge(shown, source, change.new_size); });
    Add(
        [&](const RuleSource& source) {
          return change.binary && change.new_mode != 0 && !source.rules.allow_binary;
        },
        [&](const RuleSource& source) { return BinaryFile(shown, source); });
    if (!ChangesMoreThanDigests(change)) return;
    AddMatch(&Guardrails::digest_only, change,
             [&](const RuleSource& source, const std::string& pattern) {
               return NotDigestOnly(shown, source, pattern);
             });
  }

  std::array<RuleSource, 2> sources_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> EvaluateGuardrails(const Guardrails& profile, const Guardrails& task,
                                        const ChangeSet& changes) {
  return Evaluation(profile, task).Evaluate(changes);
}

}  // namespace ameide::task
