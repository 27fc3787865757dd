// A server on 127.0.0.1 that says exactly what a test wants, valid or not, and a raw caller.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/unique_fd.h"

namespace ameide::http::testing {

// One side of a connection; every call ends when the server does or after half a minute.
class RawPeer {
 public:
  explicit RawPeer(UniqueFd socket);
  static RawPeer Call(uint16_t port);  // on 127.0.0.1
  static RawPeer CallPath(const std::string& unix_socket);

  int fd() const { return socket_.get(); }
  // Up to and with `end`, or what came before the peer closed.
  std::string ReadUntil(std::string_view end);
  std::string ReadHead() { return ReadUntil("\r\n\r\n"); }
  std::string ReadExactly(size_t size);  // less when the peer closed
  std::string ReadToEnd() { return ReadUntil(""); }
  bool Say(std::string_view bytes);  // false: the peer is gone
  bool PeerLeavesWithin(int milliseconds);
  void Close();
  void Reset();  // by a TCP reset

 private:
  bool ReadMore();
  std::string Take(size_t size);

  UniqueFd socket_;
  std::string read_;
};

// Calls `talk` for each connection on a thread of its own; `number` counts them from 0.
class RawServer {
 public:
  using Talk = std::function<void(RawPeer& peer, int number)>;
  explicit RawServer(Talk talk);
  ~RawServer();  // ends every connection and joins

  uint16_t port() const { return port_; }
  std::string origin() const;  // "http://127.0.0.1:…"
  int connections();

 private:
  void Accept();

  Talk talk_;
  UniqueFd listener_;
  uint16_t port_ = 0;
  std::mutex mutex_;
  bool leaving_ = false;
  int connections_ = 0;
  std::list<RawPeer> peers_;
  std::list<std::thread> talks_;
  std::thread accepting_;
};

}  // namespace ameide::http::testing
