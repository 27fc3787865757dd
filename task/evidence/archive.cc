#include "task/evidence/archive.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "base/strings.h"
#include "task/evidence/tree.h"

namespace ameide::task {
namespace {

// All files of the bundle, the manifest among them, as the archive has them.
std::vector<ManifestFile> FilesOf(const VerifiedBundle& bundle, uint64_t manifest_size) {
  std::vector<ManifestFile> files = bundle.manifest.files;
  files.push_back({kManifestFile, manifest_size, bundle.manifest_sha256});
  std::sort(files.begin(), files.end(),
            [](const ManifestFile& a, const ManifestFile& b) { return a.path < b.path; });
  return files;
}

// The file as it was verified; it could have changed since.
Status PackFile(int root, const ManifestFile& file, int to, const fs::path& target) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string header, ustar::Header({file.path, file.size}));
  AMEIDE_RETURN_IF_ERROR(WriteAll(to, header, target));
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd from, tree::OpenBeneath(root, file.path));
  Status written = Ok{};
  const Result<tree::Streamed> got =
      tree::Stream(from.get(), file.size, file.path, [&](std::string_view piece) {
        written = WriteAll(to, piece, target);
        return written.ok();
      });
  AMEIDE_RETURN_IF_ERROR(written);
  if (!got.ok()) return got.error();
  if (got->size != file.size || got->sha256 != file.sha256) {
    return Error{ErrorKind::kInvalid, "pack", file.path, "it changed while we packed it",
                 "pack when nobody writes there any more"};
  }
  return WriteAll(to, ustar::Padding(file.size), target);
}

ArchiveSource From(int fd, const fs::path& archive) {
  return [fd, archive](char* data, size_t bytes) -> Result<size_t> {
    size_t done = 0;
    while (done < bytes) {
      const ssize_t got = ::read(fd, data + done, bytes - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return ErrnoError(errno, "read archive", archive.string());
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  };
}

}  // namespace

Result<VerifiedBundle> PackBundle(const fs::path& directory, const fs::path& to,
                                  BundleLimits limits) {
  AMEIDE_ASSIGN_OR_RETURN(VerifiedBundle bundle, VerifyBundle(directory, limits));
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd root, tree::OpenRoot(directory));
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd manifest, tree::OpenBeneath(root.get(), kManifestFile));
  AMEIDE_ASSIGN_OR_RETURN(const uint64_t size, tree::SizeOf(manifest.get(), kManifestFile));
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd file, tree::CreateNew(fs::absolute(to)));
  auto undo = absl::MakeCleanup([&] { ::unlink(to.c_str()); });
  for (const ManifestFile& one : FilesOf(bundle, size)) {
    AMEIDE_RETURN_IF_ERROR(PackFile(root.get(), one, file.get(), to));
  }
  AMEIDE_RETURN_IF_ERROR(WriteAll(file.get(), std::string(2 * ustar::kBlock, '\0'), to));
  std::move(undo).Cancel();
  return bundle;
}

Result<VerifiedBundle> UnpackBundle(const fs::path& archive, const fs::path& to,
                                    BundleLimits limits) {
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd in, OpenRegularFile(archive, LastLink::kFollow));
  AMEIDE_ASSIGN_OR_RETURN(const uint64_t total, tree::SizeOf(in.get(), archive.string()));
  if (to.has_parent_path()) AMEIDE_RETURN_IF_ERROR(MakeDirectories(to.parent_path()));
  if (::mkdir(to.c_str(), 0700) != 0) {
    return ErrnoError(errno, "create", to.string(), "give a path that does not exist yet");
  }
  auto undo = absl::MakeCleanup([&] { (void)RemoveTree(to); });
  UniqueFd out;
  fs::path target;
  AMEIDE_RETURN_IF_ERROR(ReadArchive(
      total, From(in.get(), archive), limits,
      {.begin = [&](const ArchiveMember& member) -> Status {
         target = to / member.path;
         AMEIDE_ASSIGN_OR_RETURN(out, tree::CreateNew(target));
         return Ok{};
       },
       .data = [&](std::string_view piece) { return WriteAll(out.get(), piece, target); }}));
  AMEIDE_ASSIGN_OR_RETURN(VerifiedBundle bundle, VerifyBundle(to, limits));
  std::move(undo).Cancel();
  return bundle;
}

}  // namespace ameide::task
