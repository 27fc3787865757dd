#include "task/launcher/coder/publish_keys.h"

#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "base/digest.h"
#include "base/strings.h"

namespace ameide::task {
namespace {

constexpr size_t kSecretBytes = 32;

Result<std::string> ReadSecret(const fs::path& file) {
  AMEIDE_ASSIGN_OR_RETURN(std::string secret, ReadFile(file, 4096));
  if (IsSha256Hex(secret)) return secret;
  return Error{ErrorKind::kInvalid, "read", file.string(), "it is no secret of ours",
               "remove it when no run that may publish is on; another one is made then"};
}

// A link, not a rename: of two launchers that make one at once, both use the first.
Result<std::string> Secret(const fs::path& state) {
  const fs::path file = state / "publish.seed";
  if (Exists(file)) return ReadSecret(file);
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(state));
  const fs::path fresh = state / StrCat(".publish.seed-", RandomHex(8));
  const absl::Cleanup remove = [&] { (void)RemoveTree(fresh); };
  AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(fresh, RandomHex(kSecretBytes)));
  if (::link(fresh.c_str(), file.c_str()) != 0 && errno != EEXIST) {
    return ErrnoError(errno, "create", file.string());
  }
  return ReadSecret(file);
}

}  // namespace

Result<KeyPair> PublishKeyOf(const fs::path& state, const std::string& workspace_name,
                             const std::string& run_id) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string secret, Secret(state));
  return KeyFromSeed(HmacSha256(secret, StrCat(workspace_name, "\n", run_id)));
}

Result<std::string> InstallationIdOf(const fs::path& state) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string secret, Secret(state));
  return Sha256Hex(HmacSha256(secret, "installation")).substr(0, 16);
}

}  // namespace ameide::task
