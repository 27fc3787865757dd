#include "provider/framework/server_support.h"

namespace ameide::framework {

Diagnostics Server::Configure(const ConfigureRequest& request) const {
  return Guarded("ConfigureProvider", "provider " + definition_.name, log_, OnlyDiagnostics(),
                 &OnlyDiagnostics::diagnostics,
                 [&](OnlyDiagnostics& answer) {
                   if (!definition_.configure) return;
                   definition_.configure(NewContext(), request, answer.diagnostics);
                 })
      .diagnostics;
}

}  // namespace ameide::framework
