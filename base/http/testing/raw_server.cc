#include "base/http/testing/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/strings.h"

namespace ameide::http::testing {
namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

RawPeer::RawPeer(UniqueFd socket) : socket_(std::move(socket)) {
  const timeval limit{30, 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

RawPeer RawPeer::Call(uint16_t port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port);
  (void)::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return RawPeer(std::move(fd));
}

RawPeer RawPeer::CallPath(const std::string& unix_socket) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  unix_socket.copy(address.sun_path, sizeof address.sun_path - 1);
  (void)::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return RawPeer(std::move(fd));
}

std::string RawPeer::ReadUntil(std::string_view end) {
  while (true) {
    const size_t found = end.empty() ? std::string::npos : read_.find(end);
    if (found != std::string::npos) return Take(found + end.size());
    if (!ReadMore()) return std::exchange(read_, "");
  }
}

std::string RawPeer::ReadExactly(size_t size) {
  while (read_.size() < size) {
    if (!ReadMore()) return std::exchange(read_, "");
  }
  return Take(size);
}

bool RawPeer::ReadMore() {
  char bytes[4096];
  const ssize_t got = ::recv(fd(), bytes, sizeof bytes, 0);
  if (got > 0) read_.append(bytes, static_cast<size_t>(got));
  return got > 0;
}

std::string RawPeer::Take(size_t size) {
  const std::string text = read_.substr(0, size);
  read_.erase(0, size);
  return text;
}

bool RawPeer::Say(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool RawPeer::PeerLeavesWithin(int milliseconds) {
  pollfd poll{fd(), POLLRDHUP, 0};
  return ::poll(&poll, 1, milliseconds) > 0;
}

// The descriptor stays open until the object goes: the server's end may be using it right now.
void RawPeer::Close() { ::shutdown(fd(), SHUT_RDWR); }

void RawPeer::Reset() {
  const sockaddr nobody{AF_UNSPEC, {}};  // takes the connection back, which TCP does by a reset
  (void)::connect(fd(), &nobody, sizeof nobody);
}

RawServer::RawServer(Talk talk)
    : talk_(std::move(talk)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  (void)::bind(listener_.get(), generic, size);
  (void)::listen(listener_.get(), 64);
  (void)::getsockname(listener_.get(), generic, &size);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { Accept(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    for (RawPeer& peer : peers_) peer.Close();
  }
  accepting_.join();
  for (std::thread& talk : talks_) talk.join();
}

std::string RawServer::origin() const { return StrCat("http://127.0.0.1:", port_); }

int RawServer::connections() {
  const std::lock_guard lock(mutex_);
  return connections_;
}

void RawServer::Accept() {
  while (true) {
    UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::lock_guard lock(mutex_);
    if (leaving_ || !socket.valid()) return;
    RawPeer& peer = peers_.emplace_back(std::move(socket));
    talks_.emplace_back([this, &peer, number = connections_++] {
      talk_(peer, number);
      peer.Close();
    });
  }
}

}  // namespace ameide::http::testing
