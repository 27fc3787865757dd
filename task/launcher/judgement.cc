#include "task/launcher/judgement.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/evidence/replay.h"

namespace ameide::task {
namespace {

// A hostile patch could break a rule a million times; result.json is read with a size limit.
constexpr size_t kMaxAdded = 100;

Finding Unreadable(const Error& error) {
  const auto& rules = AllRules();
  const auto rule = std::find_if(rules.begin(), rules.end(),
                                 [](const Rule& one) { return one.id == kRuleChangesUnreadable; });
  return {.rule = std::string(rule->id),
          .path = ".",
          .what_failed = StrCat("the launcher could not read what was changed: ", kDiffFile, ": ",
                                ToOneLine(error.cause)),
          .why_it_matters = std::string(rule->why),
          .where_to_fix = "the workspace that made this evidence",
          .fix_steps = {"run the task again"}};
}

// What the result should have said and did not.
std::vector<Finding> Missing(const StoredEvidence& evidence, const fs::path& directory,
                             const TaskSpec& spec, const ProfileContract& contract) {
  const Result<ChangeSet> changes = ReadBundleChanges(directory, evidence.manifest);
  if (changes.ok()) {
    return ReplayGuardrails(contract.guardrails, spec.guardrails, *changes, evidence.result).hidden;
  }
  // Runs that failed may have no patch.
  if (evidence.result.outcome != Outcome::kSuccess) return {};
  return {Unreadable(changes.error())};
}

// As the agent program would have done: a run without a verdict of its own keeps its failure.
bool Overrules(FailureClass failure) {
  return failure == FailureClass::kNone || failure == FailureClass::kCommandFailed ||
         failure == FailureClass::kInputRequired || failure == FailureClass::kMissingEvidence;
}

std::string ReasonFor(const Finding& first, size_t count, bool hidden) {
  return StrCat("The launcher judged the collected patch again: ", first.rule, " on ",
                ToOneLine(first.path),
                count > 1 ? StrCat(", and ", count - 1, " more findings") : std::string(),
                hidden ? "; the workspace did not say so" : "; the workspace called it a success");
}

}  // namespace

std::optional<Judgement> JudgeAgain(const StoredEvidence& evidence, const fs::path& directory,
                                    const TaskSpec& spec, const ProfileContract& contract) {
  const TaskResult& theirs = evidence.result;
  std::vector<Finding> missing = Missing(evidence, directory, spec, contract);
  const bool contradicts = theirs.outcome == Outcome::kSuccess && !theirs.findings.empty();
  if (missing.empty() && !contradicts) return std::nullopt;
  const size_t count = missing.size() + theirs.findings.size();
  const bool hidden = !missing.empty();
  missing.resize(std::min(missing.size(), kMaxAdded));
  Judgement judgement{theirs, "", {}};
  TaskResult& result = judgement.result;
  // Ours first: readers may show only the first few.
  result.findings.insert(result.findings.begin(), missing.begin(), missing.end());
  judgement.reason = ReasonFor(result.findings.front(), count, hidden);
  if (Overrules(theirs.failure)) {
    result.failure = FailureClass::kGuardrailViolation;
    result.outcome = OutcomeOf(result.failure);
    result.state = StateOf(result.failure);
    result.reason = judgement.reason;
  }
  Json::Array findings;
  for (const Finding& finding : missing) findings.push_back(ToJson(finding));
  judgement.note = Json::Object{{"by", "launcher"},
                                {"reason", judgement.reason},
                                {"findings_not_admitted", std::move(findings)},
                                {"result_of_the_workspace", ToJson(theirs)}};
  return judgement;
}

}  // namespace ameide::task
