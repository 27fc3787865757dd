// One connected socket, plain or TLS, as a stream of bytes under a deadline.
//
// Errors carry kind and cause only; callers add operation and target. kTimeout: the deadline
// passed. kCancelled: Interrupt was called. kUnavailable: the connection is lost.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/http/tls.h"
#include "base/result.h"
#include "base/unique_fd.h"

struct ssl_st;

namespace ameide::http {

// Used by one thread at a time, but for Interrupt and HangUp. Destroying it closes the socket.
class Channel {
 public:
  explicit Channel(UniqueFd socket);  // a stream socket; becomes non-blocking
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  int fd() const { return socket_.get(); }
  // For every step that follows.
  void SetDeadline(MonoTime deadline) { deadline_ = deadline; }
  void SetTimeout(Millis timeout);

  // `host` is the name or address that the server's certificate must carry.
  Status StartTlsAsClient(const TlsContext& context, const std::string& host);
  Status StartTlsAsServer(const TlsContext& context);

  // The peer's next bytes; 0 when it ended the stream in an orderly way.
  Result<size_t> Read(char* into, size_t size);
  // The same without waiting: nothing when there are none yet; then WaitReadable.
  Result<std::optional<size_t>> TryRead(char* into, size_t size);
  Status WaitReadable();
  Status WaitWritable();
  Status Write(std::string_view bytes);
  // These come first when reading goes on.
  void Unread(std::string_view bytes) { unread_.insert(0, bytes); }

  // Whether the peer neither sent anything unasked nor closed: fit for another request.
  bool IsQuiet();
  size_t written() const { return written_; }  // bytes, since the start
  // Says that nothing more comes from us.
  void EndWriting();

  // Every step under way or to come ends with kCancelled. From any thread.
  void Interrupt();
  // Every Read under way or to come ends; writing still works. From any thread.
  void HangUp();

 private:
  struct SslFree {
    void operator()(ssl_st* ssl) const;
  };
  // What a step that could not finish waits for.
  enum class Want { kNothing, kRead, kWrite };

  Status Handshake(ssl_st* ssl, bool as_client);
  Result<Want> AfterTls(int result, const char* operation);
  Result<size_t> TryWrite(std::string_view bytes, Want* want);
  Status Wait(Want want);

  UniqueFd socket_;
  std::unique_ptr<ssl_st, SslFree> ssl_;
  MonoTime deadline_ = MonoTime::max();
  std::string unread_;
  size_t written_ = 0;
  Want read_wants_ = Want::kRead;
  std::atomic<bool> interrupted_ = false;
};

}  // namespace ameide::http
