#include "task/publish/publisher_environment.h"

#include <algorithm>

#include "base/base64.h"
#include "base/strings.h"
#include "task/contract/publication.h"
#include "task/evidence/signature.h"

namespace ameide::task {
namespace {

Error Bad(std::string_view name, std::string cause) {
  return Error{ErrorKind::kInvalid, "read variable", std::string(name), std::move(cause),
               "render and push the template again"};
}

Result<std::string> Decoded(const Environment& environment, std::string_view name) {
  const std::string text = Get(environment, name);
  if (text.empty()) return Bad(name, "it is not set");
  std::optional<std::string> bytes = FromBase64(text);
  if (!bytes) return Bad(name, "it is no base64");
  return *std::move(bytes);
}

template <class T>
Result<T> Document(const Environment& environment, std::string_view name,
                   Checked<T> (*from)(const Json&)) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string text, Decoded(environment, name));
  const Result<Json> json = ParseJson(text);
  if (!json.ok()) return Bad(name, json.error().cause);
  Checked<T> value = from(*json);
  if (!value.ok()) return Bad(name, ToError(value.problems, "", "").cause);
  return std::move(*value.value);
}

Result<Credential> PushCredential(const Environment& environment, const PublishJob& job) {
  std::map<std::string, std::string> secrets;
  for (const SecretGrant& grant : job.contract.secrets) {
    const auto for_pr = std::find(grant.phases.begin(), grant.phases.end(), Phase::kPr);
    const bool used = job.spec.secrets.empty() || job.spec.secrets.contains(grant.env);
    if (for_pr == grant.phases.end() || !used) continue;
    secrets[grant.env] = Get(environment, grant.env);
    if (secrets[grant.env].empty()) return Bad(grant.env, "it is not set");
  }
  const std::string text = PushCredentialText(secrets);
  return text.empty() ? Credential{} : CredentialFromText(text);
}

}  // namespace

Result<AwaitingPublisher> PublisherFromEnvironment(const Environment& environment) {
  AwaitingPublisher publisher;
  PublishJob& job = publisher.job;
  AMEIDE_ASSIGN_OR_RETURN(job.spec, Document(environment, "AMEIDE_SPEC_BASE64", TaskSpecFromJson));
  AMEIDE_ASSIGN_OR_RETURN(job.contract,
                          Document(environment, "AMEIDE_CONTRACT_BASE64", ProfileContractFromJson));
  AMEIDE_RETURN_IF_ERROR(CheckAsksForPullRequest(job.spec, job.contract));
  if (job.spec.run_id.empty()) return Bad("AMEIDE_SPEC_BASE64", "it has no run_id");
  AMEIDE_ASSIGN_OR_RETURN(const std::string der, Decoded(environment, "AMEIDE_PUBLISH_KEY"));
  const Result<std::string> pem = PublicPemFromDer(der);
  if (!pem.ok()) return Bad("AMEIDE_PUBLISH_KEY", pem.error().cause);
  publisher.public_key_pem = *pem;
  AMEIDE_ASSIGN_OR_RETURN(job.credential, PushCredential(environment, job));
  return publisher;
}

}  // namespace ameide::task
