#include "base/http/web_socket.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <functional>
#include <mutex>
#include <utility>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::http {
namespace {

namespace beast = boost::beast;
namespace net = boost::asio;
namespace ws = boost::beast::websocket;

constexpr Millis kCloseTimeout{1000};
constexpr Millis kPongTimeout{5000};
constexpr size_t kRefusalText = 1024;

// A channel as Beast wants a stream. Handshakes and writes are done at once, blocking under the
// channel's deadline. A read may stay in flight between two calls of WebSocket::Read, which is what
// keeps the socket usable after a timeout: Beast gives a stream up when a blocking read fails.
class ChannelStream {
 public:
  using executor_type = net::io_context::executor_type;

  ChannelStream(net::io_context& context, std::shared_ptr<Channel> channel)
      : context_(context), channel_(std::move(channel)) {}

  executor_type get_executor() { return context_.get_executor(); }
  Channel& channel() { return *channel_; }
  bool writing() const { return writing_; }  // right now; from any thread
  // Why the last failing step failed; Beast only knows that it did.
  const std::optional<Error>& error() const { return error_; }

  template <class Buffers>
  size_t read_some(const Buffers& buffers, beast::error_code& code) {
    const net::mutable_buffer first = First<net::mutable_buffer>(buffers);
    if (first.size() == 0) return 0;
    const auto got = channel_->Read(static_cast<char*>(first.data()), first.size());
    code = CodeOf(got);
    return got.ok() ? *got : 0;
  }

  // Beast's concept of a stream asks for the throwing forms; nobody calls them.
  template <class Buffers>
  size_t read_some(const Buffers& buffers) {
    beast::error_code code;
    const size_t size = read_some(buffers, code);
    if (code) throw beast::system_error(code);
    return size;
  }
  template <class Buffers>
  size_t write_some(const Buffers& buffers) {
    beast::error_code code;
    const size_t size = write_some(buffers, code);
    if (code) throw beast::system_error(code);
    return size;
  }

  template <class Buffers>
  size_t write_some(const Buffers& buffers, beast::error_code& code) {
    const net::const_buffer first = First<net::const_buffer>(buffers);
    writing_ = true;
    const Status written = channel_->Write({static_cast<const char*>(first.data()), first.size()});
    writing_ = false;
    code = {};
    if (written.ok()) return first.size();
    error_ = written.error();
    code = net::error::broken_pipe;
    return 0;
  }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    const net::mutable_buffer first = First<net::mutable_buffer>(buffers);
    auto kept = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
    pending_read_ = [this, first, kept] {
      auto got = channel_->TryRead(static_cast<char*>(first.data()), first.size());
      if (got.ok() && !got->has_value()) return false;
      if (got.ok() && **got == 0 && hung_up_ && !leaving_) return false;
      const size_t size = got.ok() ? **got : 0;
      const auto code = CodeOf(got.ok() ? Result<size_t>(size) : got.error());
      net::post(context_, beast::bind_front_handler(std::move(*kept), code, size));
      return true;
    };
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    beast::error_code code;
    const size_t size = write_some(buffers, code);
    net::post(context_, beast::bind_front_handler(std::forward<Handler>(handler), code, size));
  }

  // Wakes a reader on another thread. The end that it then meets is ours, and Beast, which would
  // give up on it, hears of it only after Leave: there is a close to send before.
  void HangUp() {
    hung_up_ = true;
    channel_->HangUp();
  }
  void Leave() { leaving_ = true; }

  // Finishes the read in flight if the peer has sent something; false when it has not.
  bool TryPendingRead() {
    if (!pending_read_) return false;
    auto read = std::exchange(pending_read_, nullptr);
    if (read()) return true;
    pending_read_ = std::move(read);
    return false;
  }

 private:
  // Beast hands us several pieces at times; one is enough of an answer.
  template <class Buffer, class Buffers>
  static Buffer First(const Buffers& buffers) {
    for (auto it = net::buffer_sequence_begin(buffers); it != net::buffer_sequence_end(buffers);
         ++it) {
      const Buffer one(*it);
      if (one.size() > 0) return one;
    }
    return {};
  }

  beast::error_code CodeOf(const Result<size_t>& got) {
    if (!got.ok()) {
      error_ = got.error();
      return net::error::connection_reset;
    }
    return *got == 0 ? beast::error_code(net::error::eof) : beast::error_code();
  }

  net::io_context& context_;
  std::shared_ptr<Channel> channel_;
  std::function<bool()> pending_read_;
  std::optional<Error> error_;
  std::atomic<bool> writing_ = false;
  std::atomic<bool> hung_up_ = false;
  bool leaving_ = false;
};

// What Beast calls when a WebSocket has closed; the channel's owner closes the socket.
void beast_close_socket(ChannelStream&) {}
template <class Handler>
void async_teardown(beast::role_type, ChannelStream& stream, Handler&& handler) {
  net::post(stream.get_executor(),
            beast::bind_front_handler(std::forward<Handler>(handler), beast::error_code()));
}

class BeastWebSocket final : public WebSocket {
 public:
  using Stream = ws::stream<ChannelStream, false>;  // false: without permessage-deflate

  BeastWebSocket(std::shared_ptr<Channel> channel, const WebSocketLimits& limits)
      : limits_(limits), context_(1), stream_(context_, std::move(channel)) {
    stream_.auto_fragment(false);
    stream_.read_message_max(limits.max_message);
  }
  ~BeastWebSocket() override { Close(); }

  Status Accept(const Request& request);
  Status Handshake(const std::string& host, const std::string& target, const Headers& headers);

  Result<std::optional<std::string>> Read(std::stop_token stop, Millis wait) override;
  bool last_was_text() const override { return last_was_text_; }
  Status WriteBinary(std::string_view message) override { return Write(message, false); }
  Status WriteText(std::string_view message) override { return Write(message, true); }
  void Close() override;

 private:
  Channel& channel() { return stream_.next_layer().channel(); }
  Status Write(std::string_view message, bool text);
  Error Failure(const char* operation, const beast::error_code& code);
  Result<std::optional<std::string>> TakeMessage();
  bool Pump(const bool* until);
  void StartReading();
  void SayGoodbye();

  WebSocketLimits limits_;
  net::io_context context_;  // runs completions on the caller's thread, never waits
  Stream stream_;
  std::mutex in_use_;
  std::atomic<bool> closing_ = false;
  bool said_goodbye_ = false;
  bool closed_ = false;  // and the peer has answered
  beast::flat_buffer buffer_;
  bool last_was_text_ = false;
  bool reading_ = false;  // a read is in flight
  bool read_done_ = false;
  beast::error_code read_code_;
};

Status BeastWebSocket::Accept(const Request& request) {
  ws::request_type upgrade{beast::http::verb::unknown, request.target, 11};
  upgrade.method_string(request.method);
  for (const auto& [name, value] : request.headers) upgrade.insert(name, value);
  beast::error_code code;
  stream_.accept(upgrade, code);
  if (!code) return Ok{};
  said_goodbye_ = true;
  return Error{ErrorKind::kInvalid, "accept WebSocket", request.target, code.message(), ""};
}

Error RefusedUpgrade(const ws::response_type& answer) {
  const unsigned status = answer.result_int();
  ErrorKind kind = ErrorKind::kUnavailable;
  if (status == 401 || status == 403) kind = ErrorKind::kDenied;
  if (status == 404) kind = ErrorKind::kNotFound;
  std::string cause = StrCat("the server answered ", status);
  const std::string body = ToOneLine(Truncate(answer.body(), kRefusalText));
  if (!body.empty()) StrAppend(&cause, ": ", body);
  return {kind, "", "", cause, ""};
}

Status BeastWebSocket::Handshake(const std::string& host, const std::string& target,
                                 const Headers& headers) {
  stream_.set_option(ws::stream_base::decorator([&](ws::request_type& request) {
    for (const auto& [name, value] : headers) request.insert(name, value);
  }));
  ws::response_type answer;
  beast::error_code code;
  stream_.handshake(answer, host, target, code);
  if (!code) return Ok{};
  said_goodbye_ = true;
  if (stream_.next_layer().error()) return *stream_.next_layer().error();
  if (code == ws::error::upgrade_declined) return RefusedUpgrade(answer);
  return Error{ErrorKind::kUnavailable, "", "",
               StrCat("the answer is no WebSocket handshake: ", code.message()), ""};
}

// Runs what is ready, without waiting.
bool BeastWebSocket::Pump(const bool* until) {
  context_.restart();
  context_.poll();
  return *until;
}

void BeastWebSocket::StartReading() {
  if (std::exchange(reading_, true)) return;
  read_done_ = false;
  stream_.async_read(buffer_, [this](beast::error_code code, size_t) {
    read_code_ = code;
    read_done_ = true;
  });
}

Result<std::optional<std::string>> BeastWebSocket::Read(std::stop_token stop, Millis wait) {
  const std::lock_guard lock(in_use_);
  const MonoTime deadline = std::chrono::steady_clock::now() + wait;
  const std::stop_callback wake(stop, [this] { channel().Interrupt(); });
  StartReading();
  while (true) {
    if (closing_ && !stop.stop_requested()) {
      SayGoodbye();
      return std::optional<std::string>();
    }
    channel().SetTimeout(kPongTimeout);
    if (Pump(&read_done_)) return TakeMessage();
    // A peer that never falls silent and never ends a message must not hold us either.
    const bool more = stream_.next_layer().TryPendingRead();
    if (more && std::chrono::steady_clock::now() < deadline) continue;
    if (more && Pump(&read_done_)) return TakeMessage();
    channel().SetDeadline(deadline);
    const Status readable =
        more ? Error{ErrorKind::kTimeout, "", "", "", ""} : channel().WaitReadable();
    if (readable.ok()) continue;
    Error error = readable.error();
    error.operation = "read";
    error.target = "WebSocket";
    if (error.kind == ErrorKind::kTimeout) error.cause = "no message in time";
    return error;
  }
}

Result<std::optional<std::string>> BeastWebSocket::TakeMessage() {
  // After a hang-up of ours Beast sees an end that is none of the peer's making.
  if (read_code_ && closing_) return std::optional<std::string>();
  if (read_code_) {
    said_goodbye_ = true;  // and the read stays done: every further one ends like this one
    if (read_code_ != ws::error::closed) return Failure("read", read_code_);
    const ws::close_reason& reason = stream_.reason();
    if (reason.code == ws::close_code::normal || reason.code == ws::close_code::going_away ||
        reason.code == ws::close_code::none) {
      return std::optional<std::string>();
    }
    return Error{ErrorKind::kUnavailable, "read", "WebSocket",
                 StrCat("the peer closed with code ", reason.code, " ",
                        Quote(ToPrintable({reason.reason.data(), reason.reason.size()}))),
                 ""};
  }
  reading_ = false;
  last_was_text_ = stream_.got_text();
  std::string message(static_cast<const char*>(buffer_.data().data()), buffer_.size());
  buffer_.consume(buffer_.size());
  return std::optional(std::move(message));
}

Status BeastWebSocket::Write(std::string_view message, bool text) {
  const std::lock_guard lock(in_use_);
  if (closing_) {
    return Error{ErrorKind::kUnavailable, "write to", "WebSocket", "it was closed here", ""};
  }
  channel().SetTimeout(limits_.write_timeout);
  stream_.text(text);
  beast::error_code code;
  stream_.write(net::buffer(message), code);
  if (code) return Failure("write to", code);
  return Ok{};
}

Error BeastWebSocket::Failure(const char* operation, const beast::error_code& code) {
  if (code == ws::error::message_too_big || code == ws::error::buffer_overflow) {
    return {ErrorKind::kDenied, operation, "WebSocket",
            StrCat("a message has more than ", limits_.max_message, " bytes"), ""};
  }
  std::string cause = code.message();
  if (code == net::error::eof) cause = "the connection ended without a close";
  if (const auto& error = stream_.next_layer().error()) {
    return {error->kind, operation, "WebSocket", error->cause, error->hint};
  }
  return {ErrorKind::kUnavailable, operation, "WebSocket", cause, ""};
}

// With in_use_ held. The peer's own close is awaited a moment, so that ours is not lost in a reset.
void BeastWebSocket::SayGoodbye() {
  if (std::exchange(said_goodbye_, true) || !stream_.is_open()) return;
  stream_.next_layer().Leave();
  channel().SetTimeout(kCloseTimeout);
  stream_.async_close(ws::close_code::normal, [this](beast::error_code) { closed_ = true; });
  const MonoTime deadline = std::chrono::steady_clock::now() + kCloseTimeout;
  while (!Pump(&closed_) && std::chrono::steady_clock::now() < deadline) {
    if (!stream_.next_layer().TryPendingRead() && !channel().WaitReadable().ok()) return;
  }
}

void BeastWebSocket::Close() {
  closing_ = true;
  std::unique_lock lock(in_use_, std::try_to_lock);
  if (lock.owns_lock()) return SayGoodbye();
  // The thread that reads says goodbye; one stuck in a write can only be cut off.
  stream_.next_layer().writing() ? channel().Interrupt() : stream_.next_layer().HangUp();
}

Error WithOperation(Error error, const std::string& target) {
  error.operation = "open WebSocket";
  error.target = target;
  return error;
}

}  // namespace

Result<std::unique_ptr<WebSocket>> AcceptWebSocket(std::shared_ptr<Channel> channel,
                                                   const Request& request,
                                                   const WebSocketLimits& limits) {
  auto socket = std::make_unique<BeastWebSocket>(std::move(channel), limits);
  AMEIDE_RETURN_IF_ERROR(socket->Accept(request));
  return std::unique_ptr<WebSocket>(std::move(socket));
}

Result<std::unique_ptr<WebSocket>> RequestWebSocket(std::shared_ptr<Channel> channel,
                                                    const std::string& host,
                                                    const std::string& target,
                                                    const Headers& headers,
                                                    const WebSocketLimits& limits) {
  auto socket = std::make_unique<BeastWebSocket>(std::move(channel), limits);
  const Status done = socket->Handshake(host, target, headers);
  if (!done.ok()) return WithOperation(done.error(), target.substr(0, target.find('?')));
  return std::unique_ptr<WebSocket>(std::move(socket));
}

}  // namespace ameide::http
