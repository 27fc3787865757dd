// What a state folder's one secret gives: the key that signs one run's publish order, and the id
// that workspaces carry. Derived, not stored, so that a launcher that takes over another one's run
// can still give the order.
#pragma once

#include <string>

#include "base/files.h"
#include "base/result.h"
#include "task/evidence/signature.h"

namespace ameide::task {

// The secret of a state folder is <state>/publish.seed (0600, 64 hexadecimal digits), made when it
// is first needed; the seed of a run's key is HMAC-SHA256(secret, workspace name, newline, run_id).
// Safe to call from several processes. No error quotes the secret.
Result<KeyPair> PublishKeyOf(const fs::path& state, const std::string& workspace_name,
                             const std::string& run_id);

// 16 hexadecimal digits: the same for all who share the state folder, and telling nothing of the
// secret. Whoever copies the folder copies the id.
Result<std::string> InstallationIdOf(const fs::path& state);

}  // namespace ameide::task
