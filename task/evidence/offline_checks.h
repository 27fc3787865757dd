// Everything that can be said of a bundle without the workspace, the repository or a network: its
// digests, its signature, its guardrails replayed from the patch, its test verdict recounted, its
// facts compared with its result.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "task/contract/profile.h"
#include "task/evidence/bundle.h"

namespace ameide::task {

struct BundleCheck {
  enum class Verdict { kOk, kFailed, kNotPossible };
  std::string name;  // "digests", "signature", "guardrails", "changed_files", "tests", "facts"
  Verdict verdict = Verdict::kNotPossible;
  std::string detail;  // printable, one line
  bool operator==(const BundleCheck&) const = default;
};
std::string_view ToString(BundleCheck::Verdict verdict);  // "ok", "failed", "not_possible"

struct OfflineInput {
  fs::path bundle;
  std::string public_key_pem;  // empty: nobody's; a signature is then named, not checked
  // The profile to judge by. Without it the bundle's own task.json is taken, which proves only that
  // the bundle agrees with itself, and the check says so.
  std::optional<ProfileContract> contract;
};

struct OfflineVerdict {
  std::optional<VerifiedBundle> bundle;  // set when the digests hold
  std::vector<BundleCheck> checks;       // one of each name, in the order above
  bool failed() const;
};

// Nothing is an error here: what cannot be read is a check that failed or was not possible.
OfflineVerdict CheckBundle(const OfflineInput& input);

}  // namespace ameide::task
