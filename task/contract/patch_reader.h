// Reads a patch as `git diff --binary --full-index` writes it (git-diff(1), "Generating patch text
// with -p") and says what it changes, so that a patch from an untrusted place can be judged.
//
// Strict: whatever is not understood to the last line is an error and never skipped, since the
// reader that skips and the `git apply` that does not would see different changes. So are a patch
// without its binary contents or with shortened object ids, names other than a/… and b/…, and a
// path that comes twice. Renames and copies are taken when the patch says the file's mode, which a
// pure rename does not: write patches with --no-renames. Pure; linear in the patch's size.
#pragma once

#include <string_view>

#include "base/result.h"
#include "task/contract/guardrails.h"

namespace ameide::task {

struct PatchLimits {
  size_t files = 1'000'000;
  // Of added and removed lines that are kept, over the whole patch; what goes beyond is counted and
  // judged, but its text is not kept.
  size_t kept_bytes = 8u << 20;
};

// The changes in the patch's order. A rename is a deletion and an addition; a file that becomes a
// link (two blocks in the patch) is one modification. kInvalid names the patch's line.
Result<ChangeSet> ReadPatch(std::string_view patch, const PatchLimits& limits = {});

// True when the lines are equal but for SHA-256 digests ("sha256:" and 64 lower-case hexadecimal
// digits) that stand at the same places.
bool EqualButForDigests(std::string_view one, std::string_view other);

}  // namespace ameide::task
