#include "base/http/channel.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::http {
namespace {

Error Lost(std::string cause) { return {ErrorKind::kUnavailable, "", "", std::move(cause), ""}; }

Error LostByErrno(int error_number) {
  if (error_number == ECONNRESET || error_number == EPIPE) {
    return Lost("the peer closed the connection");
  }
  return Lost(std::strerror(error_number));
}

ssize_t Receive(int fd, char* into, size_t size) {
  ssize_t got;
  do {
    got = ::recv(fd, into, size, 0);
  } while (got < 0 && errno == EINTR);
  return got;
}

// Never raises SIGPIPE, which OpenSSL's own socket BIO does.
ssize_t Send(int fd, const char* from, size_t size) {
  ssize_t sent;
  do {
    sent = ::send(fd, from, size, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent;
}

int FdOf(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

int BioRead(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = Receive(FdOf(bio), into, static_cast<size_t>(size));
  if (got < 0 && errno == EAGAIN) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

int BioWrite(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent = Send(FdOf(bio), from, static_cast<size_t>(size));
  if (sent < 0 && errno == EAGAIN) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

long BioControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO* NewSocketBio(int fd) {
  static BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_read(method, &BioRead);
    BIO_meth_set_write(method, &BioWrite);
    BIO_meth_set_ctrl(method, &BioControl);
    return method;
  }();
  BIO* bio = BIO_new(kMethod);
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(fd)));
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace

void Channel::SslFree::operator()(ssl_st* ssl) const { SSL_free(ssl); }

Channel::Channel(UniqueFd socket) : socket_(std::move(socket)) {
  const int flags = ::fcntl(fd(), F_GETFL);
  ::fcntl(fd(), F_SETFL, flags | O_NONBLOCK);
  const int on = 1;  // no effect on Unix sockets
  ::setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Channel::~Channel() {
  if (ssl_ == nullptr) return;
  // One try: our end of the stream is marked, nobody waits for the peer's.
  if (SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void Channel::SetTimeout(Millis timeout) {
  SetDeadline(std::chrono::steady_clock::now() + timeout);
}

Status Channel::StartTlsAsClient(const TlsContext& context, const std::string& host) {
  std::unique_ptr<SSL, SslFree> ssl(SSL_new(context.get()));
  X509_VERIFY_PARAM* checks = SSL_get0_param(ssl.get());
  if (X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) != 1) {
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // What cannot be set would not be checked, and any certificate would do.
    if (host.empty() || X509_VERIFY_PARAM_set1_host(checks, host.data(), host.size()) != 1) {
      return Error{ErrorKind::kInvalid, "", "", StrCat("no certificate can name ", Quote(host)),
                   "give the server's name or address"};
    }
    SSL_set_tlsext_host_name(ssl.get(), host.c_str());
  }
  return Handshake(ssl.release(), true);
}

Status Channel::StartTlsAsServer(const TlsContext& context) {
  return Handshake(SSL_new(context.get()), false);
}

Status Channel::Handshake(ssl_st* ssl, bool as_client) {
  BIO* bio = NewSocketBio(fd());
  SSL_set_bio(ssl, bio, bio);
  ssl_.reset(ssl);
  while (true) {
    ERR_clear_error();
    const int result = as_client ? SSL_connect(ssl) : SSL_accept(ssl);
    if (result == 1) return Ok{};
    auto want = AfterTls(result, "the TLS handshake failed");
    const long verdict = as_client ? SSL_get_verify_result(ssl) : X509_V_OK;
    if (verdict != X509_V_OK && !want.ok()) {
      return Error{ErrorKind::kUnavailable, "", "",
                   StrCat("the server's certificate is not trusted: ",
                          X509_verify_cert_error_string(verdict)),
                   "check the address and the certificates to trust"};
    }
    AMEIDE_RETURN_IF_ERROR(want);
    if (*want == Want::kNothing) return Lost("the peer closed during the TLS handshake");
    AMEIDE_RETURN_IF_ERROR(Wait(*want));
  }
}

// kNothing: the peer ended the stream in an orderly way.
Result<Channel::Want> Channel::AfterTls(int result, const char* operation) {
  const int saved_errno = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Want::kRead;
    case SSL_ERROR_WANT_WRITE:
      return Want::kWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Want::kNothing;
    case SSL_ERROR_SYSCALL:
      ERR_clear_error();
      return result == 0 || saved_errno == 0 ? Lost("the peer closed the connection")
                                             : LostByErrno(saved_errno);
    default:
      return Lost(StrCat(operation, ": ", TakeTlsFailure()));
  }
}

Result<std::optional<size_t>> Channel::TryRead(char* into, size_t size) {
  if (interrupted_) return Error{ErrorKind::kCancelled, "", "", "stopped", ""};
  if (!unread_.empty()) {
    const size_t some = unread_.copy(into, size);
    unread_.erase(0, some);
    return std::optional(some);
  }
  read_wants_ = Want::kRead;
  if (ssl_ == nullptr) {
    const ssize_t got = Receive(fd(), into, size);
    if (got >= 0) return std::optional(static_cast<size_t>(got));
    if (errno == EAGAIN) return std::optional<size_t>();
    return LostByErrno(errno);
  }
  ERR_clear_error();
  errno = 0;
  const int got = SSL_read(ssl_.get(), into, static_cast<int>(std::min(size, size_t{1} << 30)));
  if (got > 0) return std::optional(static_cast<size_t>(got));
  AMEIDE_ASSIGN_OR_RETURN(const Want want, AfterTls(got, "TLS failed"));
  if (want == Want::kNothing) return std::optional(size_t{0});
  read_wants_ = want;
  return std::optional<size_t>();
}

Result<size_t> Channel::Read(char* into, size_t size) {
  while (true) {
    AMEIDE_ASSIGN_OR_RETURN(const std::optional<size_t> got, TryRead(into, size));
    if (got) {
      if (interrupted_) return Error{ErrorKind::kCancelled, "", "", "stopped", ""};
      return *got;
    }
    AMEIDE_RETURN_IF_ERROR(WaitReadable());
  }
}

Status Channel::WaitReadable() {
  if (!unread_.empty() || (ssl_ != nullptr && SSL_pending(ssl_.get()) > 0)) return Ok{};
  return Wait(read_wants_);
}

Status Channel::WaitWritable() { return Wait(Want::kWrite); }

Result<size_t> Channel::TryWrite(std::string_view bytes, Want* want) {
  *want = Want::kWrite;
  if (ssl_ == nullptr) {
    const ssize_t sent = Send(fd(), bytes.data(), bytes.size());
    if (sent >= 0) return static_cast<size_t>(sent);
    if (errno == EAGAIN) return size_t{0};
    return LostByErrno(errno);
  }
  ERR_clear_error();
  errno = 0;
  const size_t some = std::min(bytes.size(), size_t{1} << 30);
  const int sent = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(some));
  if (sent > 0) return static_cast<size_t>(sent);
  AMEIDE_ASSIGN_OR_RETURN(*want, AfterTls(sent, "TLS failed"));
  if (*want == Want::kNothing) return Lost("the peer closed the connection");
  return size_t{0};
}

Status Channel::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    Want want;
    if (interrupted_) return Error{ErrorKind::kCancelled, "", "", "stopped", ""};
    AMEIDE_ASSIGN_OR_RETURN(const size_t sent, TryWrite(bytes, &want));
    written_ += sent;
    bytes.remove_prefix(sent);
    if (sent == 0) AMEIDE_RETURN_IF_ERROR(Wait(want));
  }
  return Ok{};
}

Status Channel::Wait(Want want) {
  pollfd poll{fd(), static_cast<short>(want == Want::kWrite ? POLLOUT : POLLIN), 0};
  while (true) {
    if (interrupted_) return Error{ErrorKind::kCancelled, "", "", "stopped", ""};
    int wait = -1;
    if (deadline_ != MonoTime::max()) {
      const auto left = std::chrono::ceil<Millis>(deadline_ - std::chrono::steady_clock::now());
      if (left <= Millis(0)) {
        return Error{ErrorKind::kTimeout, "", "", "the peer did not answer in time", ""};
      }
      wait = static_cast<int>(std::min<Millis::rep>(left.count(), 1 << 30));
    }
    const int ready = ::poll(&poll, 1, wait);
    if (ready > 0 && !interrupted_) return Ok{};
    if (ready < 0 && errno != EINTR) return LostByErrno(errno);
  }
}

bool Channel::IsQuiet() {
  if (!unread_.empty()) return false;
  char byte;
  if (ssl_ == nullptr) return ::recv(fd(), &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN;
  // A session ticket may have come late; peeking digests it.
  ERR_clear_error();
  const int got = SSL_peek(ssl_.get(), &byte, 1);
  const bool quiet = got <= 0 && SSL_get_error(ssl_.get(), got) == SSL_ERROR_WANT_READ;
  ERR_clear_error();
  return quiet;
}

void Channel::EndWriting() {
  if (ssl_ != nullptr) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  ::shutdown(fd(), SHUT_WR);
}

void Channel::Interrupt() {
  interrupted_ = true;
  ::shutdown(fd(), SHUT_RDWR);  // wakes a poll, also that of a connect under way
}

void Channel::HangUp() { ::shutdown(fd(), SHUT_RD); }

}  // namespace ameide::http
