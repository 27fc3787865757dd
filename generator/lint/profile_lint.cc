#include "generator/lint/profile_lint.h"

#include "base/strings.h"
#include "generator/lint/profile_advice.h"
#include "task/contract/lint_ids.h"
#include "task/contract/profile_fields.h"

namespace ameide::generator {
namespace {

// The field that a pointer leads to: list indexes are '*' in its path.
const task::Field* FieldOf(std::string_view pointer) {
  if (pointer.empty()) return nullptr;
  std::vector<std::string> steps;
  for (const std::string_view step : StrSplit(pointer.substr(1), '/')) {
    const bool index = step.find_first_not_of("0123456789") == std::string_view::npos;
    steps.push_back(index ? "*" : std::string(step));
  }
  std::string path = StrJoin(steps, "/");
  // An item of a list of texts belongs to the list's field.
  if (path.ends_with("/*")) path.resize(path.size() - 2);
  for (const task::Field& field : task::ProfileFields()) {
    if (field.path == path) return &field;
  }
  return nullptr;
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.size() < 10 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A scalar as the field's type spells it, or nothing when that is not obvious.
std::optional<std::string> AsFieldWants(const task::Field& field, std::string_view plain) {
  const std::string lower = AsciiLower(plain);
  switch (field.shape) {
    case task::Shape::kBool:
      if (lower == "true" || lower == "yes" || lower == "on") return "true";
      if (lower == "false" || lower == "no" || lower == "off") return "false";
      return std::nullopt;
    case task::Shape::kInteger:
      if (IsDigits(plain)) return std::string(plain);
      return std::nullopt;
    case task::Shape::kText:
    case task::Shape::kTexts:
    case task::Shape::kLabels:
      return YamlQuoted(plain);
    default:
      return std::nullopt;
  }
}

std::optional<TextEdit> Replacement(const task::Field* field, std::string_view yaml, Span span) {
  if (field == nullptr) return std::nullopt;
  std::string_view source = yaml.substr(span.offset, span.length);
  const bool quoted = source.size() >= 2 && (source[0] == '"' || source[0] == '\'');
  const std::string_view plain = quoted ? source.substr(1, source.size() - 2) : source;
  if (plain.find_first_of("\"'\\\n") != std::string_view::npos) return std::nullopt;
  std::optional<std::string> wanted = AsFieldWants(*field, plain);
  if (!wanted || *wanted == source) return std::nullopt;
  return TextEdit{span.offset, span.length, std::move(*wanted)};
}

// A word that the reader complained about stands at the problem's own position.
std::optional<TextEdit> UnambiguousWord(const ProfileSource& source, const LintFinding& finding,
                                        std::string_view pointer) {
  const std::optional<size_t> at = OffsetOf(source.yaml, finding.place);
  if (!at) return std::nullopt;
  const size_t end = std::min(source.yaml.find_first_of(" \t\r\n,]}#", *at), source.yaml.size());
  return Replacement(FieldOf(pointer), source.yaml, {*at, end - *at});
}

void AddEdit(const LoadedProfile& loaded, const task::YamlDocument* document,
             const task::Problem& problem, LintFinding* finding) {
  const std::string& yaml = loaded.source.yaml;
  if (problem.rule == task::lint::kYamlAmbiguous) {
    finding->edit = UnambiguousWord(loaded.source, *finding, problem.pointer);
  } else if (problem.rule == task::lint::kWrongType && document != nullptr) {
    const auto span = ScalarSpan(yaml, *document, problem.pointer);
    if (span) finding->edit = Replacement(FieldOf(problem.pointer), yaml, *span);
  } else if (problem.rule == task::lint::kListRepeats && document != nullptr) {
    const auto span = ItemSpan(yaml, *document, problem.pointer);
    if (span) finding->edit = TextEdit{span->offset, span->length, ""};
  }
}

}  // namespace

LintFinding FindingOf(const task::Problem& problem) {
  return {std::string(problem.rule), PlaceOf(problem.position),
          StrCat(problem.pointer, problem.pointer.empty() ? "" : ": ", problem.message),
          std::nullopt};
}

LintFindings FindingsOf(const task::Problems& problems) {
  LintFindings findings;
  for (const task::Problem& problem : problems) findings.push_back(FindingOf(problem));
  return findings;
}

LintFindings LintProfile(const LoadedProfile& loaded) {
  LintFindings findings;
  const task::YamlDocument* document = loaded.document ? &*loaded.document : nullptr;
  for (const task::Problem& problem : loaded.read.problems) {
    LintFinding finding = FindingOf(problem);
    AddEdit(loaded, document, problem, &finding);
    findings.push_back(std::move(finding));
  }
  if (loaded.read.ok()) {
    AdviseOnProfile(*loaded.read.value, loaded.source, *document, &findings);
  }
  return findings;
}

}  // namespace ameide::generator
