// Ways to the bytes of a workspace's evidence folder, and taking a bundle over them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/files.h"
#include "base/result.h"
#include "task/coder/client.h"
#include "task/launcher/coder/session.h"

namespace ameide::task {

class EvidenceSource {
 public:
  virtual ~EvidenceSource() = default;
  // Bytes [offset, offset + length), fewer at the end of the file, none behind it. kNotFound when
  // there is no such file; other errors mean that this way is closed.
  virtual Result<std::string> Read(std::stop_token stop, const std::string& path, uint64_t offset,
                                   uint64_t length) = 0;
  virtual uint64_t chunk() const = 0;  // the most that one Read may ask for
};

// Through the path app: plain HTTP with Range.
std::unique_ptr<EvidenceSource> EvidenceOverApp(CoderSession& session, std::string workspace);
// Through the terminal: works where path apps are switched off.
std::unique_ptr<EvidenceSource> EvidenceOverTerminal(CoderSession& session, std::string agent_id,
                                                     std::string profile);

// Copies the bundle to `to`, which must not be there: manifest.json first, then each file that it
// names, size and SHA-256 checked. With a `manifest_sha256` the manifest must be that one. What was
// taken of a run that left no manifest (run.log) stays in `to` for salvage. kNotFound without a
// manifest, kInvalid when something is not as the manifest says.
Status DownloadBundle(std::stop_token stop, EvidenceSource& source, const fs::path& to,
                      const std::string& manifest_sha256);

}  // namespace ameide::task
