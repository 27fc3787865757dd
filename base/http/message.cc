#include "base/http/message.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::http {
namespace {

namespace beast = boost::beast;
namespace bh = boost::beast::http;

constexpr size_t kChunk = 16u << 10;
constexpr size_t kPiece = 256u << 10;
constexpr int kMaxInterim = 16;

std::string Text(beast::string_view view) { return {view.data(), view.size()}; }

template <class Fields>
Headers HeadersOf(const Fields& fields) {
  Headers headers;
  for (const auto& field : fields) {
    headers.emplace_back(Text(field.name_string()), Text(field.value()));
  }
  return headers;
}

// How far the reading of one message came.
enum class End { kDone, kNothing, kCut, kHeaderTooLarge, kBodyTooLarge, kMalformed, kLost };

template <bool kIsRequest>
class Reader {
 public:
  using Parser = bh::parser<kIsRequest, bh::string_body>;

  Reader(Channel& channel, const MessageLimits& limits) : channel_(channel), limits_(limits) {
    parser_.eager(true);
    parser_.header_limit(static_cast<uint32_t>(std::min(limits.max_header, size_t{1} << 30)));
    parser_.body_limit(limits.max_body);
  }

  Parser& parser() { return parser_; }
  const std::string& cause() const { return cause_; }
  const std::optional<Error>& error() const { return error_; }
  bool started() const { return started_; }
  bool left_over() const { return !buffer_.empty(); }

  End Run() {
    const End end = Loop();
    channel_.Unread(buffer_);
    return end;
  }

 private:
  End Loop() {
    std::array<char, kChunk> chunk;
    while (true) {
      if (const auto end = Parse()) return *end;
      // A header line or a chunk's line that never ends.
      if (buffer_.size() > limits_.max_header) return End::kHeaderTooLarge;
      const auto got = channel_.Read(chunk.data(), chunk.size());
      if (!got.ok()) {
        error_ = got.error();
        return End::kLost;
      }
      if (*got == 0) return AtEnd();
      started_ = true;
      buffer_.append(chunk.data(), *got);
    }
  }

  std::optional<End> Parse() {
    while (!buffer_.empty()) {
      beast::error_code code;
      const size_t used = parser_.put(boost::asio::buffer(buffer_), code);
      buffer_.erase(0, used);
      if (code == bh::error::need_more) code = {};
      if (code) return Classify(code);
      if (parser_.is_done()) return End::kDone;
      if (used == 0) break;
    }
    if (parser_.is_header_done()) return Greet();
    return std::nullopt;
  }

  // curl and others hold back a large body until they hear this (RFC 9110, 10.1.1).
  std::optional<End> Greet() {
    if constexpr (kIsRequest) {
      if (!std::exchange(greeted_, true) &&
          beast::iequals(parser_.get()[bh::field::expect], "100-continue")) {
        const Status written = channel_.Write("HTTP/1.1 100 Continue\r\n\r\n");
        if (!written.ok()) {
          error_ = written.error();
          return End::kLost;
        }
      }
    }
    return std::nullopt;
  }

  End AtEnd() {
    if (!started_ && buffer_.empty()) return End::kNothing;
    beast::error_code code;
    if (parser_.is_header_done()) parser_.put_eof(code);
    return parser_.is_done() && !code ? End::kDone : End::kCut;
  }

  End Classify(const beast::error_code& code) {
    if (code == bh::error::header_limit) return End::kHeaderTooLarge;
    if (code == bh::error::body_limit) return End::kBodyTooLarge;
    if (code == bh::error::buffer_overflow) return End::kBodyTooLarge;
    cause_ = code.message();
    return End::kMalformed;
  }

  Channel& channel_;
  const MessageLimits& limits_;
  Parser parser_;
  std::string buffer_;
  std::string cause_;
  std::optional<Error> error_;
  bool started_ = false;
  bool greeted_ = false;
};

Error Failure(End end, const Reader<false>& reader, const MessageLimits& limits) {
  switch (end) {
    case End::kLost:
      return *reader.error();
    case End::kHeaderTooLarge:
      return {ErrorKind::kDenied, "", "",
              StrCat("the answer's header has more than ", limits.max_header, " bytes"), ""};
    case End::kBodyTooLarge:
      return {ErrorKind::kDenied, "", "",
              StrCat("the answer has more than ", limits.max_body, " bytes"), ""};
    case End::kMalformed:
      return {ErrorKind::kUnavailable, "", "", StrCat("the answer is not HTTP: ", reader.cause()),
              "check the address"};
    default:
      return {ErrorKind::kUnavailable, "", "",
              end == End::kNothing ? "the server closed the connection without an answer"
                                   : "the answer was cut off",
              ""};
  }
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAsciiAlnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool IsFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  });
}

bool IsNumber(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsAsciiDigit);
}

bool IsOurs(std::string_view name) {
  const std::string lower = AsciiLower(name);
  return lower == "host" || lower == "content-length" || lower == "connection" ||
         lower == "transfer-encoding";
}

bool IsFinal(int status) { return status >= 200 && status < 600; }

Error Unfit(std::string target, std::string cause) {
  return {ErrorKind::kInvalid, "send", std::move(target), std::move(cause), ""};
}

void AppendHeaders(std::string* text, const Headers& headers) {
  for (const auto& [name, value] : headers) StrAppend(text, name, ": ", value, "\r\n");
}

// The status line and the headers that a handler may set.
std::string StartHead(const Response& response) {
  const int status = IsFinal(response.status) ? response.status : 500;
  const auto known = bh::int_to_status(static_cast<unsigned>(status));
  std::string text = StrCat("HTTP/1.1 ", status, " ", Text(bh::obsolete_reason(known)), "\r\n");
  for (const auto& [name, value] : response.headers) {
    if (IsOurs(name) || !IsToken(name) || !IsFieldValue(value)) continue;
    StrAppend(&text, name, ": ", value, "\r\n");
  }
  return text;
}

}  // namespace

Incoming ReadRequest(Channel& channel, const MessageLimits& limits) {
  Reader<true> reader(channel, limits);
  Incoming incoming;
  switch (reader.Run()) {
    case End::kDone:
      break;
    case End::kHeaderTooLarge:
      incoming.refusal = 431;
      return incoming;
    case End::kBodyTooLarge:
      incoming.refusal = 413;
      return incoming;
    case End::kMalformed:
      incoming.refusal = 400;
      return incoming;
    case End::kLost:
      if (reader.error()->kind == ErrorKind::kTimeout && reader.started()) incoming.refusal = 408;
      return incoming;
    default:
      return incoming;
  }
  auto& message = reader.parser().get();
  Request request{Text(message.method_string()), Text(message.target()), HeadersOf(message), ""};
  if (!request.target.starts_with('/')) {
    incoming.refusal = 400;
    return incoming;
  }
  request.body = std::move(message.body());
  incoming.request = std::move(request);
  incoming.keep_alive = reader.parser().keep_alive();
  incoming.takes_chunks = message.version() >= 11;
  return incoming;
}

Outcome ReadResponse(Channel& channel, const MessageLimits& limits, bool to_head) {
  Outcome outcome;
  for (int interim = 0; interim <= kMaxInterim; ++interim) {
    Reader<false> reader(channel, limits);
    reader.parser().skip(to_head);
    const End end = reader.Run();
    outcome.started = outcome.started || reader.started();
    if (end != End::kDone) {
      outcome.error = Failure(end, reader, limits);
      return outcome;
    }
    auto& message = reader.parser().get();
    const int status = static_cast<int>(message.result_int());
    if (status < 200 && status != 101) continue;
    outcome.response = {status, HeadersOf(message), std::move(message.body())};
    outcome.keep_alive = reader.parser().keep_alive() && !reader.left_over() && status != 101;
    return outcome;
  }
  outcome.error = Error{ErrorKind::kUnavailable, "", "", "interim answers without an end", ""};
  return outcome;
}

Status CheckHeaders(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!IsToken(name)) return Unfit(StrCat("header ", Quote(name)), "not a header's name");
    if (IsOurs(name)) return Unfit(StrCat("header ", name), "this header is set by the client");
    if (!IsFieldValue(value)) {
      return Unfit(StrCat("header ", name), "its value has a line break or control character");
    }
  }
  return Ok{};
}

Status CheckRequest(const Request& request) {
  if (!IsToken(request.method)) return Unfit(Quote(request.method), "not a method");
  const auto fits = [](char c) { return c > 0x20 && c < 0x7f && c != '#'; };
  if (!request.target.starts_with('/') ||
      !std::all_of(request.target.begin(), request.target.end(), fits)) {
    return Unfit(Quote(std::string_view(request.target).substr(0, request.target.find('?'))),
                 "a target begins with '/' and is percent-encoded");
  }
  return CheckHeaders(request.headers);
}

std::string FormatHead(const Request& request, std::string_view target, std::string_view host,
                       const Headers& more) {
  std::string text = StrCat(request.method, " ", target, " HTTP/1.1\r\nHost: ", host, "\r\n");
  AppendHeaders(&text, more);
  AppendHeaders(&text, request.headers);
  const bool expects_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (!request.body.empty() || expects_body) {
    StrAppend(&text, "Content-Length: ", request.body.size(), "\r\n");
  }
  return text + "\r\n";
}

std::string FormatHead(const Response& response, bool keep_alive, bool to_head) {
  std::string text = StartHead(response);
  std::optional<std::string> length;
  // Whoever answers HEAD may know the length without making the body.
  if (to_head && response.body.empty()) length = FindHeader(response.headers, "Content-Length");
  if (length && !IsNumber(*length)) length.reset();
  if (MayHaveBody(response, false)) {
    StrAppend(&text, "Content-Length: ", length.value_or(std::to_string(response.body.size())),
              "\r\n");
  }
  if (!keep_alive) text += "Connection: close\r\n";
  return text + "\r\n";
}

std::string FormatStreamHead(const Response& response, bool keep_alive, bool chunked) {
  std::string text = StartHead(response);
  if (chunked) text += "Transfer-Encoding: chunked\r\n";
  if (!keep_alive || !chunked) text += "Connection: close\r\n";
  return text + "\r\n";
}

std::string FormatChunk(std::string_view piece) {
  char size[20];
  const char* end = std::to_chars(size, size + sizeof size, piece.size(), 16).ptr;
  return StrCat(std::string_view(size, static_cast<size_t>(end - size)), "\r\n", piece, "\r\n");
}

bool MayHaveBody(const Response& response, bool to_head) {
  return !to_head && response.status != 204 && response.status != 304;
}

Status WriteMessage(Channel& channel, std::string head, std::string_view body,
                    std::optional<Millis> patience) {
  if (body.size() <= kChunk) {
    head += body;
    body = {};
  }
  AMEIDE_RETURN_IF_ERROR(channel.Write(head));
  while (!body.empty()) {
    if (patience) channel.SetTimeout(*patience);
    const size_t piece = patience ? std::min(body.size(), kPiece) : body.size();
    AMEIDE_RETURN_IF_ERROR(channel.Write(body.substr(0, piece)));
    body.remove_prefix(piece);
  }
  return Ok{};
}

}  // namespace ameide::http
