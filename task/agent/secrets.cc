#include "task/agent/secrets.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/task_result.h"
#include "task/evidence/redactor.h"

namespace ameide::task {
namespace {

// Hosts that authenticate by token alone ignore the name; this one is what GitHub documents.
constexpr char kTokenUser[] = "x-access-token";

bool IsGranted(const SecretGrant& grant, Phase phase) {
  return std::find(grant.phases.begin(), grant.phases.end(), phase) != grant.phases.end();
}

bool GrantedHere(const ProfileContract& profile, std::string_view env) {
  return std::any_of(profile.secrets.begin(), profile.secrets.end(), [&](const SecretGrant& grant) {
    return grant.env == env && (IsGranted(grant, Phase::kCheckout) ||
                                IsGranted(grant, Phase::kEdit) || IsGranted(grant, Phase::kVerify));
  });
}

Error Refused(ErrorKind kind, std::string_view env, std::string cause, std::string hint) {
  return {kind, "take secret", Truncate(ToOneLine(env), 200), std::move(cause), std::move(hint)};
}

Status CheckValue(std::string_view env, std::string_view value) {
  if (value.find('\0') != std::string_view::npos) {
    return Refused(ErrorKind::kInvalid, env, "its value has a NUL byte",
                   "encode it, for example as base64; no environment variable can hold a NUL");
  }
  if (value.size() > kMaxSecretBytes) {
    return Refused(ErrorKind::kInvalid, env,
                   StrCat("it is larger than ", kMaxSecretBytes, " bytes"), "give a shorter value");
  }
  return Ok{};
}

Status ReadFolder(const fs::path& folder, const ProfileContract& profile, SecretValues* values) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string env = it->path().filename().string();
    if (!GrantedHere(profile, env)) {
      return Refused(ErrorKind::kDenied, env,
                     StrCat("profile \"", profile.name, "\" grants it to no phase before pr"),
                     "grant it in the profile, or do not give it to the task");
    }
    AMEIDE_ASSIGN_OR_RETURN((*values)[env], [&]() -> Result<std::string> {
      AMEIDE_RETURN_IF_ERROR(OpenRegularFile(it->path()));  // no link, no pipe
      return ReadFile(it->path(), kMaxSecretBytes);
    }());
  }
  if (!error) return Ok{};
  return Error{ErrorKind::kNotFound, "read secrets", folder.string(), error.message(),
               "give --secrets a folder with one file per environment variable"};
}

}  // namespace

Result<SecretValues> TakeSecrets(const fs::path& folder, const ProfileContract& profile,
                                 const Environment& environment) {
  SecretValues values;
  for (const SecretGrant& grant : profile.secrets) {
    const auto own = environment.find(grant.env);
    if (own != environment.end() && !own->second.empty()) values[grant.env] = own->second;
  }
  if (!folder.empty()) {
    const Status read = ReadFolder(folder, profile, &values);
    AMEIDE_RETURN_IF_ERROR(RemoveTree(folder));
    AMEIDE_RETURN_IF_ERROR(read);
  }
  for (const auto& [env, value] : values) AMEIDE_RETURN_IF_ERROR(CheckValue(env, value));
  AMEIDE_RETURN_IF_ERROR(Redactor::Check(values));
  return values;
}

SecretValues SecretsOf(Phase phase, const TaskSpec& spec, const ProfileContract& profile,
                       const SecretValues& values) {
  SecretValues granted;
  for (const SecretGrant& grant : profile.secrets) {
    const auto value = values.find(grant.env);
    const bool used = spec.secrets.empty() || spec.secrets.contains(grant.env);
    if (value != values.end() && used && IsGranted(grant, phase)) granted.insert(*value);
  }
  return granted;
}

std::optional<GitCredential> CheckoutCredential(const SecretValues& checkout,
                                                std::string_view url) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) return std::nullopt;
  if (WithoutUserInfo(url) != url) return std::nullopt;
  const auto text = [](const std::string& value) { return std::string(StripWhitespace(value)); };
  const auto name = checkout.find("GIT_USERNAME");
  const std::string username = name == checkout.end() ? kTokenUser : text(name->second);
  const auto password = checkout.find("GIT_PASSWORD");
  if (password != checkout.end()) return GitCredential{username, text(password->second)};
  for (const auto& [env, value] : checkout) {
    if (!env.ends_with("TOKEN") && !env.ends_with("PASSWORD")) continue;
    return GitCredential{username, text(value)};
  }
  return std::nullopt;
}

}  // namespace ameide::task
