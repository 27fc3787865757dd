#include "task/publish/testing/git_http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>

#include "absl/strings/escaping.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "gtest/gtest.h"

namespace ameide::task::testing {
namespace {

constexpr size_t kMaxRequest = 256u << 20;

struct Request {
  std::string method;
  std::string path;
  std::string query;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

bool ReadMore(int fd, std::string* bytes) {
  char buffer[1 << 16];
  const ssize_t got = ::read(fd, buffer, sizeof buffer);
  if (got <= 0 || bytes->size() > kMaxRequest) return false;
  bytes->append(buffer, static_cast<size_t>(got));
  return true;
}

bool ReadChunks(int fd, std::string rest, std::string* body) {
  while (true) {
    size_t end = rest.find("\r\n");
    while (end == std::string::npos) {
      if (!ReadMore(fd, &rest)) return false;
      end = rest.find("\r\n");
    }
    const size_t size = std::stoul(rest.substr(0, end), nullptr, 16);
    while (rest.size() < end + 2 + size + 2) {
      if (!ReadMore(fd, &rest)) return false;
    }
    if (size == 0) return true;
    body->append(rest, end + 2, size);
    rest.erase(0, end + 2 + size + 2);
  }
}

bool ReadRequest(int fd, Request* request) {
  std::string bytes;
  size_t end = std::string::npos;
  while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
    if (!ReadMore(fd, &bytes)) return false;
  }
  const std::string head = StrReplaceAll(bytes.substr(0, end), "\r", "");
  const auto lines = StrSplit(head, '\n');
  const auto words = StrSplit(lines[0], ' ');
  if (words.size() != 3) return false;
  request->method = words[0];
  const size_t mark = words[1].find('?');
  request->path = words[1].substr(0, mark);
  if (mark != std::string_view::npos) request->query = words[1].substr(mark + 1);
  for (size_t i = 1; i < lines.size(); ++i) {
    const size_t colon = lines[i].find(':');
    if (colon == std::string_view::npos) continue;
    request->headers[AsciiLower(lines[i].substr(0, colon))] =
        StripWhitespace(lines[i].substr(colon + 1));
  }
  std::string rest = bytes.substr(end + 4);
  if (request->headers["expect"] == "100-continue") {
    (void)WriteAll(fd, "HTTP/1.1 100 Continue\r\n\r\n", "client");
  }
  if (request->headers["transfer-encoding"] == "chunked") {
    return ReadChunks(fd, std::move(rest), &request->body);
  }
  const std::string& length = request->headers["content-length"];
  const size_t size = length.empty() ? 0 : std::stoul(length);
  while (rest.size() < size) {
    if (!ReadMore(fd, &rest)) return false;
  }
  request->body = rest.substr(0, size);
  return true;
}

std::string Response(std::string_view status, std::string_view headers, std::string_view body) {
  return StrCat("HTTP/1.1 ", status, "\r\nConnection: close\r\nContent-Length: ", body.size(),
                "\r\n", headers, "\r\n", body);
}

}  // namespace

GitHttpServer::GitHttpServer(fs::path root, std::string username, std::string password)
    : root_(std::move(root)),
      authorization_(StrCat("Basic ", absl::Base64Escape(StrCat(username, ":", password)))) {
  listener_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::listen(listener_.get(), 16), 0);
  EXPECT_EQ(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Accept(); });
}

GitHttpServer::~GitHttpServer() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
}

std::string GitHttpServer::Url(std::string_view repository) const {
  return StrCat("http://127.0.0.1:", port_, "/", repository);
}

void GitHttpServer::Accept() {
  while (true) {
    const UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client.valid()) return;
    Answer(client.get());
  }
}

void GitHttpServer::Answer(int client) {
  Request request;
  if (!ReadRequest(client, &request)) return;
  const bool push = request.query.find("git-receive-pack") != std::string::npos ||
                    request.path.ends_with("/git-receive-pack");
  const bool authorized = request.headers["authorization"] == authorization_;
  if (push && !authorized) {
    (void)WriteAll(client,
                   Response("401 Unauthorized", "WWW-Authenticate: Basic realm=\"git\"\r\n", ""),
                   "client");
    return;
  }
  if (push) ++pushes_;
  SpawnOptions cgi;
  cgi.argv = {"git", "http-backend"};
  cgi.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                     {"GIT_CONFIG_NOSYSTEM", "1"},
                     {"HOME", root_.string()},
                     {"GIT_PROJECT_ROOT", root_.string()},
                     {"GIT_HTTP_EXPORT_ALL", "1"},
                     {"PATH_INFO", request.path},
                     {"QUERY_STRING", request.query},
                     {"REQUEST_METHOD", request.method},
                     {"CONTENT_TYPE", request.headers["content-type"]},
                     {"CONTENT_LENGTH", std::to_string(request.body.size())},
                     {"HTTP_GIT_PROTOCOL", request.headers["git-protocol"]},
                     {"HTTP_CONTENT_ENCODING", request.headers["content-encoding"]}};
  if (authorized) cgi.environment["REMOTE_USER"] = "test";
  const UniqueFd body(::memfd_create("body", MFD_CLOEXEC));
  if (!WriteAll(body.get(), request.body, "body").ok()) return;
  ::lseek(body.get(), 0, SEEK_SET);
  cgi.stdin_fd = body.get();
  const auto ran = RunCommand(cgi, {.timeout = Millis(60'000)}, clock_);
  const size_t end = ran.ok() ? ran->out.find("\r\n\r\n") : std::string::npos;
  if (end == std::string::npos) {
    (void)WriteAll(client, Response("500 Internal Server Error", "", ""), "client");
    return;
  }
  std::string status = "200 OK";
  std::string headers;
  const std::string head = StrReplaceAll(ran->out.substr(0, end), "\r", "");
  for (const std::string_view line : StrSplit(head, '\n')) {
    if (line.starts_with("Status: ")) {
      status = line.substr(8);
    } else {
      StrAppend(&headers, line, "\r\n");
    }
  }
  (void)WriteAll(client, Response(status, headers, std::string_view(ran->out).substr(end + 4)),
                 "client");
}

}  // namespace ameide::task::testing
