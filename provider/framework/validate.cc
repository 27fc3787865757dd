#include "base/strings.h"
#include "provider/framework/checks.h"
#include "provider/framework/server_support.h"

namespace ameide::framework {
namespace {

void RunChecks(const Attribute& attribute, const Value& value, const Path& path,
               Diagnostics& diagnostics) {
  Diagnostics found;
  for (const Check& check : attribute.checks) check(value, path, found);
  const bool secret = attribute.sensitive || attribute.write_only;
  for (Diagnostic one : found.items()) {
    if (secret) one.detail = WithoutValue(one.detail);
    diagnostics.Add(std::move(one));
  }
}

void CheckAttributes(const std::vector<Attribute>& attributes, const Value& config,
                     Diagnostics& diagnostics) {
  if (!config.IsKnown()) return;
  VisitAttributes(attributes, config, Path(),
                  [&](const Attribute& attribute, const Value& value, const Path& path) {
                    if (attribute.required && value.IsNull()) {
                      diagnostics.AddError(
                          "Missing required attribute",
                          StrCat("The attribute ", path.ToString(), " must be set."), path);
                    }
                    // C-2: unknown is never an error
                    if (value.IsKnown()) RunChecks(attribute, value, path, diagnostics);
                  });
}

// An old client would store the value, or fail later with a message nobody understands (S-11).
void RefuseWriteOnly(const std::vector<Attribute>& attributes, const Value& config,
                     Diagnostics& diagnostics) {
  if (!config.IsKnown()) return;
  VisitAttributes(attributes, config, Path(),
                  [&](const Attribute& attribute, const Value& value, const Path& path) {
                    if (!attribute.write_only || value.IsNull()) return;
                    diagnostics.AddError(
                        "Write-only attribute not supported",
                        StrCat("The attribute ", path.ToString(),
                               " is write-only, which needs Terraform 1.11 or OpenTofu 1.11 "
                               "or newer. Upgrade, or leave the attribute out."),
                        path);
                  });
}

}  // namespace

Diagnostics Server::ValidateProvider(const Value& config) const {
  return Guarded("ValidateProviderConfig", "provider " + definition_.name, log_, OnlyDiagnostics(),
                 &OnlyDiagnostics::diagnostics,
                 [&](OnlyDiagnostics& answer) {
                   CheckAttributes(definition_.schema.attributes, config, answer.diagnostics);
                   if (!definition_.validate) return;
                   definition_.validate(NewContext(), config, answer.diagnostics);
                 })
      .diagnostics;
}

Diagnostics Server::ValidateResource(const ValidateResourceRequest& request) const {
  return Guarded("ValidateResourceConfig", request.type_name, log_, OnlyDiagnostics(),
                 &OnlyDiagnostics::diagnostics,
                 [&](OnlyDiagnostics& answer) {
                   Diagnostics& diagnostics = answer.diagnostics;
                   const ServedResource* served = FindResource(request.type_name, diagnostics);
                   if (served == nullptr) return;
                   const auto& attributes = served->schema.attributes;
                   CheckAttributes(attributes, request.config, diagnostics);
                   if (!request.write_only_allowed) {
                     RefuseWriteOnly(attributes, request.config, diagnostics);
                   }
                   served->entry.resource->Validate(NewContext(), request.config, diagnostics);
                 })
      .diagnostics;
}

Diagnostics Server::ValidateDataSource(const DataSourceRequest& request) const {
  return Guarded("ValidateDataResourceConfig", request.type_name, log_, OnlyDiagnostics(),
                 &OnlyDiagnostics::diagnostics,
                 [&](OnlyDiagnostics& answer) {
                   Diagnostics& diagnostics = answer.diagnostics;
                   const ServedDataSource* served = FindDataSource(request.type_name, diagnostics);
                   if (served == nullptr) return;
                   CheckAttributes(served->schema.attributes, request.config, diagnostics);
                   served->entry.data_source->Validate(NewContext(), request.config, diagnostics);
                 })
      .diagnostics;
}

}  // namespace ameide::framework
