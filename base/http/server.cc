#include "base/http/server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/http/channel.h"
#include "base/http/connection.h"
#include "base/http/tls.h"
#include "base/strings.h"

namespace ameide::http {
namespace {

constexpr int kBacklog = 128;

Result<UniqueFd> ListenOnLoopback(uint16_t port, uint16_t* bound) {
  const std::string target = StrCat("127.0.0.1:", port);
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return ErrnoError(errno, "listen on", target);
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), generic, sizeof address) != 0 || ::listen(fd.get(), kBacklog) != 0) {
    if (errno == EADDRINUSE) {
      return Error{ErrorKind::kConflict, "listen on", target, "the port is in use",
                   "choose another one, or 0 for any"};
    }
    return ErrnoError(errno, "listen on", target);
  }
  socklen_t size = sizeof address;
  ::getsockname(fd.get(), generic, &size);
  *bound = ntohs(address.sin_port);
  return fd;
}

// A socket file whose server died stays behind and can be replaced.
bool IsAbandoned(const sockaddr_un& address) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  return ::connect(fd.get(), generic, sizeof address) != 0 && errno == ECONNREFUSED;
}

Result<UniqueFd> ListenOnPath(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.string();
  if (name.size() >= sizeof address.sun_path) {
    return Error{ErrorKind::kInvalid, "listen on", name,
                 StrCat("a socket's path has at most ", sizeof address.sun_path - 1, " bytes"),
                 "choose a shorter one"};
  }
  name.copy(address.sun_path, name.size());
  std::error_code ignored;
  if (fs::is_socket(fs::symlink_status(path, ignored)) && IsAbandoned(address)) {
    fs::remove(path, ignored);
  }
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return ErrnoError(errno, "listen on", name);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    if (errno == EADDRINUSE) {
      return Error{ErrorKind::kConflict, "listen on", name, "the path is taken",
                   "remove it or choose another one"};
    }
    return ErrnoError(errno, "listen on", name);
  }
  // Nobody can connect before listen, so nobody comes in under the umask's permissions.
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, ignored);
  if (::listen(fd.get(), kBacklog) != 0) return ErrnoError(errno, "listen on", name);
  return fd;
}

class ThreadedServer final : public Server {
 public:
  ThreadedServer(ServerOptions options, Handler handler)
      : options_(std::move(options)), handler_(std::move(handler)) {}
  ~ThreadedServer() override;

  Status Start();
  uint16_t port() const override { return port_; }
  std::string origin() const override {
    if (!options_.unix_socket.empty()) return "";
    return StrCat(tls_ ? "https" : "http", "://127.0.0.1:", port_);
  }

 private:
  struct Visit {
    std::shared_ptr<Channel> channel;
    std::thread thread;
    bool over = false;
  };

  void AcceptLoop();
  void Admit(UniqueFd socket);
  void Serve(Visit& visit);
  void ReapLocked();

  const ServerOptions options_;
  const Handler handler_;
  TlsContext tls_;
  UniqueFd listener_;
  uint16_t port_ = 0;
  std::atomic<bool> leaving_ = false;
  std::thread accepting_;
  std::mutex mutex_;
  std::list<Visit> visits_;  // under mutex_; the nodes stay where they are
};

Status ThreadedServer::Start() {
  if (!options_.certificate_pem.empty() || !options_.key_pem.empty()) {
    AMEIDE_ASSIGN_OR_RETURN(
        tls_, MakeServerTls({options_.certificate_pem, options_.key_pem}, options_.client_ca_pem));
  } else if (!options_.client_ca_pem.empty()) {
    return Error{ErrorKind::kInvalid, "start", "HTTP server",
                 "client certificates are checked over TLS only", "give certificate and key"};
  }
  if (options_.unix_socket.empty()) {
    AMEIDE_ASSIGN_OR_RETURN(listener_, ListenOnLoopback(options_.port, &port_));
  } else {
    AMEIDE_ASSIGN_OR_RETURN(listener_, ListenOnPath(options_.unix_socket));
  }
  accepting_ = std::thread([this] { AcceptLoop(); });
  return Ok{};
}

ThreadedServer::~ThreadedServer() {
  leaving_ = true;
  if (!accepting_.joinable()) return;
  ::shutdown(listener_.get(), SHUT_RDWR);  // ends the poll
  accepting_.join();
  {
    const std::lock_guard lock(mutex_);
    for (Visit& visit : visits_) {
      if (visit.channel != nullptr) visit.channel->Interrupt();
    }
  }
  for (Visit& visit : visits_) visit.thread.join();
  if (!options_.unix_socket.empty()) {
    std::error_code ignored;
    fs::remove(options_.unix_socket, ignored);
  }
}

void ThreadedServer::AcceptLoop() {
  while (!leaving_) {
    pollfd poll{listener_.get(), POLLIN, 0};
    if (::poll(&poll, 1, -1) < 0 && errno != EINTR) return;
    if (leaving_) return;
    UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket.valid()) {
      Admit(std::move(socket));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      // The caller waits in the backlog; spinning would not make room.
      SystemClock().WaitFor({}, Millis(50));
    }
  }
}

void ThreadedServer::Admit(UniqueFd socket) {
  auto channel = std::make_shared<Channel>(std::move(socket));
  const std::lock_guard lock(mutex_);
  ReapLocked();
  if (visits_.size() >= static_cast<size_t>(options_.max_connections)) {
    channel->SetTimeout(Millis(0));
    if (!tls_) RefuseConnection(*channel);
    return;
  }
  Visit& visit = visits_.emplace_back();
  visit.channel = std::move(channel);
  try {
    visit.thread = std::thread([this, &visit] { Serve(visit); });
  } catch (const std::system_error&) {
    visits_.pop_back();  // no thread to be had: the peer sees the connection close
  }
}

void ThreadedServer::Serve(Visit& visit) {
  ServeConnection(visit.channel, tls_, options_, handler_);  // only we change `channel`
  const std::lock_guard lock(mutex_);
  visit.channel.reset();  // not when the thread is joined: the peer waits for the end
  visit.over = true;
}

void ThreadedServer::ReapLocked() {
  for (auto visit = visits_.begin(); visit != visits_.end();) {
    if (!visit->over) {
      ++visit;
      continue;
    }
    visit->thread.join();
    visit = visits_.erase(visit);
  }
}

}  // namespace

Result<std::unique_ptr<Server>> StartServer(ServerOptions options, Handler handler) {
  auto server = std::make_unique<ThreadedServer>(std::move(options), std::move(handler));
  AMEIDE_RETURN_IF_ERROR(server->Start());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace ameide::http
