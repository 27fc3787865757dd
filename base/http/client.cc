#include "base/http/client.h"

#include <utility>

#include "base/http/connect.h"
#include "base/http/message.h"
#include "base/http/origin.h"
#include "base/http/pool.h"
#include "base/http/web_socket.h"
#include "base/strings.h"

namespace ameide::http {
namespace {

// RFC 9110, 9.2.2, of the methods in use.
bool IsIdempotent(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS";
}

class PooledClient final : public Client {
 public:
  PooledClient(ClientOptions options, Route route)
      : options_(std::move(options)),
        route_(std::move(route)),
        pool_(options_.max_connections, options_.max_idle_connections) {}

  Result<Response> Send(const Request& request, const SendOptions& options) override;
  Result<std::unique_ptr<WebSocket>> OpenWebSocket(const std::string& target,
                                                   const SendOptions& options) override;

 private:
  struct Attempt {
    Outcome outcome;
    bool wrote_nothing = false;
  };

  Millis TimeoutOf(const SendOptions& options) const {
    return options.timeout.value_or(options_.response_timeout);
  }
  Result<Response> SendInTurn(const Request& request, const std::string& head,
                              const SendOptions& options);
  Attempt Exchange(Channel& channel, const Request& request, const std::string& head,
                   const SendOptions& options) const;
  std::string HeadOf(const Request& request) const;
  Error Explain(Error error, std::string_view method, std::string_view target,
                const std::stop_token& stop) const;

  const ClientOptions options_;
  const Route route_;
  Pool pool_;
};

Result<Response> PooledClient::Send(const Request& request, const SendOptions& options) {
  AMEIDE_RETURN_IF_ERROR(CheckRequest(request));
  const MonoTime patience = std::chrono::steady_clock::now() + TimeoutOf(options);
  const auto turn = pool_.TakeTurn(options.stop, patience);
  auto answer =
      turn.ok() ? SendInTurn(request, HeadOf(request), options) : Result<Response>(turn.error());
  if (answer.ok()) return answer;
  return Explain(answer.error(), request.method, request.target, options.stop);
}

Result<Response> PooledClient::SendInTurn(const Request& request, const std::string& head,
                                          const SendOptions& options) {
  std::unique_ptr<Channel> channel = pool_.Take();
  const bool reused = channel != nullptr;
  for (int attempt = 0;; ++attempt) {
    if (channel == nullptr) {
      AMEIDE_ASSIGN_OR_RETURN(channel, Connect(route_, ProxyUse::kForward, options.stop));
    }
    Attempt done = Exchange(*channel, request, head, options);
    Outcome& outcome = done.outcome;
    if (!outcome.error) {
      if (outcome.keep_alive) pool_.Keep(std::move(channel));
      return std::move(outcome.response);
    }
    // Servers close connections at rest whenever they like, and it shows only now.
    const bool went_stale = reused && attempt == 0 && !outcome.started &&
                            outcome.error->kind == ErrorKind::kUnavailable;
    if (!went_stale || !(IsIdempotent(request.method) || done.wrote_nothing)) {
      return *std::move(outcome.error);
    }
    channel.reset();
  }
}

PooledClient::Attempt PooledClient::Exchange(Channel& channel, const Request& request,
                                             const std::string& head,
                                             const SendOptions& options) const {
  const std::stop_callback wake(options.stop, [&] { channel.Interrupt(); });
  const MessageLimits limits{options_.max_header, options.max_body.value_or(options_.max_body)};
  channel.SetTimeout(TimeoutOf(options));
  const size_t before = channel.written();
  const Status written = WriteMessage(channel, head, request.body);
  Attempt done;
  if (!written.ok() && written.error().kind != ErrorKind::kUnavailable) {
    done.outcome.error = written.error();
    return done;
  }
  // A server that refuses a large body answers and closes before it has read all of it.
  done.outcome = ReadResponse(channel, limits, request.method == "HEAD");
  if (!written.ok()) {
    done.wrote_nothing = channel.written() == before;
    done.outcome.keep_alive = false;
    if (done.outcome.error && !done.outcome.started) done.outcome.error = written.error();
  }
  return done;
}

std::string PooledClient::HeadOf(const Request& request) const {
  Headers more = options_.headers;
  std::string target = request.target;
  if (route_.proxy && !route_.origin.tls) {
    target = StrCat(route_.origin.ToString(), request.target);
    if (!route_.proxy->authorization.empty()) {
      more.emplace_back("Proxy-Authorization", route_.proxy->authorization);
    }
  }
  return FormatHead(request, target, route_.origin.Authority(), more);
}

// A target's query may hold what no text should repeat.
Error PooledClient::Explain(Error error, std::string_view method, std::string_view target,
                            const std::stop_token& stop) const {
  if (stop.stop_requested()) error = {ErrorKind::kCancelled, "", "", "stopped", ""};
  error.operation = std::string(method);
  error.target = StrCat(route_.origin.ToString(), target.substr(0, target.find('?')));
  return error;
}

Result<std::unique_ptr<WebSocket>> PooledClient::OpenWebSocket(const std::string& target,
                                                               const SendOptions& options) {
  AMEIDE_RETURN_IF_ERROR(CheckRequest({"GET", target, {}, ""}));
  const auto open = [&]() -> Result<std::unique_ptr<WebSocket>> {
    AMEIDE_ASSIGN_OR_RETURN(std::shared_ptr<Channel> channel,
                            Connect(route_, ProxyUse::kTunnel, options.stop));
    const std::stop_callback wake(options.stop, [&] { channel->Interrupt(); });
    channel->SetTimeout(TimeoutOf(options));
    const WebSocketLimits limits{options.max_body.value_or(options_.max_body),
                                 options_.response_timeout};
    return RequestWebSocket(channel, route_.origin.Authority(), target, options_.headers, limits);
  };
  auto socket = open();
  if (socket.ok()) return socket;
  return Explain(socket.error(), "open WebSocket", target, options.stop);
}

}  // namespace

Result<std::unique_ptr<Client>> MakeClient(ClientOptions options) {
  Route route;
  AMEIDE_ASSIGN_OR_RETURN(route.origin, ParseOrigin(options.origin));
  AMEIDE_RETURN_IF_ERROR(CheckHeaders(options.headers));
  if (options.max_connections < 1 || options.max_idle_connections < 0) {
    return Error{ErrorKind::kInvalid, "set up client for", route.origin.ToString(),
                 "it may have no connection at all", "allow at least one"};
  }
  if (!options.proxy.empty()) {
    AMEIDE_ASSIGN_OR_RETURN(route.proxy, ParseProxy(options.proxy));
  }
  if (route.origin.tls) {
    AMEIDE_ASSIGN_OR_RETURN(
        route.tls,
        MakeClientTls(options.ca_pem, {options.client_certificate_pem, options.client_key_pem}));
  }
  route.server_name = options.server_name;
  route.timeout = options.connect_timeout;
  return std::unique_ptr<Client>(
      std::make_unique<PooledClient>(std::move(options), std::move(route)));
}

}  // namespace ameide::http
