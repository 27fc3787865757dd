// Archives of templates (facts 2.2, step 1).
#include "acceptance/coder_simulator/router.h"
#include "base/digest.h"

namespace ameide::simulator {
namespace {

constexpr size_t kMaxUpload = 10u * (10u << 20);

http::Reply Upload(Site& site, const Call& call) {
  const std::string type = http::FindHeader(call.request.headers, "Content-Type").value_or("");
  const std::string& bytes = call.request.body;
  if (type != "application/x-tar" && type != "application/zip" &&
      type != "application/x-zip-compressed") {
    return Problem(400, "Unsupported content type header \"" + type + "\".");
  }
  if (type != "application/x-tar") {
    return Problem(400, "The simulator does not read zip archives.", "upload application/x-tar");
  }
  if (bytes.size() > kMaxUpload) return Problem(413, "The archive is too large.");
  if (bytes.empty()) return Problem(400, "Failed to read file from request.");
  const std::string digest = Sha256Hex(bytes);
  return site.store.Update([&](State& state, WallTime now) {
    for (const UploadedFile& file : state.files) {
      if (file.user_id == call.user.id && file.sha256 == digest) {
        return Answer(200, Json::Object{{"hash", file.id}});
      }
    }
    state.files.push_back({.id = state.NewId(),
                           .user_id = call.user.id,
                           .sha256 = digest,
                           .content_type = type,
                           .bytes = bytes,
                           .created_at = now});
    return Answer(201, Json::Object{{"hash", state.files.back().id}});
  });
}

http::Reply Download(Site& site, const Call& call) {
  return site.store.Read([&](const State& state, WallTime) -> http::Reply {
    for (const UploadedFile& file : state.files) {
      if (file.id != call.arguments[0]) continue;
      return {.response = {.status = 200,
                           .headers = {{"Content-Type", file.content_type}},
                           .body = file.bytes},
              .web_socket = {}};
    }
    return NotFound();
  });
}

}  // namespace

std::vector<Route> FileRoutes() {
  using enum Route::Caller;
  return {{"POST", "/files", Upload, kUser, true}, {"GET", "/files/{}", Download}};
}

}  // namespace ameide::simulator
