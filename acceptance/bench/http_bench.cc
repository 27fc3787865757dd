// base/http on loopback. Without arguments: serves "/<anything>" with 200 and a small body, prints
// its origin, and ends with its standard input. With ORIGIN REQUESTS THREADS: sends so many
// requests over one client and fails unless each is answered.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/http/client.h"
#include "base/http/server.h"

namespace {

using namespace ameide::http;

int Serve() {
  const std::string body(100, 'x');
  const auto server = StartServer({}, [&](const Request&) {
    return Reply{{.status = 200, .headers = {}, .body = body}, {}};
  });
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.error().ToString().c_str());
    return 1;
  }
  std::printf("%s\n", (*server)->origin().c_str());
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}

int Ask(const std::string& origin, int requests, int threads) {
  ClientOptions options;
  options.origin = origin;
  const auto client = MakeClient(std::move(options));
  if (!client.ok()) return 1;
  std::atomic<int> left = requests;
  std::atomic<int> failed = 0;
  std::vector<std::jthread> pool;
  for (int i = 0; i < threads; ++i) {
    pool.emplace_back([&] {
      while (left.fetch_sub(1) > 0) {
        const auto answer = (*client)->Send({.target = "/x"});
        if (!answer.ok() || answer->status != 200 || answer->body.size() != 100) ++failed;
      }
    });
  }
  pool.clear();  // joins
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) return Serve();
  return argc == 4 ? Ask(argv[1], std::atoi(argv[2]), std::atoi(argv[3])) : 2;
}
