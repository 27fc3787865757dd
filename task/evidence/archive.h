// An evidence bundle as one file: a POSIX ustar archive of regular files in one canonical form, so
// that equal bundles give equal bytes. `tar` reads it.
//
// The form: members sorted by path as bytes, no folders, headers as base/ustar.h makes them; two
// blocks of zeros end it. The reader takes that form and nothing else. That is
// why it is ours and no library's: one that reads every archive there is gives a hostile one the
// choice of what to be, and brings a dozen decoders into each program.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "base/ustar.h"
#include "task/evidence/bundle.h"

namespace ameide::task {

using ArchiveMember = ustar::Member;  // the path is as a manifest names it

// Fills `bytes` bytes at `data`, less only where the archive ends; the number of bytes.
using ArchiveSource = std::function<Result<size_t>(char* data, size_t bytes)>;
struct ArchiveSink {
  std::function<Status(const ArchiveMember&)> begin;  // checked, and within every limit
  std::function<Status(std::string_view)> data;       // pieces of it
};
// Reads an archive of `total` bytes. kInvalid with the member and what is wrong: another kind than
// a regular file, an extension, an unsafe name, a wrong checksum, anything over `limits`, cut off,
// with bytes behind its end. Nothing of a member reaches `sink` before its header was judged.
Status ReadArchive(uint64_t total, const ArchiveSource& source, const BundleLimits& limits,
                   const ArchiveSink& sink);

// Packs the bundle at `directory`, which must verify, into the new file `to`.
Result<VerifiedBundle> PackBundle(const fs::path& directory, const fs::path& to,
                                  BundleLimits limits = {});

// Unpacks into the new folder `to` and verifies the bundle there; after an error it is gone.
Result<VerifiedBundle> UnpackBundle(const fs::path& archive, const fs::path& to,
                                    BundleLimits limits = {});

}  // namespace ameide::task
