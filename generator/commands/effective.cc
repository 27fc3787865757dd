// effective: whether a task of a profile may change a path, and which rule decides.
#include <algorithm>

#include "base/json.h"
#include "base/strings.h"
#include "generator/commands/commands.h"
#include "generator/commands/selection.h"
#include "task/contract/guardrails.h"

namespace ameide::generator {
namespace {

using task::Change;

constexpr unsigned kFile = 0100644;
constexpr unsigned kProgram = 0100755;

struct Kind {
  std::string_view name;
  Change change;  // without the path
};

std::vector<Kind> Kinds(const task::Guardrails& rules) {
  Change added{.kind = Change::Kind::kAdded, .new_mode = kFile, .content_known = true};
  Change modified{.old_mode = kFile, .new_mode = kFile, .content_known = true};
  Change deleted{.kind = Change::Kind::kDeleted, .old_mode = kFile, .content_known = true};
  Change binary = modified;
  binary.binary = true;
  Change executable = modified;
  executable.new_mode = kProgram;
  Change link = added;
  link.new_mode = task::kModeSymlink;
  link.symlink_target = "neighbour";
  Change pointer = modified;
  pointer.old_mode = pointer.new_mode = task::kModeGitlink;
  std::vector<Kind> kinds = {{"add", added},
                             {"modify", modified},
                             {"delete", deleted},
                             {"change a binary file", binary},
                             {"make executable", executable},
                             {"add a symbolic link", link},
                             {"move a submodule pointer", pointer}};
  if (rules.max_file_bytes > 0) {
    Change large = modified;
    large.new_size = rules.max_file_bytes + 1;
    kinds.push_back({"grow beyond max_file_bytes", large});
  }
  if (!rules.digest_only.empty()) {
    Change digests = modified;
    digests.digests_only = true;
    kinds.push_back({"change image digests alone", digests});
  }
  return kinds;
}

std::string FirstMatch(const std::vector<std::string>& patterns, const std::string& path) {
  const auto found = std::find_if(patterns.begin(), patterns.end(), [&](const std::string& one) {
    return task::GlobMatches(one, path);
  });
  return found == patterns.end() ? "" : *found;
}

struct Verdict {
  std::string_view kind;
  std::string rule;  // empty: allowed
  std::string why;
};

// The pattern behind a rule about places, as the profile writes it.
std::string PatternBehind(std::string_view rule, const task::Guardrails& rules,
                          const std::string& path) {
  if (rule == task::kRulePathDenied) return FirstMatch(rules.deny_paths, path);
  if (rule == task::kRulePromotionArtifact) return FirstMatch(rules.promotion_artifacts, path);
  if (rule == task::kRuleDigestOnly) return FirstMatch(rules.digest_only, path);
  return "";
}

Verdict Judge(const Kind& kind, const task::Guardrails& rules, const std::string& path) {
  Change change = kind.change;
  change.path = path;
  // A task can only narrow; one that narrows nothing shows what the profile says.
  task::Guardrails open;
  open.allow_gitlinks = true;
  const std::vector<task::Finding> findings = task::EvaluateGuardrails(rules, open, {change});
  if (findings.empty()) {
    const std::string allowed = FirstMatch(rules.allow_paths, path);
    return {kind.name, "",
            allowed.empty() ? "nothing denies it" : StrCat("allow_paths has ", allowed)};
  }
  const task::Finding& first = findings.front();
  const std::string pattern = PatternBehind(first.rule, rules, path);
  return {kind.name, first.rule, pattern.empty() ? first.what_failed : StrCat("pattern ", pattern)};
}

Outcome AsJson(const std::string& profile, const std::string& path,
               const std::vector<Verdict>& verdicts) {
  Json::Array items;
  for (const Verdict& verdict : verdicts) {
    Json item = Json::Object{{"change", verdict.kind}, {"allowed", verdict.rule.empty()}};
    if (!verdict.rule.empty()) item.Set("rule", verdict.rule);
    item.Set("because", verdict.why);
    items.push_back(std::move(item));
  }
  return {kExitOk,
          Json(Json::Object{{"profile", profile}, {"path", path}, {"changes", std::move(items)}})
              .DumpPretty(),
          ""};
}

Outcome Effective(const Arguments& arguments, const Context&) {
  const auto selected = SelectedProfiles(arguments);
  if (const auto* stop = std::get_if<Outcome>(&selected)) return *stop;
  const task::Guardrails& rules = std::get<Profiles>(selected).front().contract.guardrails;
  const std::string path = arguments.Text("path");
  std::vector<Verdict> verdicts;
  for (const Kind& kind : Kinds(rules)) verdicts.push_back(Judge(kind, rules, path));
  if (arguments.Has("--json")) return AsJson(arguments.Text("profile"), path, verdicts);
  Outcome outcome;
  for (const Verdict& verdict : verdicts) {
    const std::string rule = verdict.rule.empty() ? "" : StrCat(verdict.rule, ": ");
    StrAppend(&outcome.out, verdict.rule.empty() ? "may      " : "may not  ", verdict.kind,
              std::string(28 - std::min<size_t>(27, verdict.kind.size()), ' '), rule, verdict.why,
              "\n");
  }
  return outcome;
}

}  // namespace

Command EffectiveCommand() {
  return {
      "effective",
      "Say whether a task may change a path, and which rule decides",
      {{.name = "profile", .value = "PROFILE", .help = "The profile", .required = true},
       {.name = "path", .value = "PATH", .help = "From the repository's root", .required = true},
       ProfilesOption(),
       JsonOption()},
      Effective};
}

}  // namespace ameide::generator
