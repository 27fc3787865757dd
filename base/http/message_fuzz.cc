// Whatever a peer says, reading a request or an answer ends, within the limits.
#include <sys/socket.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/http/message.h"
#include "base/testing/fuzz.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 100 Continue\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nab\r\n0\r\nX: y\r\n\r\n",
          "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nz"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide::http;  // NOLINT: all of it is under test
  const MessageLimits limits{512, 256};
  for (const bool answers : {true, false}) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    const ameide::UniqueFd peer(ends[0]);
    Channel channel((ameide::UniqueFd(ends[1])));
    channel.Unread({reinterpret_cast<const char*>(data), size});
    ::shutdown(peer.get(), SHUT_WR);
    if (answers) {
      const Outcome outcome = ReadResponse(channel, limits, false);
      if (outcome.response.body.size() > limits.max_body) std::abort();
    } else {
      const Incoming incoming = ReadRequest(channel, limits);
      if (incoming.request && incoming.request->body.size() > limits.max_body) std::abort();
      if (incoming.request && incoming.refusal != 0) std::abort();
    }
  }
  return 0;
}
