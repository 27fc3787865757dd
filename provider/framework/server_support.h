// What the RPC files of Server share. Private to this folder.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "provider/framework/server.h"

namespace ameide::framework {

// The rim against exceptions: `body` fills the response; what escapes becomes an error diagnostic
// in the response as far as it was filled, and the provider keeps serving.
template <class Response, class Body>
Response Guarded(std::string_view call, std::string_view subject, const Log& log, Response response,
                 Diagnostics Response::*diagnostics, const Body& body) {
  const auto report = [&](std::string_view what) {
    log.Error("a call failed with an exception",
              {{"call", call}, {"subject", subject}, {"what", what}});
    (response.*diagnostics)
        .AddBug("Provider failed unexpectedly",
                StrCat("The call ", call, " for ", subject, " failed: ", what, "."));
  };
  try {
    body(response);
  } catch (const std::exception& error) {
    report(error.what());
  } catch (...) {
    report("unknown exception");
  }
  return response;
}

// For calls whose whole answer is diagnostics.
struct OnlyDiagnostics {
  Diagnostics diagnostics;
};

// Makes an answer's state fit to be sent: wholly known (else null, with a bug report unless there
// are errors already), write-only values null, of the schema's type. A state of another type is
// replaced by `fallback` with a bug report.
Value FitState(const ServedResource& resource, std::string_view call, Value state,
               const Value& fallback, Diagnostics& diagnostics);

// The identity to answer with: `given`, else `before`; none for types without identity. Reports a
// bug for one of the wrong type or with unknowns, and answers `before` instead.
std::optional<Value> FitIdentity(const ServedResource& resource, std::string_view call,
                                 const std::optional<Value>& given,
                                 const std::optional<Value>& before, Diagnostics& diagnostics);

}  // namespace ameide::framework
