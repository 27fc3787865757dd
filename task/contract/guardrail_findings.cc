#include "task/contract/guardrail_findings.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

Finding Broken(std::string_view rule, const std::string& path, std::string what,
               std::string_view where, std::vector<std::string> steps) {
  const std::vector<Rule>& rules = AllRules();
  const auto known =
      std::find_if(rules.begin(), rules.end(), [&](const Rule& one) { return one.id == rule; });
  return {.rule = std::string(rule),
          .path = path,
          .what_failed = std::move(what),
          .why_it_matters = std::string(known->why),
          .where_to_fix = std::string(where),
          .fix_steps = std::move(steps)};
}

std::string ModeName(unsigned mode) {
  switch (mode) {
    case kModeSymlink:
      return "a symbolic link";
    case kModeGitlink:
      return "a submodule pointer";
    case 0100755:
      return "an executable file";
    default:
      return "a plain file";
  }
}

const char kTakeOut[] = "Take this file out of the change.";

}  // namespace

Finding PathUnsafe(const std::string& path) {
  return Broken(
      kRulePathUnsafe, path, StrCat("\"", path, "\" is no path that a repository may hold"),
      "the command that makes this file", {"Rename or remove the file.", "Run the task again."});
}

Finding SubmoduleConfig(const std::string& path) {
  return Broken(kRuleSubmoduleConfig, path,
                StrCat("\"", path, "\" was changed, which configures submodules"),
                "the profile's guardrails",
                {kTakeOut,
                 "If a task has to configure submodules, write the path itself, without a "
                 "wildcard, into the profile's allow_paths."});
}

Finding ControlFile(const std::string& path) {
  return Broken(kRuleControlFile, path,
                StrCat("\"", path, "\" was changed, which controls agents, Git, CI or reviews"),
                "the profile's guardrails",
                {kTakeOut,
                 "If a task has to change it, write the path itself, without a wildcard, into the "
                 "profile's allow_paths."});
}

Finding PathDenied(const std::string& path, const RuleSource& source, std::string_view pattern) {
  return Broken(
      kRulePathDenied, path,
      StrCat("\"", path, "\" was changed, but ", source.owner, " denies \"", pattern, "\""),
      source.place, {kTakeOut, "If it has to change, use a profile that allows it."});
}

Finding PromotionArtifact(const std::string& path, const RuleSource& source,
                          std::string_view pattern) {
  return Broken(kRulePromotionArtifact, path,
                StrCat("\"", path, "\" was changed, but ", source.owner,
                       " keeps promotion artifacts \"", pattern, "\" out of tasks"),
                source.place,
                {kTakeOut, "To promote, run a task of the profile that owns promotions."});
}

Finding PathNotAllowed(const std::string& path, const RuleSource& source) {
  return Broken(kRulePathNotAllowed, path,
                StrCat("\"", path, "\" was changed, but ", source.owner, " allows only ",
                       StrJoin(source.rules.allow_paths, ", ")),
                source.place,
                {kTakeOut, "If it belongs to the task, add its folder to allow_paths."});
}

Finding GitlinkChanged(const std::string& path, const RuleSource& source) {
  return Broken(kRuleGitlink, path,
                StrCat("the submodule pointer \"", path, "\" was changed, which ", source.owner,
                       " does not allow"),
                source.place,
                {StrCat("Put the pointer back: git submodule update --init -- ", ShellQuote(path)),
                 "Move submodules in a change of their own."});
}

Finding SymlinkEscaped(const std::string& path, std::string_view target) {
  return Broken(kRuleSymlinkEscapes, path,
                StrCat("the symbolic link \"", path, "\" points to \"", ToOneLine(target),
                       "\", which leads out of the repository"),
                "the command that makes this link",
                {"Point the link to a file of this repository, by a relative path with \"..\" "
                 "only at its start.",
                 "Or replace the link by a copy."});
}

Finding ModeChanged(const std::string& path, const RuleSource& source, const Change& change) {
  return Broken(kRuleModeChanged, path,
                StrCat("\"", path, "\" was ", ModeName(change.old_mode), " and became ",
                       ModeName(change.new_mode), ", which ", source.owner, " does not allow"),
                source.place,
                {StrCat("Put the mode back: git checkout HEAD -- ", ShellQuote(path)),
                 "If it has to change, use a profile without deny_mode_changes."});
}

Finding FileTooLarge(const std::string& path, const RuleSource& source, uint64_t size) {
  return Broken(kRuleFileTooLarge, path,
                StrCat("\"", path, "\" has at least ", size, " bytes, but ", source.owner,
                       " allows ", source.rules.max_file_bytes),
                source.place,
                {"Keep generated and downloaded files out of the repository.",
                 "If the file belongs here, raise max_file_bytes."});
}

Finding BinaryFile(const std::string& path, const RuleSource& source) {
  return Broken(
      kRuleBinaryFile, path,
      StrCat("\"", path, "\" is binary, which ", source.owner, " does not allow"), source.place,
      {kTakeOut, "If it belongs here, add it by hand or use a profile with allow_binary."});
}

Finding NotDigestOnly(const std::string& path, const RuleSource& source, std::string_view pattern) {
  return Broken(kRuleDigestOnly, path,
                StrCat("\"", path, "\" was changed in more than image digests, but ", source.owner,
                       " allows nothing else in \"", pattern, "\""),
                source.place,
                {"Replace only the 64 digits behind \"sha256:\", and no line besides.",
                 "Make other changes of this file in a change of their own."});
}

Finding TooManyFiles(const RuleSource& source, size_t files) {
  return Broken(kRuleTooManyFiles, ".",
                StrCat(files, " files were changed, but ", source.owner, " allows ",
                       source.rules.max_changed_files),
                source.place,
                {"Split the work into several tasks.", "Or raise max_changed_files."});
}

}  // namespace ameide::task
