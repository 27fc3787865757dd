// The secret values of a run: taken once, handed to the phases that are granted them.
//
// Whoever starts the agent program writes them to a private folder, one file per environment
// variable. The folder is gone before anything of the task runs. Values that are in the workspace's
// own environment (a pod's) count as well; of two the folder's wins. The push credential is granted
// to the phase `pr` alone, which is not done here, so it is refused.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "task/agent/environment.h"
#include "task/contract/profile.h"

namespace ameide::task {

inline constexpr uint64_t kMaxSecretBytes = 64u << 10;

using SecretValues = std::map<std::string, std::string>;  // environment variable → value

// `folder` (may be empty: none) is removed whatever it held. Errors, none of which shows a value:
// kDenied for a file that no phase of ours is granted, kInvalid for a value that is too long, has a
// NUL, or is too short to be kept out of the evidence.
Result<SecretValues> TakeSecrets(const fs::path& folder, const ProfileContract& profile,
                                 const Environment& environment);

// Those of `values` that `phase` is granted and the task uses.
SecretValues SecretsOf(Phase phase, const TaskSpec& spec, const ProfileContract& profile,
                       const SecretValues& values);

struct GitCredential {
  std::string username;
  std::string password;
};

// What Git says at a repository that asks for a password, from the secrets granted to the checkout:
// GIT_USERNAME and GIT_PASSWORD, else the first whose name ends in TOKEN or PASSWORD. Nothing for a
// URL that is not HTTP or has a user name and password itself.
std::optional<GitCredential> CheckoutCredential(const SecretValues& checkout, std::string_view url);

}  // namespace ameide::task
