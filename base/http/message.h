// HTTP/1.1 messages on a channel. Beast's parser stops in message.cc.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/http/channel.h"
#include "base/http/http.h"
#include "base/result.h"

namespace ameide::http {

struct MessageLimits {
  size_t max_header = 64u << 10;
  size_t max_body = 8u << 20;
};

// What a client said: a request, or one that cannot be served, or nothing more.
struct Incoming {
  std::optional<Request> request;
  int refusal = 0;  // 400, 408, 413, 431 or 501; 0 with no request: the connection has ended
  bool keep_alive = false;
  bool takes_chunks = false;  // from HTTP/1.1 on
};
Incoming ReadRequest(Channel& channel, const MessageLimits& limits);

struct Outcome {
  Response response;
  bool keep_alive = false;  // the connection is fit for another request
  bool started = false;     // in an error: some of the answer had come
  std::optional<Error> error;
};
// The final answer; interim ones (1xx but 101) are passed over. kDenied: larger than `limits`.
Outcome ReadResponse(Channel& channel, const MessageLimits& limits, bool to_head);

// kInvalid for what would break the message (a line break in a value) or is ours to set.
Status CheckHeaders(const Headers& headers);
Status CheckRequest(const Request& request);

// The head of a request that passed CheckRequest. `target` replaces the request's own: a proxy
// wants the absolute form. `more` are further headers.
std::string FormatHead(const Request& request, std::string_view target, std::string_view host,
                       const Headers& more);

// The head of what a server answers. The length is that of the body, even when the body stays away
// (`to_head`); there, and only there, the response may bring a Content-Length of its own.
std::string FormatHead(const Response& response, bool keep_alive, bool to_head);
bool MayHaveBody(const Response& response, bool to_head);
// The head of an answer that may have a body, of a length not known yet. Without `chunked` only the
// close ends it.
std::string FormatStreamHead(const Response& response, bool keep_alive, bool chunked);
// `piece` must not be empty: that would be the end.
std::string FormatChunk(std::string_view piece);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Both, in one piece when small, with `patience` for each piece of a body when given.
Status WriteMessage(Channel& channel, std::string head, std::string_view body,
                    std::optional<Millis> patience = std::nullopt);

}  // namespace ameide::http
