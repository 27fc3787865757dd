// ameide-stub-executor FOLDER: a stand-in for the machine outside, on loopback, with mutual TLS.
// Certificates are made at the start: what a client needs goes to FOLDER/secrets/executor-client/,
// the way the local backend reads secrets. The URL is the one line on standard output. Ends with
// its standard input.
#include <unistd.h>

#include <cstdio>

#include "base/http/server.h"
#include "base/http/testing/certificates.h"
#include "base/strings.h"
#include "task/executor/testing/stub_executor.h"

namespace ameide::task::testing {
namespace {

constexpr char kServerName[] = "executor.example.com";  // examples/external-executor/profile.yaml

int Serve(const fs::path& folder) {
  const http::testing::TestAuthority authority;
  const auto server_own = authority.Issue({.names = {kServerName}, .addresses = {}});
  const auto client_own = authority.Issue({.common_name = "task", .names = {"task"}});
  const fs::path secrets = folder / "secrets/executor-client";
  const fs::path machine = folder / "machine";
  if (!MakeDirectories(secrets).ok() || !MakeDirectories(machine).ok() ||
      !WriteFileAtomically(secrets / "tls.crt", client_own.certificate_pem).ok() ||
      !WriteFileAtomically(secrets / "tls.key", client_own.key_pem).ok() ||
      !WriteFileAtomically(secrets / "ca.crt", authority.pem()).ok()) {
    return 1;
  }
  const SystemClock clock;
  StubExecutor executor(machine, clock);
  http::ServerOptions options;
  options.certificate_pem = server_own.certificate_pem;
  options.key_pem = server_own.key_pem;
  options.client_ca_pem = authority.pem();
  const auto server = http::StartServer(std::move(options), [&](const http::Request& request) {
    return http::Reply{executor.Answer(request), {}};
  });
  if (!server.ok()) {
    std::fputs(StrCat(server.error().ToString(), "\n").c_str(), stderr);
    return 1;
  }
  std::puts((*server)->origin().c_str());
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}

}  // namespace
}  // namespace ameide::task::testing

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  return ameide::task::testing::Serve(argv[1]);
}
