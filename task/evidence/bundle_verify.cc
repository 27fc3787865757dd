#include <sys/stat.h>

#include <cerrno>
#include <functional>
#include <set>

#include "absl/cleanup/cleanup.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/evidence/bundle.h"
#include "task/evidence/tree.h"

namespace ameide::task {
namespace {

using tree::Node;
using tree::Walk;

Error Bad(const fs::path& directory, std::string_view path, std::string cause) {
  return Error{ErrorKind::kInvalid, "verify evidence bundle",
               StrCat(directory.string(), "/", Truncate(ToOneLine(path), 300)), std::move(cause),
               "do not trust this bundle; run the task again"};
}

struct Opened {
  UniqueFd root;
  std::string manifest_bytes;
  Manifest manifest;
};

// The manifest on its own: what can be said without looking at any other file.
Status CheckManifest(const fs::path& directory, const Manifest& manifest,
                     const BundleLimits& limits) {
  if (manifest.files.size() > limits.files) {
    return Bad(
        directory, kManifestFile,
        StrCat("it names ", manifest.files.size(), " files, over the limit of ", limits.files));
  }
  std::set<std::string_view> seen;
  uint64_t total = 0;
  for (const ManifestFile& file : manifest.files) {
    if (!tree::IsBundlePath(file.path)) return Bad(directory, file.path, "the path is not safe");
    if (file.path == kManifestFile) return Bad(directory, file.path, "the manifest names itself");
    if (!seen.insert(file.path).second) return Bad(directory, file.path, "it is named twice");
    if (file.size > limits.LimitOf(file.path) || file.size > limits.total_bytes - total) {
      return Bad(directory, file.path, StrCat("its ", file.size, " bytes are over the limit"));
    }
    total += file.size;
  }
  if (!seen.contains(kResultFile)) return Bad(directory, kResultFile, "the manifest lacks it");
  return Ok{};
}

Result<Opened> OpenBundle(const fs::path& directory, const BundleLimits& limits) {
  AMEIDE_ASSIGN_OR_RETURN(UniqueFd root, tree::OpenRoot(directory));
  Result<UniqueFd> file = tree::OpenBeneath(root.get(), kManifestFile);
  if (!file.ok() && file.error().kind == ErrorKind::kNotFound) {
    return Error{ErrorKind::kNotFound, "verify evidence bundle", directory.string(),
                 "it has no manifest.json", "the run did not finish writing its evidence"};
  }
  if (!file.ok()) return Bad(directory, kManifestFile, file.error().cause);
  AMEIDE_ASSIGN_OR_RETURN(std::string bytes,
                          tree::ReadPiece(file->get(), 0, kMaxManifestBytes + 1, kManifestFile));
  if (bytes.size() > kMaxManifestBytes) return Bad(directory, kManifestFile, "it is too large");
  const Result<Json> json = ParseJson(bytes);
  if (!json.ok()) return Bad(directory, kManifestFile, json.error().cause);
  Checked<Manifest> manifest = ManifestFromJson(*json);
  if (!manifest.ok()) {
    return Bad(directory, kManifestFile, ToError(manifest.problems, "", "").cause);
  }
  AMEIDE_RETURN_IF_ERROR(CheckManifest(directory, *manifest.value, limits));
  return Opened{std::move(root), std::move(bytes), std::move(*manifest.value)};
}

// Nothing but what the manifest names, and only regular files. Empty directories are harmless, but
// there may not be many of them.
Status CheckListing(const fs::path& directory, const Opened& bundle, const BundleLimits& limits) {
  std::set<std::string_view> named = {kManifestFile};
  for (const ManifestFile& file : bundle.manifest.files) named.insert(file.path);
  Status status = Ok{};
  const size_t most = 8 * limits.files + 64;
  size_t seen = 0;
  tree::WalkTree(bundle.root.get(), [&](const Node& node) {
    if (++seen > most) {
      status = Bad(directory, node.path, StrCat("there are more than ", most, " names"));
    } else if (node.kind != Node::Kind::kFile && node.kind != Node::Kind::kDirectory) {
      status = Bad(directory, node.path, StrCat("it is ", tree::Describe(node.kind)));
    } else if (node.kind == Node::Kind::kFile && !named.contains(node.path)) {
      status = Bad(directory, node.path, "the manifest does not name it");
    }
    return status.ok() ? Walk::kOn : Walk::kStop;
  });
  return status;
}

// Gives the file's bytes to `sink` and fails unless they are what the manifest says.
Status CheckFile(const fs::path& directory, int root, const ManifestFile& file,
                 const std::function<Status(std::string_view)>& sink) {
  const Result<UniqueFd> in = tree::OpenBeneath(root, file.path);
  if (!in.ok()) return Bad(directory, file.path, in.error().cause);
  const Result<uint64_t> size = tree::SizeOf(in->get(), file.path);
  // A sparse file can claim a terabyte: look before reading.
  if (size.ok() && *size != file.size) {
    return Bad(directory, file.path,
               StrCat("its size is ", *size, ", the manifest says ", file.size));
  }
  Status sunk = Ok{};
  const Result<tree::Streamed> got =
      tree::Stream(in->get(), file.size, file.path, [&](std::string_view piece) {
        sunk = sink(piece);
        return sunk.ok();
      });
  if (!sunk.ok()) return sunk;
  if (!got.ok()) return Bad(directory, file.path, got.error().cause);
  if (got->size != file.size || got->sha256 != file.sha256) {
    return Bad(directory, file.path,
               StrCat("its SHA-256 is ", got->sha256, ", the manifest says ", file.sha256));
  }
  return Ok{};
}

using Sink = std::function<Status(std::string_view)>;
// Makes the receiver of one file's bytes; it lives until the next one is asked for.
using SinkFor = std::function<Result<Sink>(const ManifestFile& file)>;

Result<VerifiedBundle> Check(const fs::path& directory, Opened bundle, const BundleLimits& limits,
                             const SinkFor& sink_for) {
  AMEIDE_RETURN_IF_ERROR(CheckListing(directory, bundle, limits));
  std::string result_bytes;
  for (const ManifestFile& file : bundle.manifest.files) {
    const bool is_result = file.path == kResultFile;
    if (is_result && file.size > kMaxResultBytes) {
      return Bad(directory, file.path, "it is too large");
    }
    AMEIDE_ASSIGN_OR_RETURN(const Sink sink, sink_for(file));
    AMEIDE_RETURN_IF_ERROR(
        CheckFile(directory, bundle.root.get(), file, [&](std::string_view piece) {
          if (is_result) result_bytes += piece;
          return sink ? sink(piece) : Status(Ok{});
        }));
  }
  const Result<Json> json = ParseJson(result_bytes);
  if (!json.ok()) return Bad(directory, kResultFile, json.error().cause);
  Checked<TaskResult> result = TaskResultFromJson(*json);
  if (!result.ok()) return Bad(directory, kResultFile, ToError(result.problems, "", "").cause);
  if (result.value->work_id != bundle.manifest.work_id ||
      result.value->run_id != bundle.manifest.run_id) {
    return Bad(directory, kResultFile, "it belongs to another run than manifest.json");
  }
  return VerifiedBundle{std::move(bundle.manifest), std::move(*result.value),
                        Sha256Hex(bundle.manifest_bytes)};
}

Status MakeTarget(const fs::path& to) {
  if (to.has_parent_path()) AMEIDE_RETURN_IF_ERROR(MakeDirectories(to.parent_path()));
  if (::mkdir(to.c_str(), 0700) != 0) {
    return ErrnoError(errno, "create", to.string(), "give a path that does not exist yet");
  }
  return Ok{};
}

}  // namespace

Result<VerifiedBundle> VerifyBundle(const fs::path& directory, BundleLimits limits) {
  AMEIDE_ASSIGN_OR_RETURN(Opened bundle, OpenBundle(directory, limits));
  return Check(directory, std::move(bundle), limits,
               [](const ManifestFile&) -> Result<Sink> { return Sink(); });
}

Result<VerifiedBundle> CopyBundle(const fs::path& from, const fs::path& to, BundleLimits limits) {
  AMEIDE_ASSIGN_OR_RETURN(Opened bundle, OpenBundle(from, limits));
  AMEIDE_RETURN_IF_ERROR(MakeTarget(to));
  auto undo = absl::MakeCleanup([&] { (void)RemoveTree(to); });
  const std::string manifest_bytes = bundle.manifest_bytes;
  UniqueFd out;
  AMEIDE_ASSIGN_OR_RETURN(
      VerifiedBundle verified,
      Check(from, std::move(bundle), limits, [&](const ManifestFile& file) -> Result<Sink> {
        const fs::path target = to / file.path;
        AMEIDE_ASSIGN_OR_RETURN(out, tree::CreateNew(target));
        return Sink(
            [&out, target](std::string_view piece) { return WriteAll(out.get(), piece, target); });
      }));
  AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(to / kManifestFile, manifest_bytes));
  std::move(undo).Cancel();
  return verified;
}

}  // namespace ameide::task
