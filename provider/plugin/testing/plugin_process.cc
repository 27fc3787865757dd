#include "provider/plugin/testing/plugin_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>

#include "base/strings.h"

namespace ameide::plugin::testing {
namespace {

constexpr int kPatienceMs = 60'000;

std::pair<UniqueFd, UniqueFd> Pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

bool WaitReadable(int fd, int timeout_ms) {
  pollfd event{fd, POLLIN, 0};
  return ::poll(&event, 1, timeout_ms) > 0;
}

// Appends what is there; false at the end of the stream.
bool ReadSome(int fd, std::string* text) {
  char buffer[4096];
  const ssize_t got = ::read(fd, buffer, sizeof buffer);
  if (got <= 0) return false;
  text->append(buffer, static_cast<size_t>(got));
  return true;
}

std::vector<std::string> EchoCommand(std::vector<std::string> flags) {
  flags.insert(flags.begin(), AMEIDE_ECHO_PLUGIN);
  return flags;
}

}  // namespace

Environment PluginProcess::WithCookie(const fs::path& folder) {
  Environment environment = {{"TF_PLUGIN_MAGIC_COOKIE",
                              "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"},
                             {"PLUGIN_PROTOCOL_VERSIONS", "6,5"},
                             {"TMPDIR", folder.native()}};
  // A sanitizer without its suppressions would fill stderr, which nobody reads while it runs.
  for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment.emplace(name, value);
  }
  return environment;
}

PluginProcess::PluginProcess(const Environment& environment, std::vector<std::string> flags)
    : PluginProcess(environment, EchoCommand(std::move(flags)), 0) {}

PluginProcess::PluginProcess(const Environment& environment, const std::vector<std::string>& argv,
                             int) {
  auto [out, out_child] = Pipe();
  auto [err, err_child] = Pipe();
  stdout_ = std::move(out);
  stderr_ = std::move(err);
  auto spawned = Subprocess::Spawn({.argv = argv,
                                    .environment = environment,
                                    .stdout_fd = out_child.get(),
                                    .stderr_fd = err_child.get()});
  process_ = std::move(spawned).value();
}

PluginProcess::~PluginProcess() {
  if (process_->Poll()) return;
  process_->Signal(SIGKILL);
  process_->Wait();
}

std::string PluginProcess::ReadLines(int lines) {
  std::string text;
  char byte = 0;
  while (lines > 0) {
    if (!WaitReadable(stdout_.get(), kPatienceMs)) return "";
    if (::read(stdout_.get(), &byte, 1) != 1) return "";
    text.push_back(byte);
    if (byte == '\n') --lines;
  }
  return text;
}

Handshake PluginProcess::ReadHandshake() {
  Handshake handshake;
  handshake.line = ReadLines(1);
  for (const std::string_view field : StrSplit(StripWhitespace(handshake.line), '|')) {
    handshake.fields.emplace_back(field);
  }
  handshake.fields.resize(std::max<size_t>(handshake.fields.size(), 6));
  handshake.socket = handshake.fields[3];
  handshake.certificate = handshake.fields[5];
  return handshake;
}

std::string PluginProcess::RestOfStdout() {
  std::string text;
  while (WaitReadable(stdout_.get(), kPatienceMs) && ReadSome(stdout_.get(), &text)) {
  }
  return text;
}

std::string PluginProcess::Stderr() const {
  while (WaitReadable(stderr_.get(), 0) && ReadSome(stderr_.get(), &stderr_text_)) {
  }
  return stderr_text_;
}

std::optional<ExitStatus> PluginProcess::WaitForExit() {
  if (!WaitReadable(process_->exit_fd(), kPatienceMs)) return std::nullopt;
  return process_->Wait();
}

bool PluginProcess::WaitForStderrEnd() {
  while (WaitReadable(stderr_.get(), kPatienceMs)) {
    if (!ReadSome(stderr_.get(), &stderr_text_)) return true;
  }
  return false;
}

}  // namespace ameide::plugin::testing
