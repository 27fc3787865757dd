#include "task/agent/preflight.h"

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "base/json.h"
#include "base/strings.h"
#include "base/text.h"
#include "profiles/builtin_profiles.h"
#include "task/agent/checkout_files.h"
#include "task/agent/environment.h"
#include "task/agent/examine.h"
#include "task/agent/run_words.h"
#include "task/contract/sarif.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxContract = 4u << 20;
constexpr uint64_t kMaxSmallFile = 64u << 10;
constexpr Millis kPatience = std::chrono::minutes(2);

Error Cannot(ErrorKind kind, std::string target, std::string cause, std::string hint) {
  return {kind, "check changes of", std::move(target), std::move(cause), std::move(hint)};
}

Result<fs::path> FindCheckout(const fs::path& directory) {
  for (fs::path folder = directory;; folder = folder.parent_path()) {
    std::error_code error;
    const fs::path git = folder / ".git";
    if (fs::is_directory(fs::symlink_status(git, error))) return folder;
    if (Exists(git)) {
      return Cannot(ErrorKind::kInvalid, folder.string(), "its .git is no folder",
                    "run it in the main checkout; linked worktrees and submodules are not read");
    }
    if (!folder.has_relative_path()) break;
  }
  return Cannot(ErrorKind::kNotFound, directory.string(), "it is in no Git checkout",
                "run it inside of one");
}

Result<ProfileContract> ReadContract(const std::string& file) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kMaxContract));
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  Checked<ProfileContract> contract = ProfileContractFromJson(json);
  if (!contract.ok()) return ToError(contract.problems, "read contract", file);
  return std::move(*contract.value);
}

Result<ProfileContract> BuiltinContract(const std::string& name) {
  std::vector<std::string> names;
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    names.emplace_back(builtin.name);
    if (builtin.name != name) continue;
    Checked<Profile> profile = ProfileFromYaml(builtin.yaml, builtin.file);
    if (!profile.ok()) return ToError(profile.problems, "read profile", name);
    return std::move(profile.value->contract);
  }
  return Error{
      ErrorKind::kNotFound, "find profile", ToOneLine(name), "there is none of this name",
      StrCat("use one of ", StrJoin(names, ", "), ", or give its task.json to --contract")};
}

Result<std::vector<ProfileContract>> Contracts(const PreflightRequest& request,
                                               const fs::path& checkout) {
  std::vector<ProfileContract> contracts;
  if (!request.contract.empty()) {
    AMEIDE_ASSIGN_OR_RETURN(contracts.emplace_back(), ReadContract(request.contract));
    return contracts;
  }
  std::vector<std::string> names = request.profiles;
  if (names.empty()) {
    const Result<std::string> marker = ReadFile(checkout / kMarkerFile, kMaxSmallFile);
    if (!marker.ok()) {
      return Cannot(ErrorKind::kNotFound, checkout.string(), StrCat("it has no ", kMarkerFile),
                    "say whose rules hold: --profile NAME or --contract FILE");
    }
    names.emplace_back(StripWhitespace(*marker));
  }
  for (const std::string& name : names) {
    AMEIDE_ASSIGN_OR_RETURN(contracts.emplace_back(), BuiltinContract(name));
  }
  return contracts;
}

Result<std::string> MergeBase(const Git& git, const fs::path& checkout, std::string base) {
  for (const char* guess : {"origin/HEAD", "origin/main", "origin/master", "@{upstream}"}) {
    if (!base.empty()) break;
    const auto known = git.Run(checkout, {"rev-parse", "--verify", "--quiet", "--end-of-options",
                                          StrCat(guess, "^{commit}")});
    if (known.ok()) base = guess;
  }
  if (base.empty()) {
    return Cannot(ErrorKind::kNotFound, checkout.string(), "it follows no remote branch",
                  "say what to compare with: --base REF");
  }
  // As a commit id first: what starts with a dash must not become an option.
  AMEIDE_ASSIGN_OR_RETURN(
      const std::string commit,
      git.Run(checkout, {"rev-parse", "--verify", "--end-of-options", StrCat(base, "^{commit}")}));
  AMEIDE_ASSIGN_OR_RETURN(
      const std::string merged,
      git.Run(checkout, {"merge-base", "HEAD", std::string(StripWhitespace(commit))}));
  return std::string(StripWhitespace(merged));
}

// In a task's own workspace: what the agent program placed, and told Git to ignore.
std::vector<std::string> Placed(const fs::path& checkout) {
  std::vector<std::string> placed;
  const Result<std::string> text = ReadFile(checkout / ".git/info/exclude", kMaxSmallFile);
  if (!text.ok()) return placed;
  for (const std::string_view line : StrSplit(*text, '\n')) {
    for (const char* path : {kMarkerFile, kInstructionsFile}) {
      if (line == StrCat("/", path)) placed.emplace_back(path);
    }
  }
  return placed;
}

// A path can be in a change set twice: staged in one way, left in the working tree in another.
std::vector<std::string> PathsOf(const ChangeSet& changes) {
  std::vector<std::string> paths;
  for (const Change& change : changes) paths.push_back(ToOneLine(change.path));
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

struct Verdict {
  std::string profile;
  std::vector<Finding> findings;
};

std::string TextOf(const Verdict& verdict, size_t files, const std::string& base) {
  std::string out =
      StrCat("profile ", verdict.profile, ": ", Counted(files, "changed file", "changed files"),
             " since ", base.substr(0, 12), ", ",
             verdict.findings.empty() ? std::string("no findings")
                                      : Counted(verdict.findings.size(), "finding", "findings"),
             "\n");
  for (const Finding& finding : verdict.findings) {
    StrAppend(&out, "\n", finding.rule, "  ", finding.path, "\n  what   ", finding.what_failed,
              "\n  why    ", finding.why_it_matters, "\n  where  ", finding.where_to_fix, "\n");
    for (size_t i = 0; i < finding.fix_steps.size(); ++i) {
      StrAppend(&out, "  step ", i + 1, " ", finding.fix_steps[i], "\n");
    }
  }
  return out;
}

Json JsonOf(const std::vector<Verdict>& verdicts, const std::vector<std::string>& files,
            const std::string& base) {
  Json json;
  json.Set("base", base);
  json.Set("changed_files", Json::Strings(files));
  Json::Array profiles;
  for (const Verdict& verdict : verdicts) {
    Json::Array findings;
    for (const Finding& finding : verdict.findings) findings.push_back(ToJson(finding));
    Json& profile = profiles.emplace_back();
    profile.Set("profile", verdict.profile);
    profile.Set("findings", std::move(findings));
  }
  json.Set("profiles", std::move(profiles));
  return json;
}

std::string Show(const std::vector<Verdict>& verdicts, const std::vector<std::string>& files,
                 const std::string& base, PreflightForm form) {
  if (form == PreflightForm::kJson) return JsonOf(verdicts, files, base).DumpPretty();
  std::vector<Finding> all;
  std::vector<std::string> texts;
  for (const Verdict& verdict : verdicts) {
    all.insert(all.end(), verdict.findings.begin(), verdict.findings.end());
    texts.push_back(TextOf(verdict, files.size(), base));
  }
  if (form == PreflightForm::kSarif) return ToSarif(all, AMEIDE_VERSION).DumpPretty();
  return StrJoin(texts, "\n");
}

}  // namespace

Result<PreflightOutput> Preflight(const PreflightRequest& request, const Clock& clock) {
  AMEIDE_ASSIGN_OR_RETURN(const fs::path checkout, FindCheckout(request.directory));
  AMEIDE_ASSIGN_OR_RETURN(const std::vector<ProfileContract> contracts,
                          Contracts(request, checkout));
  AMEIDE_ASSIGN_OR_RETURN(const fs::path scratch,
                          MakeTempDirectory(request.scratch_parent, "ameide-preflight-"));
  const auto clean = absl::MakeCleanup([&] { static_cast<void>(RemoveTree(scratch)); });
  AMEIDE_ASSIGN_OR_RETURN(
      Git git,
      Git::Open(GitEnvironment(RunEnvironment(request.environment), {}, {}), scratch, clock, {}));
  git = git.Until(clock.Monotonic() + kPatience);
  AMEIDE_ASSIGN_OR_RETURN(const std::string base, MergeBase(git, checkout, request.base));
  AMEIDE_ASSIGN_OR_RETURN(BaseState state, RememberBase(git, checkout, scratch, base));
  state.placed = Placed(checkout);
  AMEIDE_ASSIGN_OR_RETURN(
      const ChangeReport report,
      CollectChanges(git, checkout, state,
                     {.scratch = scratch, .max_patch_bytes = BundleLimits{}.file_bytes}));
  std::vector<Verdict> verdicts;
  bool broken = false;
  for (const ProfileContract& contract : contracts) {
    verdicts.push_back({contract.name, Judge(report, contract.guardrails, {})});
    broken = broken || !verdicts.back().findings.empty();
  }
  return PreflightOutput{Show(verdicts, PathsOf(report.changes), base, request.form), broken};
}

}  // namespace ameide::task
