// A Git server over smart HTTP on loopback, for tests: a CGI front for `git http-backend`, one
// connection after the other. Reading is open unless a password for it is asked for, too; pushing
// needs the user name and the password. Stops with the object.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/files.h"
#include "base/unique_fd.h"

namespace ameide::task::testing {

class GitHttpServer {
 public:
  // Serves the bare repositories below `root`; they need http.receivepack=true.
  GitHttpServer(fs::path root, std::string username, std::string password);
  ~GitHttpServer();
  GitHttpServer(const GitHttpServer&) = delete;
  GitHttpServer& operator=(const GitHttpServer&) = delete;

  // "http://127.0.0.1:<port>/<repository>"
  std::string Url(std::string_view repository) const;
  int pushes() const { return pushes_; }  // authorized receive-pack requests

 private:
  void Accept();
  void Answer(int client);
  fs::path root_;
  std::string authorization_;  // the only good value of that header
  ameide::SystemClock clock_;
  UniqueFd listener_;
  int port_ = 0;
  std::atomic<int> pushes_ = 0;
  std::thread thread_;
};

}  // namespace ameide::task::testing
