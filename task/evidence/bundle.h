// An evidence bundle on disk: written by the agent program, verified and copied by the launcher.
//
// Layout: manifest.json, result.json, run.log, diff.patch, facts.jsonl, report.html,
// provenance.json, junit/*.xml, files/**, on failure takeover/** (see task/contract/manifest.h).
// manifest.json is written last, so its presence means the bundle is complete. Everything read back
// is treated as hostile.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "task/contract/manifest.h"
#include "task/contract/task_result.h"
#include "task/evidence/provenance.h"
#include "task/evidence/redactor.h"

namespace ameide::task {

struct BundleLimits {
  uint64_t file_bytes = 256u << 20;  // one file; run.log has its own, see below
  uint64_t log_bytes = 4ull << 30;   // run.log
  uint64_t total_bytes = 8ull << 30;
  size_t files = 5000;  // without manifest.json
  uint64_t LimitOf(std::string_view path) const {
    return path == kRunLogFile ? log_bytes : file_bytes;
  }
};

// Not limits that a caller chooses: they bound what is held in memory.
inline constexpr uint64_t kMaxManifestBytes = 16u << 20;
inline constexpr uint64_t kMaxResultBytes = 8u << 20;
inline constexpr uint64_t kMaxSpecBytes = 8u << 20;  // also of task.json
inline constexpr uint64_t kMaxProvenanceBytes = 64u << 20;
inline constexpr size_t kMaxOmissions = 1000;

// Fills one bundle directory. Not thread-safe. What cannot be taken becomes an omission in the
// manifest, never silence.
class BundleWriter {
 public:
  // Makes `directory` (0700), which must not exist or be empty.
  static Result<BundleWriter> Create(fs::path directory, BundleLimits limits = {});

  // A finished bundle that verifies, to add files and to finish it again with another result.
  static Result<BundleWriter> Reopen(fs::path directory, BundleLimits limits = {});

  const fs::path& directory() const { return directory_; }
  // kInvalid for a path that no manifest can carry or that Finish writes itself, kConflict when the
  // path is taken. A file over a limit becomes an omission. The same holds for AddCopy.
  Status AddFile(std::string_view path, std::string_view bytes);
  // Copies a regular file; a link, a device, or a file over a limit becomes an omission.
  Status AddCopy(std::string_view path, const fs::path& from);
  // As AddFile, but whatever is at or below that path goes first; that becomes an omission.
  Status Replace(std::string_view path, std::string_view bytes);
  // Puts `line` and a newline behind the lines of a file, which is made when it is missing.
  Status AppendLine(std::string_view path, std::string_view line);
  void Omit(std::string path, std::string reason);
  // Takes secrets out of the words that the writer itself puts into the manifest: of those that are
  // there, and of all to come.
  void RedactWith(Redactor redactor);
  // Copies what `globs` match below `root` to files/<path>, links and ".git" never followed.
  Status CollectGlobs(const fs::path& root, const std::vector<std::string>& globs);
  // True when some file of the bundle below files/ or junit/ matches (paths without that prefix).
  bool Has(std::string_view glob) const;

  // Writes result.json, report.html and an unsigned provenance.json (with spec.json when that is
  // there), then manifest.json over all files that are there (files
  // written into the directory by others, such as run.log, included). What cannot be evidence
  // (links, pipes, files over a limit) is removed and listed as an omission; an over-long run.log
  // is cut instead. Nobody may write to the directory any more. A failed Finish can be repeated.
  Status Finish(const TaskResult& result);

 private:
  BundleWriter(fs::path directory, BundleLimits limits);
  Status CheckNew(std::string_view path) const;
  // Why a file of `size` bytes has no place any more, or nothing.
  std::string NoRoom(std::string_view path, uint64_t size, size_t files, uint64_t total) const;
  Status CopyIn(std::string_view path, const Result<UniqueFd>& source);
  Status WriteResult(const TaskResult& result);
  void CutLog();
  Result<Manifest> TakeStock(const TaskResult& result);
  fs::path directory_;
  BundleLimits limits_;
  // What came in through Add… and Collect…, with the digest taken on the way in: hashing each file
  // a second time would double the cost of a bundle.
  std::map<std::string, ManifestFile, std::less<>> paths_;
  std::vector<Omission> omissions_;
  std::optional<Redactor> redactor_;
  size_t more_omissions_ = 0;  // counted, not listed
  uint64_t total_ = 0;
};

struct VerifiedBundle {
  Manifest manifest;
  TaskResult result;
  std::string manifest_sha256;
};

// kInvalid with the file and what is wrong: a digest or size that differs, a file that the manifest
// does not name, a link or device, an unsafe path, anything over `limits`. kNotFound without
// manifest.json.
Result<VerifiedBundle> VerifyBundle(const fs::path& directory, BundleLimits limits = {});

// Verifies while copying, so what was checked is what was stored. `to` must not exist; on error
// nothing of it is left.
Result<VerifiedBundle> CopyBundle(const fs::path& from, const fs::path& to,
                                  BundleLimits limits = {});

// Verifies the bundle, puts provenance.json in the words (and under the signature) of
// `attestation` in the place of the one that is there, and writes manifest.json anew: its digest
// changes. An attestation without a spec takes the bundle's spec.json. Nobody else may look at the
// bundle meanwhile.
Result<VerifiedBundle> AttestBundle(const fs::path& directory, const Attestation& attestation,
                                    BundleLimits limits = {});

}  // namespace ameide::task
