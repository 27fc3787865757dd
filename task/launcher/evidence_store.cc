#include "task/launcher/evidence_store.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>

#include "absl/cleanup/cleanup.h"
#include "base/strings.h"

namespace ameide::task {
namespace {

Error Lying(const fs::path& directory, std::string cause) {
  return Error{ErrorKind::kInvalid, "verify evidence bundle", directory.string(), std::move(cause),
               ""};
}

// A bundle that verifies proves only that it agrees with itself.
Result<StoredEvidence> VerifyOfRun(const TaskSpec& spec, const fs::path& directory) {
  AMEIDE_ASSIGN_OR_RETURN(VerifiedBundle bundle, VerifyBundle(directory));
  const TaskResult& result = bundle.result;
  if (result.work_id != spec.work_id || bundle.manifest.work_id != spec.work_id ||
      result.run_id != spec.run_id || bundle.manifest.run_id != spec.run_id) {
    return Lying(directory, StrCat("it speaks of work ", result.work_id, ", run ", result.run_id,
                                   " instead of work ", spec.work_id, ", run ", spec.run_id));
  }
  if (result.profile != spec.profile || result.kind != spec.kind) {
    return Lying(directory, "it names another profile or task kind than the task has");
  }
  if (result.state != StateOf(result.failure)) {
    return Lying(directory, "its state and its outcome do not agree");
  }
  return StoredEvidence{std::move(bundle.result), std::move(bundle.manifest),
                        std::move(bundle.manifest_sha256), ""};
}

// As a workspace gives it: of publishing and judging it can know nothing, so such words are lies.
Result<StoredEvidence> VerifyOfWorkspace(const TaskSpec& spec, const fs::path& directory) {
  AMEIDE_ASSIGN_OR_RETURN(StoredEvidence evidence, VerifyOfRun(spec, directory));
  for (const ManifestFile& file : evidence.manifest.files) {
    if (file.path == kPublicationFile || file.path == kJudgementFile) {
      return Lying(directory, StrCat("it has ", file.path, ", which only the launcher writes"));
    }
  }
  if (!evidence.result.artifact.pr_url.empty()) {
    return Lying(directory, "it names a pull request, which only the publisher opens");
  }
  return evidence;
}

std::string IncomingPrefix(const TaskSpec& spec) { return StrCat(".incoming-", spec.run_id, "-"); }

// Half-made copies of writers that died; a living writer that loses its copy finds ours in place.
void RemoveIncoming(const TaskSpec& spec, const fs::path& parent) {
  std::error_code ignored;
  const std::string prefix = IncomingPrefix(spec);
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    if (entry.path().filename().string().rfind(prefix, 0) == 0) (void)RemoveTree(entry.path());
  }
}

Result<StoredEvidence> MakeFallback(RunFacts facts, const Error& why, const fs::path& salvage,
                                    const fs::path& to) {
  if (!facts.reason.empty()) facts.reason += ". ";
  StrAppend(&facts.reason, "Evidence: ", why.ToString());
  AMEIDE_RETURN_IF_ERROR(WriteFallbackBundle(facts, salvage, to));
  AMEIDE_ASSIGN_OR_RETURN(StoredEvidence evidence, VerifyOfRun(facts.spec, to));
  evidence.problem = why.ToString();
  return evidence;
}

}  // namespace

Status PrepareEvidence(const TaskSpec& spec, const fs::path& directory) {
  AMEIDE_ASSIGN_OR_RETURN(const fs::path trial,
                          MakeTempDirectory(directory.parent_path(), IncomingPrefix(spec)));
  return RemoveTree(trial);
}

Result<StoredEvidence> ReadStoredEvidence(const TaskSpec& spec, const fs::path& directory) {
  if (directory.empty() || !Exists(directory)) {
    return Error{ErrorKind::kNotFound, "read evidence", directory.string(), "there is none", ""};
  }
  return VerifyOfRun(spec, directory);
}

Result<StoredEvidence> StoreEvidence(const RunFacts& facts, const fs::path& directory,
                                     const FetchBundle& fetch) {
  if (Exists(directory)) return ReadStoredEvidence(facts.spec, directory);
  const fs::path parent = directory.parent_path();
  AMEIDE_ASSIGN_OR_RETURN(const fs::path incoming,
                          MakeTempDirectory(parent, IncomingPrefix(facts.spec)));
  const absl::Cleanup remove = [&] { RemoveIncoming(facts.spec, parent); };

  fs::path good = incoming / "bundle";
  const Status fetched = fetch(good);
  Result<StoredEvidence> evidence =
      fetched.ok() ? VerifyOfWorkspace(facts.spec, good) : Result<StoredEvidence>(fetched.error());
  if (Exists(directory)) return ReadStoredEvidence(facts.spec, directory);
  if (!evidence.ok()) {
    const Error why = evidence.error();
    evidence = MakeFallback(facts, why, good, incoming / "fallback");
    good = incoming / "fallback";
  }
  if (!evidence.ok()) return evidence;
  if (std::rename(good.c_str(), directory.c_str()) != 0) {
    const int why = errno;
    if (Exists(directory)) return ReadStoredEvidence(facts.spec, directory);
    return ErrnoError(why, "store evidence", directory.string());
  }
  return evidence;
}

Result<StoredEvidence> AmendEvidence(const TaskSpec& spec, const fs::path& directory,
                                     const Amendment& amendment) {
  const fs::path parent = directory.parent_path();
  AMEIDE_ASSIGN_OR_RETURN(const fs::path incoming, MakeTempDirectory(parent, IncomingPrefix(spec)));
  const absl::Cleanup remove = [&] { RemoveIncoming(spec, parent); };
  const fs::path amended = incoming / "bundle";
  AMEIDE_RETURN_IF_ERROR(CopyBundle(directory, amended));
  AMEIDE_ASSIGN_OR_RETURN(BundleWriter writer, BundleWriter::Reopen(amended));
  AMEIDE_RETURN_IF_ERROR(writer.Replace(amendment.file, amendment.bytes));
  for (const Json& fact : amendment.facts) {
    // A workspace may have left a folder of that name: no reason to lose the rest.
    const Status added = writer.AppendLine(kFactsFile, fact.Dump());
    if (!added.ok()) writer.Omit(kFactsFile, added.error().cause);
  }
  AMEIDE_RETURN_IF_ERROR(writer.Finish(amendment.result));
  AMEIDE_ASSIGN_OR_RETURN(StoredEvidence evidence, VerifyOfRun(spec, amended));
  // The old one is where the new one was then, and goes with the folder.
  if (::renameat2(AT_FDCWD, amended.c_str(), AT_FDCWD, directory.c_str(), RENAME_EXCHANGE) != 0) {
    return ErrnoError(errno, "store evidence", directory.string());
  }
  return evidence;
}

}  // namespace ameide::task
