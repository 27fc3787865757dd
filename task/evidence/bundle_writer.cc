#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/evidence/bundle.h"
#include "task/evidence/tree.h"

namespace ameide::task {
namespace {

using tree::Node;
using tree::Walk;

constexpr size_t kOwnFiles = 8;  // places kept for result.json, run.log, report.html and their kin
constexpr uint64_t kReportRoom = 32u << 20;  // a page that escapes everything can grow

bool IsWrittenByFinish(std::string_view path) {
  return path == kManifestFile || path == kResultFile || path == kReportFile ||
         path == kProvenanceFile;
}

std::string_view GlobPathOf(std::string_view path) {
  for (const std::string_view folder : {kFilesFolder, kJUnitFolder}) {
    if (path.starts_with(folder) && path.substr(folder.size()).starts_with('/')) {
      return path.substr(folder.size() + 1);
    }
  }
  return {};
}

// Whether a glob could match below a folder: the part before its first wildcard must agree with it.
bool MayMatchBelow(std::string_view glob, std::string_view folder) {
  const std::string_view fixed = glob.substr(0, glob.find_first_of("*?[\\"));
  const std::string prefix = StrCat(folder, "/");
  return fixed.starts_with(prefix) || std::string_view(prefix).starts_with(fixed);
}

}  // namespace

BundleWriter::BundleWriter(fs::path directory, BundleLimits limits)
    : directory_(std::move(directory)), limits_(limits) {}

Result<BundleWriter> BundleWriter::Create(fs::path directory, BundleLimits limits) {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(directory));
  std::error_code error;
  const bool empty = fs::is_empty(directory, error);
  if (error || !empty) {
    return Error{ErrorKind::kConflict, "create evidence bundle", directory.string(),
                 error ? error.message() : "the directory is not empty",
                 "give each run a directory of its own"};
  }
  return BundleWriter(std::move(directory), limits);
}

Result<BundleWriter> BundleWriter::Reopen(fs::path directory, BundleLimits limits) {
  AMEIDE_ASSIGN_OR_RETURN(VerifiedBundle bundle, VerifyBundle(directory, limits));
  BundleWriter writer(std::move(directory), limits);
  for (const ManifestFile& file : bundle.manifest.files) {
    if (IsWrittenByFinish(file.path)) continue;
    writer.paths_.emplace(file.path, file);
    writer.total_ += file.size;
  }
  writer.omissions_ = std::move(bundle.manifest.omissions);
  return writer;
}

Status BundleWriter::CheckNew(std::string_view path) const {
  const auto error = [&](ErrorKind kind, std::string cause) {
    return Error{kind, "add to evidence bundle", Truncate(ToOneLine(path), 300), std::move(cause),
                 "choose another path inside the bundle"};
  };
  if (!tree::IsBundlePath(path)) {
    return error(ErrorKind::kInvalid, "the path is not a plain, printable, relative one");
  }
  if (IsWrittenByFinish(path)) return error(ErrorKind::kInvalid, "the bundle writes it itself");
  if (Exists(directory_ / path)) return error(ErrorKind::kConflict, "the path is taken");
  return Ok{};
}

std::string BundleWriter::NoRoom(std::string_view path, uint64_t size, size_t files,
                                 uint64_t total) const {
  if (size > limits_.LimitOf(path)) {
    return StrCat("its ", size, " bytes are over the limit of ", limits_.LimitOf(path));
  }
  const uint64_t room = limits_.total_bytes - std::min(limits_.total_bytes / 8, kReportRoom);
  if (size > room || total > room - size) {
    return StrCat("the bundle is full (limit ", limits_.total_bytes, " bytes)");
  }
  if (files >= limits_.files) return StrCat("the bundle is full (limit ", limits_.files, " files)");
  return {};
}

Status BundleWriter::AddFile(std::string_view path, std::string_view bytes) {
  AMEIDE_RETURN_IF_ERROR(CheckNew(path));
  if (const std::string why = NoRoom(path, bytes.size(), paths_.size() + kOwnFiles, total_);
      !why.empty()) {
    Omit(std::string(path), why);
    return Ok{};
  }
  const fs::path target = directory_ / path;
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(target.parent_path()));
  AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(target, bytes));
  paths_[std::string(path)] = {std::string(path), bytes.size(), Sha256Hex(bytes)};
  total_ += bytes.size();
  return Ok{};
}

Status BundleWriter::Replace(std::string_view path, std::string_view bytes) {
  if (tree::IsBundlePath(path) && !IsWrittenByFinish(path) && Exists(directory_ / path)) {
    AMEIDE_RETURN_IF_ERROR(RemoveTree(directory_ / path));
    const std::string below = StrCat(path, "/");
    std::erase_if(paths_, [&](const auto& one) {
      const bool gone = one.first == path || one.first.starts_with(below);
      if (gone) total_ -= one.second.size;
      return gone;
    });
    Omit(std::string(path), "another file of this name was here; it was replaced");
  }
  return AddFile(path, bytes);
}

Status BundleWriter::AppendLine(std::string_view path, std::string_view line) {
  const fs::path target = directory_ / path;
  if (!Exists(target)) return AddFile(path, StrCat(line, "\n"));
  const auto known = paths_.find(path);
  const uint64_t old = known == paths_.end() ? 0 : known->second.size;
  AMEIDE_ASSIGN_OR_RETURN(const std::string last, ReadFileTail(target, 1));
  const std::string bytes = StrCat(last.empty() || last == "\n" ? "" : "\n", line, "\n");
  if (std::string why = NoRoom(path, old + bytes.size(), paths_.size() + kOwnFiles, total_ - old);
      !why.empty()) {
    Omit(std::string(path), StrCat("a line more did not fit: ", why));
    return Ok{};
  }
  const UniqueFd file(::open(target.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
  if (!file.valid()) return ErrnoError(errno, "append to", target.string());
  // Its digest is another one now: Finish takes it anew.
  if (known != paths_.end()) paths_.erase(known);
  total_ += bytes.size();
  return WriteAll(file.get(), bytes, target);
}

Status BundleWriter::CopyIn(std::string_view path, const Result<UniqueFd>& source) {
  const auto omit = [&](const Error& error) {
    Omit(std::string(path), error.cause);
    return Ok{};
  };
  if (!source.ok()) return omit(source.error());
  const Result<uint64_t> size = tree::SizeOf(source->get(), path);
  if (!size.ok()) return omit(size.error());
  if (const std::string why = NoRoom(path, *size, paths_.size() + kOwnFiles, total_);
      !why.empty()) {
    Omit(std::string(path), why);
    return Ok{};
  }
  const fs::path target = directory_ / path;
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd file, tree::CreateNew(target));
  auto undo = absl::MakeCleanup([&] { ::unlink(target.c_str()); });
  Status written = Ok{};
  // It may grow while we read; what is over the room it was given is no evidence of anything.
  const uint64_t most = std::min(limits_.LimitOf(path), limits_.total_bytes - total_);
  const Result<tree::Streamed> copied =
      tree::Stream(source->get(), most, path, [&](std::string_view piece) {
        written = WriteAll(file.get(), piece, target);
        return written.ok();
      });
  if (!written.ok()) return written;
  if (!copied.ok()) return omit(copied.error());
  std::move(undo).Cancel();
  paths_[std::string(path)] = {std::string(path), copied->size, copied->sha256};
  total_ += copied->size;
  return Ok{};
}

Status BundleWriter::AddCopy(std::string_view path, const fs::path& from) {
  AMEIDE_RETURN_IF_ERROR(CheckNew(path));
  const fs::path parent = from.has_parent_path() ? from.parent_path() : fs::path(".");
  const Result<UniqueFd> folder = tree::OpenRoot(parent);
  if (!folder.ok()) return CopyIn(path, folder.error());
  return CopyIn(path, tree::OpenBeneath(folder->get(), from.filename().string()));
}

void BundleWriter::Omit(std::string path, std::string reason) {
  if (omissions_.size() >= kMaxOmissions) {
    ++more_omissions_;
    return;
  }
  if (redactor_) {
    path = redactor_->Whole(path);
    reason = redactor_->Whole(reason);
  }
  omissions_.push_back({Truncate(ToOneLine(path), 1000), Truncate(ToOneLine(reason), 1000)});
}

void BundleWriter::RedactWith(Redactor redactor) {
  for (Omission& omission : omissions_) {
    omission = {redactor.Whole(omission.path), redactor.Whole(omission.reason)};
  }
  redactor_.emplace(std::move(redactor));
}

Status BundleWriter::CollectGlobs(const fs::path& root, const std::vector<std::string>& globs) {
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd root_fd, tree::OpenRoot(root));
  AMEIDE_ASSIGN_OR_RETURN(const Node own, tree::Identify(directory_));
  const auto any = [&](auto&& predicate) {
    return std::any_of(globs.begin(), globs.end(), predicate);
  };
  const auto matches = [&](std::string_view path) {
    return any([&](const std::string& glob) { return GlobMatches(glob, path); });
  };
  Status status = Ok{};
  tree::WalkTree(root_fd.get(), [&](const Node& node) {
    const std::string_view name = StrSplit(node.path, '/').back();
    if (name == ".git") return Walk::kSkip;
    if (node.kind == Node::Kind::kDirectory) {
      // Our own bundle may lie in the checkout; collecting it into itself would never end.
      if (node.device == own.device && node.inode == own.inode) return Walk::kSkip;
      const bool enter = any([&](const std::string& g) { return MayMatchBelow(g, node.path); });
      return enter ? Walk::kOn : Walk::kSkip;
    }
    const std::string path = StrCat(kFilesFolder, "/", node.path);
    if (node.kind == Node::Kind::kUnreadable) {
      Omit(path, std::string(tree::Describe(node.kind)));
      return Walk::kOn;
    }
    if (!matches(node.path) || paths_.contains(path)) return Walk::kOn;
    if (node.kind != Node::Kind::kFile) {
      Omit(path, StrCat("it is ", tree::Describe(node.kind)));
    } else if (!tree::IsBundlePath(path)) {
      Omit(path, "its name is not plain printable UTF-8");
    } else {
      status = CopyIn(path, tree::OpenBeneath(root_fd.get(), node.path));
    }
    return status.ok() ? Walk::kOn : Walk::kStop;
  });
  return status;
}

bool BundleWriter::Has(std::string_view glob) const {
  return std::any_of(paths_.begin(), paths_.end(), [&](const auto& one) {
    const std::string_view inner = GlobPathOf(one.first);
    return !inner.empty() && GlobMatches(glob, inner);
  });
}

}  // namespace ameide::task
