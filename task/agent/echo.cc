#include "task/agent/echo.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/clock.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

constexpr Millis kPatience{5000};
// PIPE_BUF of Linux: a pipe that poll(2) calls writable takes so much without blocking.
constexpr size_t kAtOnce = 4096;
constexpr size_t kPieceSize = 4096;
constexpr size_t kMaxReason = 2000;

bool WriteSoon(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    pollfd wait{fd, POLLOUT, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(kPatience.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t written = ::write(fd, bytes.data(), std::min(bytes.size(), kAtOnce));
    if (written > 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string_view EchoLimit::Take(LogStream stream, std::string_view bytes) {
  const size_t now = std::min<uint64_t>(head_left_, bytes.size());
  head_left_ -= now;
  Keep(stream, bytes.substr(now));
  return bytes.substr(0, now);
}

void EchoLimit::Keep(LogStream stream, std::string_view bytes) {
  if (bytes.size() > tail_limit_) {
    left_out_ += bytes.size() - tail_limit_;
    bytes.remove_prefix(bytes.size() - tail_limit_);
  }
  while (!bytes.empty()) {
    // Pieces of a bounded size, so that the oldest can go without moving the others.
    if (tail_.empty() || tail_.back().stream != stream || tail_.back().bytes.size() >= kPieceSize) {
      tail_.push_back({stream, ""});
    }
    std::string& last = tail_.back().bytes;
    const size_t fits = std::min(bytes.size(), kPieceSize - last.size());
    last += bytes.substr(0, fits);
    bytes.remove_prefix(fits);
    tail_size_ += fits;
  }
  while (tail_size_ > tail_limit_) {
    std::string& oldest = tail_.front().bytes;
    const size_t goes = std::min<uint64_t>(oldest.size(), tail_size_ - tail_limit_);
    oldest.erase(0, goes);
    tail_size_ -= goes;
    left_out_ += goes;
    if (oldest.empty()) tail_.pop_front();
  }
}

EchoLimit::Rest EchoLimit::Finish() {
  return {left_out_, std::vector<EchoPiece>(tail_.begin(), tail_.end())};
}

std::string EndLine(const RunEnd& end) {
  return StrCat("ameide: run ", end.run_id.empty() ? "-" : end.run_id,
                " ended: outcome=", ToString(end.outcome), " exit=", end.exit_code, " manifest=",
                end.manifest_sha256.empty() ? "none" : "sha256:", end.manifest_sha256);
}

void Echo::Output(LogStream stream, std::string_view bytes) {
  Pass(stream, limit_.Take(stream, bytes));
}

void Echo::End(const RunEnd& end) {
  const EchoLimit::Rest rest = limit_.Finish();
  if (rest.left_out > 0) {
    Say(StrCat("ameide: ", rest.left_out,
               " bytes of output are left out here; run.log in the evidence has them"));
  }
  for (const EchoPiece& piece : rest.tail) Pass(piece.stream, piece.bytes);
  deaf_ = false;  // one more try: this is the line that somebody waits for
  if (end.outcome != Outcome::kSuccess && !end.reason.empty()) {
    Say(StrCat("ameide: ", Truncate(ToOneLine(end.reason), kMaxReason)));
  }
  Say(EndLine(end));
}

void Echo::Pass(LogStream stream, std::string_view bytes) {
  const int to = stream == LogStream::kStdout ? 0 : 1;
  if (bytes.empty() || deaf_) return;
  last_[to] = bytes.back();
  deaf_ = !WriteSoon(fds_[to], bytes);
}

void Echo::Say(std::string_view line) {
  Pass(LogStream::kStderr, StrCat(last_[1] == '\n' ? "" : "\n", line, "\n"));
}

}  // namespace ameide::task
