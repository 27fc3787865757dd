// The unix socket that the client connects to, in a private folder of its own. We listen ourselves
// and hand accepted connections to gRPC: the socket accepts (into its backlog) before gRPC exists,
// so the handshake line need not wait for it, which saves milliseconds at each of the many starts.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ameide::plugin {

// The longest name that Open appends to a folder: "ameide-<pid>-XXXXXX/s", with 10 digits.
inline constexpr size_t kSocketTailBytes = 26;

// Not thread-safe; one owner. The folder goes with the object.
class Listener {
 public:
  // Tries the folders in order. The new folder is 0700; with a `group` (name or number, else empty)
  // that group may pass the folder and use the socket.
  static Result<Listener> Open(const std::vector<std::filesystem::path>& folders,
                               const std::string& group);

  Listener(Listener&&) = default;
  ~Listener();

  int fd() const { return fd_.get(); }  // non-blocking
  const std::filesystem::path& socket() const { return socket_; }

  // A connected descriptor, or an invalid one when nobody waits any more. Errors: out of
  // descriptors or memory, so trying again later can help.
  Result<UniqueFd> Accept() const;

  // Removes the socket folders beside ours that providers left when they were killed. A folder is
  // such a leftover when its process is gone and nobody listens on its socket.
  void RemoveStale() const;

  // Refuses new clients and removes the socket and its folder. Repeating is harmless.
  void Close();

 private:
  static Result<Listener> OpenIn(const std::filesystem::path& folder, const std::string& group);
  Listener(UniqueFd fd, std::filesystem::path socket)
      : fd_(std::move(fd)), socket_(std::move(socket)) {}
  UniqueFd fd_;
  std::filesystem::path socket_;
};

}  // namespace ameide::plugin
