#include "task/launcher/local/local_secrets.h"

#include <algorithm>

#include "base/strings.h"

namespace ameide::task {
namespace {

bool IsFor(const SecretGrant& grant, SecretReader reader) {
  return std::any_of(grant.phases.begin(), grant.phases.end(), [&](Phase phase) {
    return (phase == Phase::kPr) == (reader == SecretReader::kPublisher);
  });
}

// A name of one path component, so that no grant leads out of the folder.
bool IsPlain(const std::string& name) {
  return IsSafeRelativePath(name) && name.find('/') == std::string::npos;
}

}  // namespace

Result<std::map<std::string, std::string>> ReadLocalSecrets(const fs::path& folder,
                                                            const TaskSpec& spec,
                                                            const ProfileContract& contract,
                                                            SecretReader reader) {
  std::map<std::string, std::string> secrets;
  if (reader == SecretReader::kPublisher && !spec.pull_request) return secrets;
  std::vector<std::string> missing;
  for (const SecretGrant& grant : contract.secrets) {
    const bool asked = spec.secrets.contains(grant.env);
    if (!IsFor(grant, reader) || (!spec.secrets.empty() && !asked)) continue;
    if (folder.empty() && !asked) continue;
    const std::string name = StrCat(grant.secret, "/", grant.key);
    // Mounted secrets are links to files, so links are followed here: the folder is the operator's.
    Result<std::string> value =
        folder.empty() || !IsPlain(grant.secret) || !IsPlain(grant.key)
            ? Error{ErrorKind::kNotFound, "read secret", name, "there is none", ""}
            : ReadFile(folder / grant.secret / grant.key, kMaxSecretBytes);
    if (!value.ok() || value->empty()) {
      missing.push_back(StrCat(grant.env, " (", name, ")"));
    } else {
      secrets[grant.env] = std::move(*value);
    }
  }
  if (missing.empty()) return secrets;
  return Error{ErrorKind::kInvalid, "read secrets from",
               folder.empty() ? "secrets_dir, which is not set" : folder.string(),
               StrCat("not there or not readable: ", StrJoin(missing, ", ")),
               "put each into <secrets_dir>/<secret>/<key>, or name fewer in the task's secrets"};
}

}  // namespace ameide::task
