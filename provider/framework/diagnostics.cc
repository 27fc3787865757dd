#include "provider/framework/diagnostics.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::framework {

Diagnostic ToDiagnostic(const Error& error, Path path) {
  std::string summary = error.operation.empty() ? "Operation failed" : error.operation;
  if (summary[0] >= 'a' && summary[0] <= 'z')
    summary[0] = static_cast<char>(summary[0] - 'a' + 'A');
  std::string detail = error.target;
  if (!error.cause.empty()) StrAppend(&detail, detail.empty() ? "" : ": ", error.cause);
  if (!error.hint.empty()) StrAppend(&detail, detail.empty() ? "" : "\n\n", error.hint);
  return {Severity::kError, std::move(summary), std::move(detail), std::move(path)};
}

void Diagnostics::Add(Diagnostic diagnostic) {
  diagnostic.summary = StrReplaceAll(ToPrintable(diagnostic.summary), "\n", " ");
  diagnostic.detail = ToPrintable(diagnostic.detail);
  if (std::find(items_.begin(), items_.end(), diagnostic) == items_.end()) {
    items_.push_back(std::move(diagnostic));
  }
}

void Diagnostics::AddError(std::string summary, std::string detail, Path path) {
  Add({Severity::kError, std::move(summary), std::move(detail), std::move(path)});
}

void Diagnostics::AddWarning(std::string summary, std::string detail, Path path) {
  Add({Severity::kWarning, std::move(summary), std::move(detail), std::move(path)});
}

void Diagnostics::AddBug(std::string summary, std::string_view detail, Path path) {
  AddError(std::move(summary),
           StrCat(detail, "\n\nThis is a bug in the provider; please report it."), std::move(path));
}

void Diagnostics::Append(const Diagnostics& more) {
  for (const Diagnostic& diagnostic : more.items_) Add(diagnostic);
}

bool Diagnostics::HasErrors() const {
  return std::any_of(items_.begin(), items_.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

std::string Diagnostics::Dump() const {
  std::string text;
  for (const Diagnostic& d : items_) {
    const std::string at = d.path.empty() ? "" : StrCat(" at ", d.path.ToString());
    StrAppend(&text, d.severity == Severity::kError ? "error" : "warning", at, ": ", d.summary,
              ": ", d.detail, "\n");
  }
  return text;
}

}  // namespace ameide::framework
