// What a workspace shows of its run over HTTP, on loopback: who may ask is decided by the proxy in
// front of it (docs/task-contract.md). Reads anew for each request and keeps no state. The only
// thing it can be told is a publish order, which is signed and so may come from anybody.
#pragma once

#include <cstdint>

#include "base/files.h"
#include "base/http/http.h"

namespace ameide::task {

struct ServedFolders {
  fs::path workspace;    // publish-order.json goes here
  fs::path evidence;     // the run's bundle, while it is written and afterwards
  fs::path publication;  // the publisher's publication.json; may not exist
};

// One answer holds no more of a file than this: a larger one must be asked for in ranges, and a
// longer range is cut.
inline constexpr uint64_t kMaxAnswerBytes = 16u << 20;
inline constexpr uint64_t kMaxOrderBytes = 64u << 10;

// GET and HEAD: /health, /status, /evidence/<path>, /publication; PUT: /publish-order. An error's
// body is one line of text. Thread-safe.
http::Response AnswerRequest(const ServedFolders& folders, const http::Request& request);

}  // namespace ameide::task
