// manifest.json of an evidence bundle: every file with size and SHA-256, and what was left out.
// Pure. Read as hostile input: paths must be safe, printable, sorted and unique, none below another
// one, digests well-formed, counts bounded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "task/contract/problem.h"

namespace ameide::task {

struct ManifestFile {
  std::string path;  // relative to the bundle, IsSafeRelativePath
  uint64_t size = 0;
  std::string sha256;
  bool operator==(const ManifestFile&) const = default;
};

struct Omission {
  std::string path;  // printable
  std::string reason;
  bool operator==(const Omission&) const = default;
};

struct Manifest {
  std::string work_id;
  std::string run_id;
  std::vector<ManifestFile> files;  // sorted by path; without manifest.json itself
  std::vector<Omission> omissions;
  bool operator==(const Manifest&) const = default;
};

inline constexpr int kManifestVersion = 1;
inline constexpr size_t kMaxManifestFiles = 20'000;  // omissions likewise

inline constexpr char kManifestFile[] = "manifest.json";
inline constexpr char kResultFile[] = "result.json";
inline constexpr char kRunLogFile[] = "run.log";
inline constexpr char kDiffFile[] = "diff.patch";
inline constexpr char kFactsFile[] = "facts.jsonl";
inline constexpr char kReportFile[] = "report.html";
inline constexpr char kSpecFile[] = "spec.json";              // the TaskSpec as it was authorized
inline constexpr char kContractFile[] = "task.json";          // the profile's contract it ran under
inline constexpr char kProvenanceFile[] = "provenance.json";  // in-toto Statements, one per line
inline constexpr char kPublicationFile[] = "publication.json";  // what the publisher answered
inline constexpr char kJudgementFile[] = "judgement.json";      // why the launcher judged otherwise
inline constexpr char kFollowupFile[] = "takeover/followup.md";
inline constexpr char kWorkBundleFile[] = "takeover/work.bundle";  // git bundle of base..work
inline constexpr char kJUnitFolder[] = "junit";  // JUnit documents, ours is junit/ameide.xml
inline constexpr char kFilesFolder[] = "files";  // what evidence.paths matched, by checkout path

Json ToJson(const Manifest& manifest);
Checked<Manifest> ManifestFromJson(const Json& json);

}  // namespace ameide::task
