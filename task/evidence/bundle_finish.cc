// BundleWriter::Finish: result, report, and the manifest over whatever lies in the directory.
#include <algorithm>

#include "base/digest.h"
#include "base/json.h"
#include "base/strings.h"
#include "task/evidence/bundle.h"
#include "task/evidence/provenance.h"
#include "task/evidence/report.h"
#include "task/evidence/tree.h"

namespace ameide::task {
namespace {

using tree::Node;
using tree::Walk;

constexpr size_t kWrittenLater = 2;  // report.html and provenance.json need a place, too

// When limits are short, what we need ourselves goes first and what strangers left goes last.
int Rank(std::string_view path, bool ours) {
  if (path == kResultFile) return 0;
  if (path == kRunLogFile || path == kDiffFile || path == kFactsFile) return 1;
  return ours ? 2 : 3;
}

Result<tree::Streamed> Digest(int root, const Node& node) {
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd file, tree::OpenBeneath(root, node.path));
  return tree::Stream(file.get(), node.size, node.path, nullptr);
}

bool Lists(const Manifest& manifest, std::string_view path) {
  return std::any_of(manifest.files.begin(), manifest.files.end(),
                     [&](const ManifestFile& file) { return file.path == path; });
}

// One end of a file for the report; what cannot be read is left out of the page, not of the bundle.
std::string Piece(int root, std::string_view path, uint64_t bytes, bool from_end, bool* cut) {
  const Result<UniqueFd> file = tree::OpenBeneath(root, path);
  if (!file.ok()) return {};
  const Result<uint64_t> size = tree::SizeOf(file->get(), path);
  if (!size.ok()) return {};
  *cut = *size > bytes;
  const uint64_t offset = from_end && *cut ? *size - bytes : 0;
  const Result<std::string> piece = tree::ReadPiece(file->get(), offset, bytes, path);
  return piece.ok() ? *piece : std::string();
}

Result<std::string> PageOf(const fs::path& directory, const Manifest& manifest,
                           const TaskResult& result) {
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd root, tree::OpenRoot(directory));
  ReportInput input{result, manifest.files, manifest.omissions, "", false, "", false};
  if (Lists(manifest, kRunLogFile)) {
    input.log = Piece(root.get(), kRunLogFile, kReportLogBytes, true, &input.log_cut);
  }
  if (Lists(manifest, kDiffFile)) {
    input.diff = Piece(root.get(), kDiffFile, kReportDiffBytes, false, &input.diff_cut);
  }
  return RenderReport(input);
}

// The spec that lies in the bundle; what cannot be read is as good as none.
Json SpecOf(const fs::path& directory, const Manifest& manifest) {
  if (!Lists(manifest, kSpecFile)) return {};
  const Result<std::string> bytes = ReadFile(directory / kSpecFile, kMaxSpecBytes);
  if (!bytes.ok()) return {};
  const Result<Json> json = ParseJson(*bytes);
  return json.ok() ? *json : Json();
}

Status WriteInto(const fs::path& directory, std::string_view path, std::string_view bytes,
                 Manifest* manifest) {
  manifest->files.push_back({std::string(path), bytes.size(), Sha256Hex(bytes)});
  return WriteFileAtomically(directory / path, bytes);
}

Status WriteManifest(const fs::path& directory, Manifest manifest) {
  std::sort(manifest.files.begin(), manifest.files.end(),
            [](const ManifestFile& a, const ManifestFile& b) { return a.path < b.path; });
  const std::string bytes = ToJson(manifest).DumpPretty();
  if (bytes.size() > kMaxManifestBytes) {
    return Error{ErrorKind::kInvalid, "write", (directory / kManifestFile).string(),
                 StrCat("larger than ", kMaxManifestBytes, " bytes"), "collect fewer files"};
  }
  return WriteFileAtomically(directory / kManifestFile, bytes);
}

}  // namespace

// A run can change a million files by accident; its evidence must still be readable.
Status BundleWriter::WriteResult(const TaskResult& result) {
  std::string bytes = ToJson(result).DumpPretty();
  if (bytes.size() > kMaxResultBytes) {
    TaskResult less = result;
    less.artifact.changed_files.resize(std::min<size_t>(less.artifact.changed_files.size(), 1000));
    less.findings.resize(std::min<size_t>(less.findings.size(), 100));
    bytes = ToJson(less).DumpPretty();
    Omit(kResultFile,
         StrCat("too long: ", less.artifact.changed_files.size(), " of ",
                result.artifact.changed_files.size(), " changed files and ", less.findings.size(),
                " of ", result.findings.size(), " findings are listed"));
  }
  if (bytes.size() > kMaxResultBytes) {
    return Error{ErrorKind::kInvalid, "write", (directory_ / kResultFile).string(),
                 StrCat("larger than ", kMaxResultBytes, " bytes"), "shorten its texts"};
  }
  return WriteFileAtomically(directory_ / kResultFile, bytes);
}

void BundleWriter::CutLog() {
  const fs::path log = directory_ / kRunLogFile;
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(log, error))) return;
  const uint64_t size = fs::file_size(log, error);
  if (error || size <= limits_.log_bytes) return;
  fs::resize_file(log, limits_.log_bytes, error);
  if (!error) Omit(kRunLogFile, StrCat("cut after ", limits_.log_bytes, " of ", size, " bytes"));
}

Result<Manifest> BundleWriter::TakeStock(const TaskResult& result) {
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd root, tree::OpenRoot(directory_));
  std::vector<Node> nodes;
  tree::WalkTree(root.get(), [&](const Node& node) {
    if (node.kind != Node::Kind::kDirectory) nodes.push_back(node);
    return Walk::kOn;
  });
  std::stable_sort(nodes.begin(), nodes.end(), [&](const Node& a, const Node& b) {
    return Rank(a.path, paths_.contains(a.path)) < Rank(b.path, paths_.contains(b.path));
  });
  Manifest manifest{result.work_id, result.run_id, {}, {}};
  uint64_t total = 0;
  for (const Node& node : nodes) {
    std::string why = NoRoom(node.path, node.size, manifest.files.size() + kWrittenLater, total);
    if (!tree::IsBundlePath(node.path)) why = "its name is not plain printable UTF-8";
    if (node.kind != Node::Kind::kFile) why = StrCat("it is ", tree::Describe(node.kind));
    if (why.empty()) {
      const auto known = paths_.find(node.path);
      if (known != paths_.end() && known->second.size == node.size) {
        manifest.files.push_back(known->second);
        total += node.size;
        continue;
      }
      const Result<tree::Streamed> seen = Digest(root.get(), node);
      if (seen.ok()) {
        manifest.files.push_back({node.path, seen->size, seen->sha256});
        total += seen->size;
        continue;
      }
      why = seen.error().cause;
    }
    AMEIDE_RETURN_IF_ERROR(RemoveTree(directory_ / node.path));
    Omit(node.path, std::move(why));
  }
  manifest.omissions = omissions_;
  if (more_omissions_ > 0) manifest.omissions.push_back({"…", StrCat(more_omissions_, " more")});
  return manifest;
}

Status BundleWriter::Finish(const TaskResult& result) {
  for (const char* name : {kManifestFile, kResultFile, kReportFile, kProvenanceFile}) {
    AMEIDE_RETURN_IF_ERROR(RemoveTree(directory_ / name));
  }
  AMEIDE_RETURN_IF_ERROR(WriteResult(result));
  CutLog();
  AMEIDE_ASSIGN_OR_RETURN(Manifest manifest, TakeStock(result));
  AMEIDE_ASSIGN_OR_RETURN(const std::string page, PageOf(directory_, manifest, result));
  AMEIDE_RETURN_IF_ERROR(WriteInto(directory_, kReportFile, page, &manifest));
  const Attestation unsigned_one{.spec = SpecOf(directory_, manifest)};
  AMEIDE_ASSIGN_OR_RETURN(const std::string provenance,
                          Provenance(unsigned_one, result, manifest.files));
  AMEIDE_RETURN_IF_ERROR(WriteInto(directory_, kProvenanceFile, provenance, &manifest));
  return WriteManifest(directory_, std::move(manifest));
}

Result<VerifiedBundle> AttestBundle(const fs::path& directory, const Attestation& attestation,
                                    BundleLimits limits) {
  AMEIDE_ASSIGN_OR_RETURN(VerifiedBundle bundle, VerifyBundle(directory, limits));
  Manifest& manifest = bundle.manifest;
  std::erase_if(manifest.files,
                [](const ManifestFile& file) { return file.path == kProvenanceFile; });
  Attestation whole = attestation;
  if (whole.spec.is_null()) whole.spec = SpecOf(directory, manifest);
  AMEIDE_ASSIGN_OR_RETURN(const std::string provenance,
                          Provenance(whole, bundle.result, manifest.files));
  AMEIDE_RETURN_IF_ERROR(WriteInto(directory, kProvenanceFile, provenance, &manifest));
  AMEIDE_RETURN_IF_ERROR(WriteManifest(directory, std::move(manifest)));
  return VerifyBundle(directory, limits);
}

}  // namespace ameide::task
