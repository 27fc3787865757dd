// Everything that a launcher over Coder is put together from; for main programs.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "task/coder/connection.h"
#include "task/launcher/backend.h"
#include "task/launcher/coder/session.h"
#include "task/launcher/publisher.h"

namespace ameide::task {

struct CoderParts {
  std::unique_ptr<Backend> backend;
  std::unique_ptr<Publisher> publisher;
  fs::path records;  // of this server's tasks: <state>/coder/<host>/records
};

// Makes no request. kInvalid says what of the connection is missing or malformed. Without an
// organization in `settings`, CODER_ORGANIZATION names it. `clock` must outlive the parts.
Result<CoderParts> MakeCoderParts(const coder::ConnectionOptions& connection,
                                  CoderSettings settings, const fs::path& state,
                                  const Environment& environment, const Clock& clock);

}  // namespace ameide::task
