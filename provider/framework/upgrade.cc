#include <utility>

#include "base/strings.h"
#include "provider/framework/server_support.h"

namespace ameide::framework {
namespace {

Error WrongVersion(const UpgradeRequest& request, int64_t current, std::string_view what) {
  return {.kind = ErrorKind::kInvalid,
          .operation = StrCat("upgrade stored ", what),
          .target = request.type_name,
          .cause = StrCat("it has schema version ", request.version,
                          ", this provider reads version ", current),
          .hint = request.version > current ? "use the newer provider version that wrote it"
                                            : "use an older provider version to upgrade it first"};
}

Result<Value> Upgrade(const ServedResource& served, const UpgradeRequest& request) {
  // called for every stored object, so the usual case is "nothing to do".
  if (request.version == served.schema.version) return request.stored(served.type);
  const auto upgrader = served.entry.upgraders.find(request.version);
  if (request.version > served.schema.version || upgrader == served.entry.upgraders.end()) {
    return WrongVersion(request, served.schema.version, "state");
  }
  AMEIDE_ASSIGN_OR_RETURN(const Value old, request.stored(upgrader->second.prior_type));
  if (old.IsNull()) return Value::Null(served.type);
  return upgrader->second.upgrade(old);
}

}  // namespace

UpgradeResponse Server::UpgradeState(const UpgradeRequest& request) const {
  return Guarded("UpgradeResourceState", request.type_name, log_, UpgradeResponse(),
                 &UpgradeResponse::diagnostics, [&](UpgradeResponse& response) {
                   const ServedResource* served =
                       FindResource(request.type_name, response.diagnostics);
                   if (served == nullptr) return;
                   response.value = Value::Null(served->type);
                   const Result<Value> upgraded = Upgrade(*served, request);
                   if (!upgraded.ok()) return response.diagnostics.AddError(upgraded.error());
                   response.value = FitState(*served, "Upgrade", *upgraded, response.value,
                                             response.diagnostics);
                 });
}

UpgradeResponse Server::UpgradeIdentity(const UpgradeRequest& request) const {
  return Guarded(
      "UpgradeResourceIdentity", request.type_name, log_, UpgradeResponse(),
      &UpgradeResponse::diagnostics, [&](UpgradeResponse& response) {
        const ServedResource* served = FindResource(request.type_name, response.diagnostics);
        if (served == nullptr) return;
        if (!served->identity_type) {
          return response.diagnostics.AddError(
              "Resource has no identity",
              StrCat(request.type_name, " has no identity to upgrade."));
        }
        response.value = Value::Null(*served->identity_type);
        const int64_t current = served->entry.identity->version;
        if (request.version != current) {
          return response.diagnostics.AddError(WrongVersion(request, current, "identity"));
        }
        const Result<Value> stored = request.stored(*served->identity_type);
        if (!stored.ok()) return response.diagnostics.AddError(stored.error());
        response.value = *stored;
      });
}

}  // namespace ameide::framework
