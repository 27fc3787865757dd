// Starts a provider as Terraform does, with TLS, asks for its schema and lets it go: PROGRAM FILE.
// Appends one line to FILE: µs until the handshake line, µs until the schema is here, CPU time in
// µs, peak resident memory in KiB; separated by spaces.
//
// Knows protocols 5 and 6 (tfplugin5, tfplugin6): peers may speak either.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

#include "base/clock.h"
#include "base/strings.h"
#include "provider/plugin/testing/plugin_client.h"

namespace {

using namespace ameide;
using namespace ameide::plugin::testing;

int64_t Micros(const timeval& time) { return int64_t{time.tv_sec} * 1'000'000 + time.tv_usec; }

// "12345", KiB, as /proc has it (proc(5), VmHWM); empty when it cannot be had.
std::string PeakMemory(pid_t pid) {
  const Result<std::string> status = ReadFile(StrCat("/proc/", pid, "/status"), 1u << 20);
  if (!status.ok()) return "";
  for (std::string_view line : StrSplit(*status, '\n')) {
    if (!line.starts_with("VmHWM:")) continue;
    line.remove_prefix(6);
    line.remove_suffix(line.ends_with(" kB") ? 3 : 0);
    return std::string(StripWhitespace(line));
  }
  return "";
}

// The line, or empty after words on stderr.
std::string Measure(const std::string& program, const fs::path& scratch) {
  const SystemClock clock;
  const ClientIdentity identity = MakeClientIdentity();
  Environment environment = PluginProcess::WithCookie(scratch);
  environment["PLUGIN_CLIENT_CERT"] = identity.certificate_pem;
  const MonoTime start = clock.Monotonic();
  const auto since_start = [&] {
    return std::chrono::duration_cast<std::chrono::microseconds>(clock.Monotonic() - start).count();
  };
  PluginProcess process(environment, {program}, 0);
  const Handshake handshake = process.ReadHandshake();
  const auto to_handshake = since_start();
  PluginClient client(handshake, identity);
  const bool six = handshake.fields[1] == "6";
  const grpc::Status schema = client.Call(
      six ? "/tfplugin6.Provider/GetProviderSchema" : "/tfplugin5.Provider/GetSchema", {});
  const auto to_schema = since_start();
  if (!schema.ok()) {
    std::fprintf(stderr, "%s gave no schema: %s\n%s", program.c_str(),
                 schema.error_message().c_str(), process.Stderr().c_str());
    return "";
  }
  const std::string memory = PeakMemory(process.pid());
  // A provider may leave without an answer; whether it left is what counts.
  static_cast<void>(client.Shutdown());
  if (memory.empty() || !process.WaitForExit()) {
    std::fprintf(stderr, "%s had no memory to measure, or stayed after Shutdown\n",
                 program.c_str());
    return "";
  }
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return StrCat(to_handshake, " ", to_schema, " ", Micros(usage.ru_utime) + Micros(usage.ru_stime),
                " ", memory, "\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const ameide::testing::TempDir scratch;
  const std::string line = Measure(argv[1], scratch.path());
  if (line.empty()) return 1;
  const UniqueFd file(::open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  return WriteAll(file.get(), line, argv[2]).ok() ? 0 : 1;
}
