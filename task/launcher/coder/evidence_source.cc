#include "task/launcher/coder/evidence_source.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/manifest.h"
#include "task/evidence/bundle.h"
#include "task/launcher/coder/terminal_script.h"

namespace ameide::task {
namespace {

constexpr uint64_t kAppChunk = 4u << 20;
constexpr Millis kTerminalBound{60'000};
constexpr int kTerminalAttempts = 3;
constexpr uint64_t kMaxSalvage = 64u << 20;

Error Closed(const std::string& cause) {
  return Error{ErrorKind::kUnavailable, "read evidence through", "the workspace's app", cause, ""};
}

class OverApp final : public EvidenceSource {
 public:
  OverApp(CoderSession& session, std::string workspace)
      : session_(session), workspace_(std::move(workspace)) {}
  uint64_t chunk() const override { return kAppChunk; }

  Result<std::string> Read(std::stop_token stop, const std::string& path, uint64_t offset,
                           uint64_t length) override {
    AMEIDE_ASSIGN_OR_RETURN(const coder::AppAddress app, session_.EvidenceApp(stop, workspace_));
    AMEIDE_ASSIGN_OR_RETURN(http::Response answer,
                            session_.client().AppGet(stop, app, StrCat("evidence/", path),
                                                     coder::ByteRange{offset, length}));
    // Coder answers for an app that is not there with pages of its own; our service marks its.
    const bool ours =
        http::FindHeader(answer.headers, "X-Content-Type-Options") == "nosniff" &&
        !http::FindHeader(answer.headers, "Content-Type").value_or("").starts_with("text/html");
    if (answer.status == 416 && ours) return std::string();
    if (answer.status == 404 && ours) {
      return Error{ErrorKind::kNotFound, "read evidence", path, "there is no such file", ""};
    }
    if (answer.status != 206 && !(answer.status == 200 && offset == 0)) {
      return Closed(session_.client().ErrorFor("", "", answer).cause);
    }
    if (answer.body.size() > length) return Closed("it gives more than was asked for");
    return std::move(answer.body);
  }

 private:
  CoderSession& session_;
  std::string workspace_;
};

class OverTerminal final : public EvidenceSource {
 public:
  OverTerminal(CoderSession& session, std::string agent_id, std::string profile)
      : session_(session), agent_id_(std::move(agent_id)), profile_(std::move(profile)) {}
  uint64_t chunk() const override { return kTerminalChunk; }

  Result<std::string> Read(std::stop_token stop, const std::string& path, uint64_t offset,
                           uint64_t length) override {
    Result<std::string> bytes = ReadOnce(stop, path, offset, length);
    // A connection may break in the middle of an answer; the next one need not.
    for (int again = 1; again < kTerminalAttempts && IsTorn(bytes); ++again) {
      bytes = ReadOnce(stop, path, offset, length);
    }
    return bytes;
  }

 private:
  static bool IsTorn(const Result<std::string>& bytes) {
    return !bytes.ok() && bytes.error().kind == ErrorKind::kUnavailable;
  }

  Result<std::string> ReadOnce(const std::stop_token& stop, const std::string& path,
                               uint64_t offset, uint64_t length) {
    const std::string nonce = RandomHex(16);
    AMEIDE_ASSIGN_OR_RETURN(
        const std::string shown,
        session_.client().RunInTerminal(stop, agent_id_,
                                        ReadChunkCommand(profile_, path, offset, length, nonce),
                                        kTerminalBound, kMaxShown));
    AMEIDE_ASSIGN_OR_RETURN(std::string bytes, ChunkShown(shown, nonce));
    if (bytes.size() > length) return Closed("the terminal gives more than was asked for");
    return bytes;
  }

  CoderSession& session_;
  std::string agent_id_;
  std::string profile_;
};

Error Lying(const std::string& path, std::string cause) {
  return Error{ErrorKind::kInvalid, "collect evidence", Quote(path), std::move(cause),
               "the workspace's evidence is not as its manifest says"};
}

// Hands out the file in pieces until `end` (or its own, earlier end); the bytes that came.
Result<uint64_t> ReadAll(std::stop_token stop, EvidenceSource& source, const std::string& path,
                         uint64_t end, const std::function<Status(std::string_view)>& each) {
  uint64_t offset = 0;
  while (offset < end) {
    const uint64_t ask = std::min(source.chunk(), end - offset);
    AMEIDE_ASSIGN_OR_RETURN(const std::string bytes, source.Read(stop, path, offset, ask));
    AMEIDE_RETURN_IF_ERROR(each(bytes));
    offset += bytes.size();
    // The terminal, unlike Range, cannot tell a short read from the end; asking once more can.
    if (bytes.empty()) break;
  }
  return offset;
}

Status TakeFile(std::stop_token stop, EvidenceSource& source, const ManifestFile& file,
                const fs::path& to) {
  const fs::path path = to / file.path;
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(path.parent_path()));
  const UniqueFd out(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!out.valid()) return ErrnoError(errno, "create", path.string());
  Sha256 hash;
  AMEIDE_ASSIGN_OR_RETURN(const uint64_t got,
                          ReadAll(stop, source, file.path, file.size, [&](std::string_view bytes) {
                            hash.Update(bytes);
                            return WriteAll(out.get(), bytes, path);
                          }));
  if (got != file.size) {
    return Lying(file.path, StrCat("it ends after ", got, " of ", file.size, " bytes"));
  }
  if (hash.Hex() != file.sha256) return Lying(file.path, "its SHA-256 is another one");
  return Ok{};
}

Result<std::string> TakeManifest(std::stop_token stop, EvidenceSource& source) {
  std::string bytes;
  AMEIDE_RETURN_IF_ERROR(ReadAll(stop, source, kManifestFile, kMaxManifestBytes + 1,
                                 [&](std::string_view piece) -> Status {
                                   bytes += piece;
                                   return Ok{};
                                 }));
  if (bytes.size() > kMaxManifestBytes) return Lying(kManifestFile, "it is too large");
  return bytes;
}

// A run that was cut off has a log all the same; how long it is nobody says.
void Salvage(std::stop_token stop, EvidenceSource& source, const fs::path& to) {
  std::string log;
  const auto got = ReadAll(stop, source, kRunLogFile, kMaxSalvage, [&](std::string_view piece) {
    log += piece;
    return Status(Ok{});
  });
  if (!log.empty() && MakeDirectories(to).ok()) (void)WriteFileAtomically(to / kRunLogFile, log);
}

Status CheckTotals(const Manifest& manifest) {
  const BundleLimits limits;
  if (manifest.files.size() > limits.files) return Lying(kManifestFile, "it names too many files");
  uint64_t total = 0;
  for (const ManifestFile& file : manifest.files) {
    if (file.size > limits.LimitOf(file.path) || file.size > limits.total_bytes - total) {
      return Lying(file.path, StrCat(file.size, " bytes are more than evidence may have"));
    }
    total += file.size;
  }
  return Ok{};
}

}  // namespace

std::unique_ptr<EvidenceSource> EvidenceOverApp(CoderSession& session, std::string workspace) {
  return std::make_unique<OverApp>(session, std::move(workspace));
}

std::unique_ptr<EvidenceSource> EvidenceOverTerminal(CoderSession& session, std::string agent_id,
                                                     std::string profile) {
  return std::make_unique<OverTerminal>(session, std::move(agent_id), std::move(profile));
}

Status DownloadBundle(std::stop_token stop, EvidenceSource& source, const fs::path& to,
                      const std::string& manifest_sha256) {
  const Result<std::string> bytes = TakeManifest(stop, source);
  if (!bytes.ok()) {
    if (bytes.error().kind == ErrorKind::kNotFound) Salvage(stop, source, to);
    return bytes.error();
  }
  if (!manifest_sha256.empty() && Sha256Hex(*bytes) != manifest_sha256) {
    return Lying(kManifestFile, "it is not the one that the agent program sealed");
  }
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(*bytes));
  const Checked<Manifest> manifest = ManifestFromJson(json);
  if (!manifest.ok()) return ToError(manifest.problems, "read", "the workspace's manifest.json");
  AMEIDE_RETURN_IF_ERROR(CheckTotals(*manifest.value));
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(to));
  for (const ManifestFile& file : manifest.value->files) {
    AMEIDE_RETURN_IF_ERROR(TakeFile(stop, source, file, to));
  }
  // Last, as in every bundle: with it the copy is complete.
  return WriteFileAtomically(to / kManifestFile, *bytes);
}

}  // namespace ameide::task
