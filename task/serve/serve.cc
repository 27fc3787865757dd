#include "task/serve/serve.h"

#include "base/http/server.h"

namespace ameide::task {
namespace {

constexpr int kMaxConnections = 32;

Result<std::unique_ptr<http::Server>> Start(const ServeOptions& options) {
  if (!fs::is_directory(options.folders.workspace)) {
    return Error{ErrorKind::kNotFound, "serve", options.folders.workspace.string(),
                 "there is no such folder", "make the workspace first"};
  }
  http::ServerOptions server;
  server.port = options.port;
  server.max_body = kMaxOrderBytes;
  server.max_connections = kMaxConnections;
  return http::StartServer(std::move(server),
                           [folders = options.folders](const http::Request& request) {
                             return http::Reply{AnswerRequest(folders, request), {}};
                           });
}

}  // namespace

void ServeUntilGone(const ServeOptions& options, const Clock& clock, std::stop_token stop,
                    const std::function<void(const Result<uint16_t>&)>& up) {
  const Result<std::unique_ptr<http::Server>> server = Start(options);
  if (!server.ok()) return up(server.error());
  up((*server)->port());
  while (Exists(options.folders.workspace) && clock.WaitFor(stop, kLookForWorkspace)) {
  }
}

}  // namespace ameide::task
