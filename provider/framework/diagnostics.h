// What we tell the practitioner: collected, never thrown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "provider/framework/path.h"

namespace ameide::framework {

enum class Severity { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string summary;  // one line: what went wrong
  std::string detail;   // on what, why, and the way out
  Path path;            // empty when it is about no single attribute
  bool operator==(const Diagnostic&) const = default;
};

// An error of the layers below: the operation becomes the summary; target, cause and hint become
// the detail.
Diagnostic ToDiagnostic(const Error& error, Path path = {});

// Text is made printable UTF-8 when it is added, because one bad byte makes Terraform throw away
// the whole answer (V-20). Exact duplicates are dropped.
class Diagnostics {
 public:
  void Add(Diagnostic diagnostic);
  void AddError(std::string summary, std::string detail, Path path = {});
  void AddWarning(std::string summary, std::string detail, Path path = {});
  void AddError(const Error& error, Path path = {}) { Add(ToDiagnostic(error, std::move(path))); }
  // For what can only be our own mistake; adds "this is a bug in the provider" to the detail.
  void AddBug(std::string summary, std::string_view detail, Path path = {});
  void Append(const Diagnostics& more);

  bool empty() const { return items_.empty(); }
  bool HasErrors() const;
  const std::vector<Diagnostic>& items() const { return items_; }
  std::string Dump() const;  // "error at a.b: summary: detail\n…", for tests

 private:
  std::vector<Diagnostic> items_;
};

}  // namespace ameide::framework
