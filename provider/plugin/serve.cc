#include "provider/plugin/serve.h"

#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/strings.h"
#include "base/subprocess.h"
#include "provider/plugin/auto_mtls.h"
#include "provider/plugin/client_watch.h"
#include "provider/plugin/grpc_log.h"
#include "provider/plugin/listener.h"
#include "provider/plugin/plugin_services.h"

namespace ameide::plugin {
namespace {

using Acceptor = grpc::experimental::ExternalConnectionAcceptor;
using AcceptorType = grpc::ServerBuilder::experimental_type::ExternalConnectionType;

constexpr int kMaxMessageBytes = 256 << 20;  // as the providers written in Go
constexpr Millis kGoneGrace{300};            // from the last stream's end to a Shutdown call
constexpr Millis kAcceptPause{100};          // out of descriptors: let some call end first
constexpr char kHealthName[] = "plugin";     // the service that go-plugin's client asks for

int Refuse(std::string_view reason) {
  FdSink(STDERR_FILENO)(StrCat(reason, "\n"));
  return 1;
}

std::string NoCookieMessage() {
  return "This program is a Terraform provider: Terraform and OpenTofu start it, people do not.\n"
         "Name it in `required_providers` and run `terraform init`, or start it with -debug to "
         "attach a debugger.";
}

// Ctrl-C reaches the whole process group; Terraform tells us itself what it means. The others
// become readable events, before any thread exists that they could interrupt.
UniqueFd TakeSignals(bool debug) {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  ::sigaddset(&wanted, SIGTERM);
  ::sigaddset(&wanted, SIGHUP);
  if (debug) {
    ::sigaddset(&wanted, SIGINT);
  } else {
    ::signal(SIGINT, SIG_IGN);
  }
  ::signal(SIGPIPE, SIG_IGN);
  ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  return UniqueFd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
}

// False when nobody reads: then the client died before we could watch it. Nothing may follow the
// line on stdout: the client stops reading at a line that is too long, and a writer would block.
bool Announce(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  const UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  return null.valid() && ::dup2(null.get(), STDOUT_FILENO) == STDOUT_FILENO;
}

// The event loop around one gRPC server. Lives until the process ends.
class Server {
 public:
  Server(const ServeOptions& options, UniqueFd signals, UniqueFd parent, Listener listener)
      : options_(options),
        signals_(std::move(signals)),
        parent_(std::move(parent)),
        listener_(std::move(listener)),
        companions_(&watch_) {}

  bool Start(const std::shared_ptr<grpc::ServerCredentials>& credentials);
  [[noreturn]] void Run();

 private:
  void WaitForEvent(std::optional<MonoTime> deadline);
  void AcceptConnection();
  void TakeSignal();
  [[noreturn]] void Leave(std::string_view why, Millis bound, bool client_died);

  const ServeOptions& options_;
  UniqueFd signals_;
  UniqueFd parent_;  // readable when the process that started us has ended
  bool parent_alive_ = true;
  bool ended_by_signal_ = false;
  Listener listener_;
  ClientWatch watch_;
  CompanionServices companions_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
};

bool Server::Start(const std::shared_ptr<grpc::ServerCredentials>& credentials) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(kMaxMessageBytes);
  // One queue for one connection. Threads above these pollers come and go with the calls.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 4);
  for (grpc::Service* service : options_.services) builder.RegisterService(service);
  for (grpc::Service* service : companions_.services()) builder.RegisterService(service);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(MakeCallCounter(&watch_));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  acceptor_ =
      builder.experimental().AddExternalConnectionAcceptor(AcceptorType::FROM_FD, credentials);
  server_ = builder.BuildAndStart();
  if (!server_) return false;
  server_->GetHealthCheckService()->SetServingStatus(kHealthName, true);
  return true;
}

void Server::Run() {
  listener_.RemoveStale();
  std::optional<MonoTime> gone_at;
  while (true) {
    const Verdict verdict = Judge(watch_.State(), parent_alive_);
    if (verdict == Verdict::kShutdown) Leave("shutdown", options_.shutdown_bound, false);
    if (ended_by_signal_) Leave("signal", options_.shutdown_bound, false);
    if (verdict == Verdict::kServe || options_.debug) {
      gone_at.reset();
    } else if (!gone_at) {
      gone_at = options_.clock->Monotonic() + kGoneGrace;
    } else if (options_.clock->Monotonic() >= *gone_at) {
      Leave("client gone", options_.client_gone_bound, true);
    }
    WaitForEvent(gone_at);
  }
}

void Server::WaitForEvent(std::optional<MonoTime> deadline) {
  int timeout = -1;
  if (deadline) {
    const auto left =
        std::chrono::duration_cast<Millis>(*deadline - options_.clock->Monotonic()).count();
    timeout = static_cast<int>(std::max<int64_t>(left + 1, 0));
  }
  pollfd events[] = {{listener_.fd(), POLLIN, 0},
                     {watch_.change_fd(), POLLIN, 0},
                     {signals_.get(), POLLIN, 0},
                     {parent_.get(), POLLIN, 0}};
  if (::poll(events, std::size(events), timeout) <= 0) return;
  if (events[0].revents != 0) AcceptConnection();
  if (events[1].revents != 0) watch_.AcknowledgeChange();
  if (events[2].revents != 0) TakeSignal();
  if (events[3].revents != 0) {
    parent_alive_ = false;
    parent_.Reset();
  }
}

void Server::AcceptConnection() {
  auto connection = listener_.Accept();
  if (!connection.ok()) {
    options_.log->Warn(connection.error().ToString());
    (void)options_.clock->WaitFor({}, kAcceptPause);
    return;
  }
  if (!connection->valid()) return;
  Acceptor::NewConnectionParameters accepted;
  accepted.listener_fd = listener_.fd();
  accepted.fd = connection->Release();  // gRPC owns it from here, also when it refuses
  acceptor_->HandleNewConnection(&accepted);
}

void Server::TakeSignal() {
  signalfd_siginfo info;
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    options_.log->Info("signal", {{"number", std::to_string(info.ssi_signo)}});
    options_.on_stop_requested();
    ended_by_signal_ = options_.debug;
  }
}

void Server::Leave(std::string_view why, Millis bound, bool client_died) {
  listener_.Close();  // first of all: we may be killed at any time from here on
  if (client_died || watch_.State().running_calls > 0) options_.on_client_gone();
  const bool idle = watch_.WaitIdle(*options_.clock, bound);
  options_.log->Debug("leaving", {{"reason", why}, {"idle", idle ? "true" : "false"}});
  ::_exit(0);
}

// What holds for the connection. No gRPC in it: it is settled, and announced, before gRPC starts.
struct Terms {
  std::string client_certificate;  // empty: no TLS, and no identity either
  ServerIdentity identity;
  std::string announcement;
};

Terms DebugTerms(const ServeOptions& options, const Listener& listener) {
  const std::string json = ReattachJson(options.address, ::getpid(), listener.socket());
  return {.announcement = StrCat("The provider runs and waits. In the shell that runs Terraform:",
                                 "\n\nexport TF_REATTACH_PROVIDERS='", json, "'\n")};
}

Result<Terms> SettleTerms(const ServeOptions& options, const Listener& listener) {
  if (options.debug) return DebugTerms(options, listener);
  Terms terms{.client_certificate = ClientCertificate(options.environment)};
  if (!terms.client_certificate.empty()) {
    AMEIDE_RETURN_IF_ERROR(CheckClientCertificate(terms.client_certificate));
    AMEIDE_ASSIGN_OR_RETURN(terms.identity, MakeServerIdentity(options.clock->Now()));
  }
  terms.announcement =
      HandshakeLine(options.environment, listener.socket(), terms.identity.certificate_der_base64);
  return terms;
}

std::shared_ptr<grpc::ServerCredentials> Credentials(const Terms& terms) {
  if (terms.client_certificate.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = terms.client_certificate;  // exactly this client and no other
  tls.pem_key_cert_pairs.push_back({terms.identity.key_pem, terms.identity.certificate_pem});
  return grpc::SslServerCredentials(tls);
}

}  // namespace

int Serve(const ServeOptions& options) {
  if (!options.debug && !HasMagicCookie(options.environment)) return Refuse(NoCookieMessage());
  RouteGrpcLog(*options.log);
  UniqueFd signals = TakeSignals(options.debug);
  // Before the announcement: a parent that ends right after reading it would leave us with another
  // one, whose end is not ours. One that has ended already does not read it, which refuses.
  UniqueFd parent = options.debug ? UniqueFd() : WatchProcess(::getppid());
  if (!ClientSpeaksOurProtocol(options.environment)) {
    options.log->Warn("the client offers other protocol versions than ours",
                      {{"ours", std::to_string(kProtocolVersion)}});
  }
  auto listener = Listener::Open(SocketFolders(options.environment, kSocketTailBytes),
                                 SocketGroup(options.environment));
  if (!listener.ok()) return Refuse(listener.error().ToString());
  auto terms = SettleTerms(options, *listener);
  if (!terms.ok()) return Refuse(terms.error().ToString());
  // From here the client may connect: the socket accepts, gRPC catches up.
  if (!Announce(terms->announcement)) {
    return Refuse("start the plugin server: nobody reads the handshake line on stdout");
  }
  Server server(options, std::move(signals), std::move(parent), std::move(listener).value());
  if (!server.Start(Credentials(*terms))) {
    return Refuse("start the plugin server: gRPC refused; see TF_LOG=DEBUG for its reason");
  }
  server.Run();
}

}  // namespace ameide::plugin
