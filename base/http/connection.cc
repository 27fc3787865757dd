#include "base/http/connection.h"

#include <array>
#include <utility>

#include "base/http/message.h"
#include "base/http/web_socket.h"

namespace ameide::http {
namespace {

constexpr Millis kLinger{1000};

// Closing a socket with unread bytes resets it, and the reset overtakes our answer. So the rest of
// a refused request is read and dropped for a moment.
void Linger(Channel& channel) {
  channel.SetTimeout(kLinger);
  channel.EndWriting();
  std::array<char, 16u << 10> dropped;
  while (true) {
    const auto got = channel.Read(dropped.data(), dropped.size());
    if (!got.ok() || *got == 0) return;
  }
}

void Refuse(Channel& channel, int status) {
  if (channel.Write(FormatHead(Response{status, {}, ""}, false, false)).ok()) Linger(channel);
}

void Upgrade(const std::shared_ptr<Channel>& channel, const Request& request,
             const WebSocketHandler& handler, const ServerOptions& options) {
  const auto socket = AcceptWebSocket(channel, request, {options.max_body, options.idle_timeout});
  if (!socket.ok()) return Linger(*channel);
  handler(**socket);
}

class ChannelBody final : public BodyWriter {
 public:
  ChannelBody(Channel& channel, bool chunked, Millis patience)
      : channel_(channel), chunked_(chunked), patience_(patience) {}

  Status Write(std::string_view piece) override {
    if (piece.empty()) return Ok{};
    return Send(chunked_ ? FormatChunk(piece) : std::string(piece));
  }

  // Bytes are another request, which waits for the end of this answer.
  bool WaitWhileWanted(Millis time) override {
    channel_.SetTimeout(time);
    const Status readable = channel_.WaitReadable();
    return !broken_ && !readable.ok() && readable.error().kind == ErrorKind::kTimeout;
  }

  // False when the connection is of no more use.
  bool End() { return !broken_ && chunked_ && Send(std::string(kLastChunk)).ok(); }

 private:
  Status Send(const std::string& bytes) {
    channel_.SetTimeout(patience_);
    Status written = channel_.Write(bytes);
    broken_ = broken_ || !written.ok();
    return written;
  }

  Channel& channel_;
  const bool chunked_;
  const Millis patience_;
  bool broken_ = false;
};

bool Stream(Channel& channel, const Incoming& incoming, const Reply& reply, Millis patience) {
  const bool chunked = incoming.takes_chunks;
  const std::string head = FormatStreamHead(reply.response, incoming.keep_alive, chunked);
  if (!channel.Write(head).ok()) return false;
  bool usable = chunked && incoming.keep_alive;
  if (incoming.request->method != "HEAD") {
    ChannelBody body(channel, chunked, patience);
    reply.body(body);
    usable = body.End() && usable;
  }
  if (!usable) Linger(channel);
  return usable;
}

// True when the connection may go on with another request.
bool ServeOne(const std::shared_ptr<Channel>& channel, const ServerOptions& options,
              const Handler& handler) {
  channel->SetTimeout(options.idle_timeout);
  if (!channel->WaitReadable().ok()) return false;
  channel->SetTimeout(options.idle_timeout);
  const Incoming incoming = ReadRequest(*channel, {options.max_header, options.max_body});
  if (incoming.refusal != 0) Refuse(*channel, incoming.refusal);
  if (!incoming.request) return false;
  const Reply reply = handler(*incoming.request);
  channel->SetTimeout(options.idle_timeout);
  if (reply.web_socket) {
    Upgrade(channel, *incoming.request, reply.web_socket, options);
    return false;
  }
  const bool to_head = incoming.request->method == "HEAD";
  if (reply.body && MayHaveBody(reply.response, false)) {
    return Stream(*channel, incoming, reply, options.idle_timeout);
  }
  const std::string_view body =
      MayHaveBody(reply.response, to_head) ? reply.response.body : std::string_view();
  const bool written =
      WriteMessage(*channel, FormatHead(reply.response, incoming.keep_alive, to_head), body,
                   options.idle_timeout)
          .ok();
  if (written && !incoming.keep_alive) Linger(*channel);
  return written && incoming.keep_alive;
}

}  // namespace

void ServeConnection(const std::shared_ptr<Channel>& channel, const TlsContext& tls,
                     const ServerOptions& options, const Handler& handler) {
  channel->SetTimeout(options.idle_timeout);
  if (tls && !channel->StartTlsAsServer(tls).ok()) return Linger(*channel);
  while (ServeOne(channel, options, handler)) {
  }
}

void RefuseConnection(Channel& channel) {
  (void)channel.Write(FormatHead(Response{503, {{"Retry-After", "1"}}, ""}, false, false));
}

}  // namespace ameide::http
