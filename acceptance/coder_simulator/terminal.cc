#include "acceptance/coder_simulator/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "acceptance/coder_simulator/pod.h"
#include "acceptance/coder_simulator/router.h"
#include "acceptance/coder_simulator/workshop.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr size_t kReplay = 64u << 10;
constexpr int kDefaultSize = 80;
constexpr Millis kLook{20};

struct Pair {
  UniqueFd master, slave;
};

Result<Pair> OpenTerminal() {
  Pair pair;
  pair.master.Reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  char name[128];
  if (!pair.master.valid() || ::grantpt(pair.master.get()) != 0 ||
      ::unlockpt(pair.master.get()) != 0 ||
      ::ptsname_r(pair.master.get(), name, sizeof name) != 0) {
    return ErrnoError(errno, "open terminal", "/dev/ptmx");
  }
  pair.slave.Reset(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!pair.slave.valid()) return ErrnoError(errno, "open terminal", name);
  return pair;
}

// {"data":"…"} and {"height":h,"width":w}.
void Obey(const std::string& message, TerminalSession* session) {
  const Result<Json> order = ParseJson(message);
  if (!order.ok()) return;
  if (const std::string* data = TextOf(*order, "data")) session->Write(*data);
  int64_t width = 0, height = 0;
  const Json* w = order->Find("width");
  const Json* h = order->Find("height");
  if (w != nullptr && h != nullptr && w->GetInt64(&width) && h->GetInt64(&height)) {
    session->Resize(static_cast<int>(width), static_cast<int>(height));
  }
}

}  // namespace

Result<std::shared_ptr<TerminalSession>> TerminalSession::Start(const Pod& pod,
                                                                const TerminalRequest& request) {
  AMEIDE_ASSIGN_OR_RETURN(Pair pair, OpenTerminal());
  std::vector<std::string> argv = {"/bin/sh"};
  if (!request.command.empty()) argv.insert(argv.end(), {"-c", request.command});
  SpawnOptions spawn = pod.CommandInside(std::move(argv));
  spawn.environment["TERM"] = "xterm-256color";
  spawn.new_session = true;
  spawn.stdin_fd = spawn.stdout_fd = spawn.stderr_fd = pair.slave.get();
  AMEIDE_ASSIGN_OR_RETURN(Subprocess child, Subprocess::Spawn(spawn));
  std::shared_ptr<TerminalSession> session(
      new TerminalSession(std::move(pair.master), std::move(child)));
  session->Resize(request.width > 0 ? request.width : kDefaultSize,
                  request.height > 0 ? request.height : kDefaultSize);
  return session;
}

TerminalSession::~TerminalSession() {
  if (!child_.Poll()) child_.SignalGroup(SIGKILL);
  child_.Wait();
}

std::string TerminalSession::Replay() const {
  const std::lock_guard lock(mutex_);
  return replay_;
}

std::optional<std::string> TerminalSession::Read(Millis wait) {
  pollfd look{master_.get(), POLLIN, 0};
  if (::poll(&look, 1, static_cast<int>(wait.count())) <= 0) {
    if (!child_.Poll()) return "";
    // It may have written between the look and its end; and one that left the terminal to others
    // is over, too.
    if (::poll(&look, 1, 0) <= 0) return std::nullopt;
  }
  char buffer[16 << 10];
  const ssize_t got = ::read(master_.get(), buffer, sizeof buffer);
  if (got <= 0) return errno == EINTR && got < 0 ? std::optional<std::string>("") : std::nullopt;
  std::string output(buffer, static_cast<size_t>(got));
  const std::lock_guard lock(mutex_);
  replay_ += output;
  if (replay_.size() > kReplay) replay_.erase(0, replay_.size() - kReplay);
  return output;
}

void TerminalSession::Write(std::string_view input) {
  WriteAll(master_.get(), input, "terminal").ok();
}

void TerminalSession::Resize(int width, int height) {
  if (width <= 0 || height <= 0) return;
  winsize size{};
  size.ws_col = static_cast<unsigned short>(width);
  size.ws_row = static_cast<unsigned short>(height);
  ::ioctl(master_.get(), TIOCSWINSZ, &size);
}

void RunTerminal(Site& site, const TerminalRequest& request, http::WebSocket& socket) {
  const auto opened = site.workshop.Terminal(request);
  if (!opened.ok()) return;
  const std::shared_ptr<TerminalSession>& session = *opened;
  if (const std::string replay = session->Replay(); !replay.empty()) {
    if (!socket.WriteBinary(replay).ok()) return;
  }
  while (true) {
    const auto output = session->Read(kLook);
    if (!output) return session->End();
    if (!output->empty()) {
      if (!socket.WriteBinary(*output).ok()) return;
      const bool drop = site.store.Update(
          [](State& state, WallTime) { return state.faults.Take(Fault::kPtyDrop); });
      if (drop) return;
    }
    const auto message = socket.Read({}, Millis(output->empty() ? 1 : 0));
    if (message.ok() && !message->has_value()) return;
    if (!message.ok() && message.error().kind != ErrorKind::kTimeout) return;
    if (!message.ok()) continue;
    if (socket.last_was_text()) return;  // as Coder does
    Obey(**message, session.get());
  }
}

}  // namespace ameide::simulator
