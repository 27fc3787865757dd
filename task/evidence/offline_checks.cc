#include "task/evidence/offline_checks.h"

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/json_reader.h"
#include "task/evidence/replay.h"

namespace ameide::task {
namespace {

using Verdict = BundleCheck::Verdict;

constexpr uint64_t kMaxTestFileBytes = 32u << 20;
constexpr uint64_t kMaxFactsBytes = 32u << 20;

BundleCheck Make(std::string name, Verdict verdict, std::string_view detail) {
  return {std::move(name), verdict, Truncate(ToOneLine(detail), 2000)};
}

BundleCheck Unread(std::string name, const Error& error) {
  const bool absent = error.kind == ErrorKind::kNotFound;
  return Make(std::move(name), absent ? Verdict::kNotPossible : Verdict::kFailed,
              StrCat(error.target, ": ", error.cause));
}

BundleCheck CheckSignature(const OfflineInput& input, const VerifiedBundle& bundle) {
  const std::string name = "signature";
  const auto bytes =
      ReadVerified(input.bundle, bundle.manifest, kProvenanceFile, kMaxProvenanceBytes);
  if (!bytes.ok()) {
    BundleCheck check = Unread(name, bytes.error());
    if (!input.public_key_pem.empty()) check.verdict = Verdict::kFailed;
    return check;
  }
  const auto verdict =
      VerifyProvenance(*bytes, bundle.manifest, bundle.result, input.public_key_pem);
  if (!verdict.ok()) return Make(name, Verdict::kFailed, verdict.error().cause);
  switch (verdict->is_signed) {
    case ProvenanceVerdict::Signed::kGood:
      return Make(name, Verdict::kOk,
                  StrCat("signed by ", verdict->builder_id, " with key ", verdict->key_id));
    case ProvenanceVerdict::Signed::kUnchecked:
      return Make(name, Verdict::kNotPossible,
                  StrCat("signed with key ", verdict->key_id, "; give --public-key to check it"));
    case ProvenanceVerdict::Signed::kNo:
      break;
  }
  return Make(name, Verdict::kNotPossible, "unsigned: the digests prove nothing about who made it");
}

struct Rules {
  Guardrails profile;
  Guardrails task;
  std::string source;
};

Result<Json> ReadJson(const OfflineInput& input, const VerifiedBundle& bundle,
                      std::string_view path) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string bytes,
                          ReadVerified(input.bundle, bundle.manifest, path, kMaxSpecBytes));
  Result<Json> json = ParseJson(bytes);
  if (json.ok()) return json;
  return Error{ErrorKind::kInvalid, "read", std::string(path), json.error().cause, ""};
}

Error Mismatch(std::string_view path, std::string cause) {
  return Error{ErrorKind::kInvalid, "read", std::string(path), std::move(cause), ""};
}

Result<Rules> RulesOf(const OfflineInput& input, const VerifiedBundle& bundle) {
  Rules rules;
  std::string name;
  if (input.contract) {
    rules = {input.contract->guardrails, {}, "the given profile"};
    name = input.contract->name;
  } else {
    AMEIDE_ASSIGN_OR_RETURN(const Json json, ReadJson(input, bundle, kContractFile));
    const Checked<ProfileContract> contract = ProfileContractFromJson(json);
    if (!contract.ok()) return Mismatch(kContractFile, ToError(contract.problems, "", "").cause);
    rules = {contract.value->guardrails, {}, "the bundle's own task.json"};
    name = contract.value->name;
  }
  if (name != bundle.result.profile) {
    return Mismatch(kResultFile, StrCat("its profile is ", bundle.result.profile, ", not ", name));
  }
  const Result<Json> json = ReadJson(input, bundle, kSpecFile);
  if (!json.ok() && json.error().kind == ErrorKind::kNotFound) return rules;
  if (!json.ok()) return json.error();
  const Checked<TaskSpec> spec = TaskSpecFromJson(*json);
  if (!spec.ok()) return Mismatch(kSpecFile, ToError(spec.problems, "", "").cause);
  if (spec.value->work_id != bundle.result.work_id || spec.value->profile != name) {
    return Mismatch(kSpecFile, "it is another task's than result.json");
  }
  rules.task = spec.value->guardrails;
  rules.source += " and spec.json";
  return rules;
}

// What the patch breaks must be what the result admits.
BundleCheck CheckGuardrails(const OfflineInput& input, const VerifiedBundle& bundle,
                            const Result<ChangeSet>& changes) {
  const std::string name = "guardrails";
  if (!changes.ok()) return Unread(name, changes.error());
  const Result<Rules> rules = RulesOf(input, bundle);
  if (!rules.ok()) {
    BundleCheck check = Unread(name, rules.error());
    if (check.verdict == Verdict::kNotPossible) check.detail += "; give --profile-file";
    return check;
  }
  const GuardrailReplay replay =
      ReplayGuardrails(rules->profile, rules->task, *changes, bundle.result);
  if (!replay.hidden.empty()) {
    const Finding& first = replay.hidden.front();
    return Make(name, Verdict::kFailed,
                StrCat("by ", rules->source, " the patch breaks ", first.rule, " on ",
                       ToOneLine(first.path), ", and result.json does not say so"));
  }
  return Make(name, Verdict::kOk,
              StrCat(changes->size(), " changes, ", replay.findings.size(), " findings by ",
                     rules->source, ", all of them in result.json"));
}

BundleCheck CheckChangedFiles(const VerifiedBundle& bundle, const Result<ChangeSet>& changes) {
  const std::string name = "changed_files";
  if (!changes.ok()) return Unread(name, changes.error());
  std::set<std::string> patched;
  for (const Change& change : *changes) patched.insert(ToOneLine(change.path));
  const std::vector<std::string>& list = bundle.result.artifact.changed_files;
  for (const std::string& path : list) {
    if (patched.contains(path)) continue;
    return Make(name, Verdict::kFailed,
                StrCat("result.json lists ", path, ", diff.patch does not"));
  }
  const std::set<std::string> listed(list.begin(), list.end());
  for (const std::string& path : patched) {
    if (listed.contains(path)) continue;
    return Make(name, Verdict::kFailed, StrCat("diff.patch has ", path, ", result.json does not"));
  }
  return Make(name, Verdict::kOk, StrCat(patched.size(), " paths, the same in patch and result"));
}

std::string Show(const TestCounts& counts) {
  return StrCat(counts.total, " tests, ", counts.passed, " passed, ", counts.failed, " failed, ",
                counts.errors, " errors, ", counts.skipped, " skipped");
}

BundleCheck CheckTests(const OfflineInput& input, const VerifiedBundle& bundle) {
  const std::string name = "tests";
  const std::string folder = StrCat(kJUnitFolder, "/");
  TestCounts counts;
  size_t files = 0;
  for (const Omission& omission : bundle.manifest.omissions) {
    if (!omission.path.starts_with(folder)) continue;
    return Make(name, Verdict::kNotPossible,
                StrCat(omission.path, " was left out: ", omission.reason));
  }
  for (const ManifestFile& file : bundle.manifest.files) {
    if (!file.path.starts_with(folder)) continue;
    const auto bytes = ReadVerified(input.bundle, bundle.manifest, file.path, kMaxTestFileBytes);
    if (!bytes.ok()) return Unread(name, bytes.error());
    const bool ctrf = AsciiLower(file.path).ends_with(".json");
    const auto counted = ctrf ? CountCtrf(*bytes) : CountJUnit(*bytes);
    if (!counted.ok()) {
      return Make(name, Verdict::kFailed, StrCat(file.path, ": ", counted.error().cause));
    }
    counts += *counted;
    ++files;
  }
  if (files == 0) return Make(name, Verdict::kNotPossible, "the bundle has no test results");
  TestCounts claimed = bundle.result.artifact.tests;
  claimed.failing.clear();
  counts.failing.clear();
  if (counts == claimed) return Make(name, Verdict::kOk, StrCat(Show(counts), ", recounted"));
  return Make(name, Verdict::kFailed,
              StrCat("result.json says ", Show(claimed), "; counted are ", Show(counts)));
}

// What a final fact and the result both say, in one form.
std::string EndOf(const Json& data) {
  const Json* code = data.Find("exit_code");
  return StrCat("state ", TextAt(data, {"state"}), ", outcome ", TextAt(data, {"outcome"}),
                ", failure ", Quote(TextAt(data, {"failure_class"})), ", exit code ",
                code == nullptr ? "none" : code->Dump());
}

std::string EndOf(const TaskResult& result) {
  return StrCat("state ", ToString(result.state), ", outcome ", ToString(result.outcome),
                ", failure ", Quote(ToString(result.failure)), ", exit code ",
                result.exit_code ? std::to_string(*result.exit_code) : "none");
}

// Facts were told while the run went on; the last final one is what a process acted upon.
BundleCheck CheckFacts(const OfflineInput& input, const VerifiedBundle& bundle) {
  const std::string name = "facts";
  const auto bytes = ReadVerified(input.bundle, bundle.manifest, kFactsFile, kMaxFactsBytes);
  if (!bytes.ok()) return Unread(name, bytes.error());
  std::string last;
  size_t count = 0;
  for (const std::string_view line : StrSplit(*bytes, '\n')) {
    if (line.empty()) continue;
    const std::string where = StrCat("fact ", ++count);
    const Result<Json> fact = ParseJson(line);
    const Json* data = fact.ok() ? fact->Find("data") : nullptr;
    if (data == nullptr) return Make(name, Verdict::kFailed, StrCat(where, " is no event"));
    if (TextAt(*data, {"work_id"}) != bundle.result.work_id ||
        TextAt(*data, {"run_id"}) != bundle.result.run_id) {
      return Make(name, Verdict::kFailed, StrCat(where, " is of another run than result.json"));
    }
    if (data->Find("outcome") != nullptr) last = EndOf(*data);
  }
  if (last.empty()) return Make(name, Verdict::kFailed, "no fact says how the run ended");
  if (last == EndOf(bundle.result)) {
    return Make(name, Verdict::kOk, StrCat(count, " facts; the last says what result.json says"));
  }
  return Make(name, Verdict::kFailed,
              StrCat("the last says ", last, "; result.json says ", EndOf(bundle.result)));
}

}  // namespace

std::string_view ToString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "ok";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kNotPossible:
      break;
  }
  return "not_possible";
}

bool OfflineVerdict::failed() const {
  return std::any_of(checks.begin(), checks.end(),
                     [](const BundleCheck& check) { return check.verdict == Verdict::kFailed; });
}

OfflineVerdict CheckBundle(const OfflineInput& input) {
  OfflineVerdict verdict;
  auto bundle = VerifyBundle(input.bundle);
  if (!bundle.ok()) {
    verdict.checks = {Make("digests", Verdict::kFailed, bundle.error().ToString())};
    for (const char* name : {"signature", "guardrails", "changed_files", "tests", "facts"}) {
      verdict.checks.push_back(Make(name, Verdict::kNotPossible, "the digests do not hold"));
    }
    return verdict;
  }
  const Result<ChangeSet> changes = ReadBundleChanges(input.bundle, bundle->manifest);
  verdict.checks = {
      Make("digests", Verdict::kOk,
           StrCat(bundle->manifest.files.size(), " files, manifest ", bundle->manifest_sha256)),
      CheckSignature(input, *bundle),
      CheckGuardrails(input, *bundle, changes),
      CheckChangedFiles(*bundle, changes),
      CheckTests(input, *bundle),
      CheckFacts(input, *bundle)};
  verdict.bundle = std::move(*bundle);
  return verdict;
}

}  // namespace ameide::task
