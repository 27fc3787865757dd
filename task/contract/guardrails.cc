#include "task/contract/guardrails.h"

#include <algorithm>

#include "base/files.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

// Who made a rule: "the profile" or "the task", so that a finding says where the list is.
struct Source {
  std::string_view owner;
  std::string_view place;
  const Guardrails& rules;
};

bool Denies(const std::string& pattern, std::string_view path) {
  return !GlobProblem(pattern).empty() || GlobMatches(pattern, path);
}

// ".git" in any case, and the spellings of it that other file systems fold into it: Git reads its
// configuration and hooks from there.
bool IsGitFolder(std::string_view component) {
  while (!component.empty() && (component.back() == '.' || component.back() == ' ')) {
    component.remove_suffix(1);
  }
  const std::string name = AsciiLower(component);
  return name == ".git" || name == "git~1";
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

Finding PathUnsafe(const std::string& path) {
  return {.rule = std::string(kRulePathUnsafe),
          .path = path,
          .what_failed = StrCat("\"", path, "\" is no path that a repository may hold"),
          .why_it_matters =
              "such a name can make Git or other programs write outside the checkout or run code",
          .where_to_fix = "the command that makes this file",
          .fix_steps = {"Rename or remove the file.", "Run the task again."}};
}

Finding PathDenied(const std::string& path, const Source& source, std::string_view pattern) {
  return {.rule = std::string(kRulePathDenied),
          .path = path,
          .what_failed =
              StrCat("\"", path, "\" was changed, but ", source.owner, " denies \"", pattern, "\""),
          .why_it_matters = "these files belong to somebody else's way of changing them",
          .where_to_fix = std::string(source.place),
          .fix_steps = {"Take this file out of the change.",
                        "If it has to change, use a profile that allows it."}};
}

Finding PathNotAllowed(const std::string& path, const Source& source) {
  return {.rule = std::string(kRulePathNotAllowed),
          .path = path,
          .what_failed = StrCat("\"", path, "\" was changed, but ", source.owner, " allows only ",
                                StrJoin(source.rules.allow_paths, ", ")),
          .why_it_matters = "a task that leaves its area is hard to review and easy to misuse",
          .where_to_fix = std::string(source.place),
          .fix_steps = {"Take this file out of the change.",
                        "If it belongs to the task, add its folder to allow_paths."}};
}

Finding GitlinkChanged(const std::string& path, const Source& source) {
  return {.rule = std::string(kRuleGitlink),
          .path = path,
          .what_failed = StrCat("the submodule pointer \"", path, "\" was changed, which ",
                                source.owner, " does not allow"),
          .why_it_matters = "a moved pointer brings in commits that this change does not show",
          .where_to_fix = std::string(source.place),
          .fix_steps = {
              StrCat("Put the pointer back: git submodule update --init -- ", ShellQuote(path)),
              "Move submodules in a change of their own."}};
}

Finding SymlinkEscaped(const std::string& path, std::string_view target) {
  return {
      .rule = std::string(kRuleSymlinkEscapes),
      .path = path,
      .what_failed = StrCat("the symbolic link \"", path, "\" points to \"", ToOneLine(target),
                            "\", which leads out of the repository"),
      .why_it_matters = "whoever follows it reads or writes files that are not the repository's",
      .where_to_fix = "the command that makes this link",
      .fix_steps = {"Point the link to a file of this repository, by a relative path with \"..\" "
                    "only at its start.",
                    "Or replace the link by a copy."}};
}

// The paths' rules of one source; at most one finding, since deny wins over allow.
void CheckPath(const Source& source, const Change& change, const std::string& shown,
               std::vector<Finding>* findings) {
  const Guardrails& rules = source.rules;
  const auto matches = [&](const std::string& pattern) {
    return GlobMatches(pattern, change.path);
  };
  const auto denied =
      std::find_if(rules.deny_paths.begin(), rules.deny_paths.end(),
                   [&](const std::string& pattern) { return Denies(pattern, change.path); });
  if (denied != rules.deny_paths.end()) {
    findings->push_back(PathDenied(shown, source, *denied));
  } else if (!rules.allow_paths.empty() &&
             std::none_of(rules.allow_paths.begin(), rules.allow_paths.end(), matches)) {
    findings->push_back(PathNotAllowed(shown, source));
  }
}

bool IsGitlink(const Change& change) {
  return change.old_mode == kModeGitlink || change.new_mode == kModeGitlink;
}

}  // namespace

std::vector<Finding> EvaluateGuardrails(const Guardrails& profile, const Guardrails& task,
                                        const ChangeSet& changes) {
  const Source sources[] = {{"the profile", "the profile's guardrails", profile},
                            {"the task", "the task's guardrails", task}};
  std::vector<Finding> findings;
  for (const Change& change : changes) {
    const std::string shown = ToOneLine(change.path);
    if (IsUnsafePath(change.path)) {
      findings.push_back(PathUnsafe(shown));
      continue;  // no pattern can be trusted to mean what it says for such a path
    }
    for (const Source& source : sources) {
      const size_t before = findings.size();
      CheckPath(source, change, shown, &findings);
      if (findings.size() > before) break;
    }
    const Source* refusing = !profile.allow_gitlinks ? &sources[0]
                             : !task.allow_gitlinks  ? &sources[1]
                                                     : nullptr;
    if (IsGitlink(change) && refusing != nullptr) {
      findings.push_back(GitlinkChanged(shown, *refusing));
    }
    if (change.new_mode == kModeSymlink && SymlinkEscapes(change.path, change.symlink_target)) {
      findings.push_back(SymlinkEscaped(shown, change.symlink_target));
    }
  }
  return findings;
}

}  // namespace ameide::task
