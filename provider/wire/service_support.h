// What gRPC services of tfplugin6 share: ProviderService, and the stand-ins in acceptance/.
#pragma once

#include <exception>
#include <optional>

#include "base/strings.h"
#include "provider/framework/server.h"
#include "provider/wire/values_proto.h"

namespace ameide::wire {

// Fills `response->diagnostics()` from what `body(diagnostics)` collects. An exception in here can
// only come from the conversion (the server catches its own), and must not end the process.
template <class Response, class Body>
void Answer(Response* response, const Body& body) {
  framework::Diagnostics diagnostics;
  try {
    body(diagnostics);
  } catch (const std::exception& error) {
    diagnostics.AddBug("Provider failed unexpectedly",
                       StrCat("Converting the request or the answer failed: ", error.what()));
  }
  ToProto(diagnostics, response->mutable_diagnostics());
}

// The value of a request field; a null with an error in `diagnostics` when it cannot be decoded.
template <class Proto>
framework::Value Decode(const Proto& proto, const framework::Type& type,
                        framework::Diagnostics& diagnostics) {
  Result<framework::Value> value = FromProto(proto, type);
  if (value.ok()) return std::move(value).value();
  diagnostics.AddError(value.error());
  return framework::Value::Null(type);
}

void Encode(const framework::Value& value, const framework::Type& type,
            tfplugin6::DynamicValue* proto, framework::Diagnostics& diagnostics);

// Identities are optional twice: the type may have none, and the message may lack one. Null data
// counts as absent.
std::optional<framework::Value> DecodeIdentity(const framework::ServedResource& served,
                                               const tfplugin6::ResourceIdentityData& proto,
                                               framework::Diagnostics& diagnostics);

}  // namespace ameide::wire
