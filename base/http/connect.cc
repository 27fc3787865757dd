#include "base/http/connect.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "base/http/message.h"
#include "base/strings.h"

namespace ameide::http {
namespace {

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};
using Addresses = std::vector<Address>;

Error Unreachable(std::string cause, std::string hint = "check address, network and proxy") {
  return {ErrorKind::kUnavailable, "connect", "", std::move(cause), std::move(hint)};
}
Error Late(std::string cause) { return {ErrorKind::kTimeout, "connect", "", std::move(cause), ""}; }
Error Stopped() { return {ErrorKind::kCancelled, "connect", "", "stopped", ""}; }

Result<Addresses> LookUp(const HostPort& where, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* list = nullptr;
  const int failed =
      ::getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &list);
  if (failed != 0) {
    return Unreachable(
        StrCat("the name ", where.host, " has no address: ", ::gai_strerror(failed)));
  }
  Addresses addresses;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    Address& address = addresses.emplace_back();
    std::memcpy(&address.bytes, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
  }
  ::freeaddrinfo(list);
  return addresses;
}

// getaddrinfo cannot be stopped, so it runs on a thread that is left behind when we leave first.
// The thread owns all that it touches.
Result<Addresses> Resolve(const HostPort& where, MonoTime deadline, const std::stop_token& stop) {
  auto numeric = LookUp(where, AI_NUMERICHOST);
  if (numeric.ok()) return numeric;
  struct Answer {
    std::mutex mutex;
    std::condition_variable_any ready;
    std::optional<Result<Addresses>> addresses;
  };
  auto answer = std::make_shared<Answer>();
  try {
    std::thread([answer, where] {
      auto found = LookUp(where, AI_ADDRCONFIG);
      const std::lock_guard lock(answer->mutex);
      answer->addresses = std::move(found);
      answer->ready.notify_all();
    }).detach();
  } catch (const std::system_error&) {
    return Unreachable("no thread is left to look up the name");
  }
  std::unique_lock lock(answer->mutex);
  answer->ready.wait_until(lock, stop, deadline, [&] { return answer->addresses.has_value(); });
  if (answer->addresses) return *std::move(answer->addresses);
  if (stop.stop_requested()) return Stopped();
  return Late(StrCat("looking up ", where.host, " took too long"));
}

Status ConnectTo(const Address& address, Channel& channel) {
  const auto* generic = reinterpret_cast<const sockaddr*>(&address.bytes);
  if (::connect(channel.fd(), generic, address.size) == 0) return Ok{};
  if (errno != EINPROGRESS && errno != EINTR) return Unreachable(std::strerror(errno));
  AMEIDE_RETURN_IF_ERROR(channel.WaitWritable());
  int failed = 0;
  socklen_t size = sizeof failed;
  ::getsockopt(channel.fd(), SOL_SOCKET, SO_ERROR, &failed, &size);
  if (failed != 0) return Unreachable(std::strerror(failed));
  return Ok{};
}

Status OpenTunnel(const Route& route, Channel& channel) {
  const std::string where = ToString(route.origin.where);
  Headers more;
  if (!route.proxy->authorization.empty()) {
    more.emplace_back("Proxy-Authorization", route.proxy->authorization);
  }
  AMEIDE_RETURN_IF_ERROR(
      channel.Write(FormatHead(Request{"CONNECT", "", {}, ""}, where, where, more)));
  // The answer to CONNECT has no body whatever its header says, like one to HEAD.
  const Outcome outcome = ReadResponse(channel, {}, true);
  if (outcome.error) return *outcome.error;
  const int status = outcome.response.status;
  if (status >= 200 && status < 300) return Ok{};
  return Unreachable(
      StrCat("the proxy answered ", status),
      status == 407 ? "check the proxy's user and password" : "check what the proxy allows");
}

// To the first address that answers. What fails later would fail at the others, too.
Result<std::unique_ptr<Channel>> ConnectToAny(const HostPort& where, MonoTime deadline,
                                              const std::stop_token& stop) {
  AMEIDE_ASSIGN_OR_RETURN(const Addresses addresses, Resolve(where, deadline, stop));
  Error last = Unreachable(StrCat("the name ", where.host, " has no address"));
  for (size_t i = 0; i < addresses.size(); ++i) {
    UniqueFd socket(
        ::socket(addresses[i].bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid()) return Unreachable(std::strerror(errno), "");
    auto channel = std::make_unique<Channel>(std::move(socket));
    const std::stop_callback wake(stop, [&] { channel->Interrupt(); });
    // A dead first address must leave time for the others.
    const MonoTime now = std::chrono::steady_clock::now();
    channel->SetDeadline(now + (deadline - now) / static_cast<int>(addresses.size() - i));
    const Status done = ConnectTo(addresses[i], *channel);
    if (stop.stop_requested()) return Stopped();
    if (done.ok()) return channel;
    last = done.error();
  }
  return last;
}

Result<std::unique_ptr<Channel>> Establish(const Route& route, ProxyUse use,
                                           const std::stop_token& stop) {
  const MonoTime deadline = std::chrono::steady_clock::now() + route.timeout;
  const HostPort& where = route.proxy ? route.proxy->where : route.origin.where;
  AMEIDE_ASSIGN_OR_RETURN(auto channel, ConnectToAny(where, deadline, stop));
  const std::stop_callback wake(stop, [&] { channel->Interrupt(); });
  channel->SetDeadline(deadline);
  const bool tunnel = route.proxy && (route.origin.tls || use == ProxyUse::kTunnel);
  if (tunnel) AMEIDE_RETURN_IF_ERROR(OpenTunnel(route, *channel));
  if (route.origin.tls) {
    AMEIDE_RETURN_IF_ERROR(channel->StartTlsAsClient(
        route.tls, route.server_name.empty() ? route.origin.where.host : route.server_name));
  }
  return channel;
}

}  // namespace

Result<std::unique_ptr<Channel>> Connect(const Route& route, ProxyUse use, std::stop_token stop) {
  auto channel = Establish(route, use, stop);
  if (channel.ok()) return channel;
  Error error = channel.error();
  if (error.kind == ErrorKind::kTimeout) error.cause = "no connection in time";
  if (route.proxy)
    StrAppend(&error.cause, " (through the proxy ", ToString(route.proxy->where), ")");
  return error;
}

}  // namespace ameide::http
