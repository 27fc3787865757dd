// What a run passes on to whoever reads our own output, for example a workspace service that keeps
// a megabyte of log and drops the rest: the beginning as it comes, the end when it is known, never
// the middle. run.log in the evidence has all of it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "task/contract/run_log.h"
#include "task/contract/words.h"

namespace ameide::task {

struct EchoPiece {
  LogStream stream = LogStream::kStdout;
  std::string bytes;
  bool operator==(const EchoPiece&) const = default;
};

// Which bytes of the output go on when at most `limit` may. Pure; memory: half of the limit.
class EchoLimit {
 public:
  explicit EchoLimit(uint64_t limit) : head_left_(limit / 2), tail_limit_(limit - limit / 2) {}

  // The first bytes of `bytes` that go on now; the rest is kept or left out.
  std::string_view Take(LogStream stream, std::string_view bytes);

  struct Rest {
    uint64_t left_out = 0;
    std::vector<EchoPiece> tail;  // in order
  };
  // Call once, at the end.
  Rest Finish();

 private:
  void Keep(LogStream stream, std::string_view bytes);

  uint64_t head_left_;
  uint64_t tail_limit_;
  uint64_t tail_size_ = 0;
  uint64_t left_out_ = 0;
  std::deque<EchoPiece> tail_;
};

struct RunEnd {
  std::string run_id;
  Outcome outcome = Outcome::kError;
  int exit_code = 0;
  std::string reason;
  std::string manifest_sha256;  // empty: there is no manifest
};

// "ameide: run r1 ended: outcome=success exit=0 manifest=sha256:…", without a newline; "-" for a
// run without an id, "none" for no manifest. Pure. The command can print such a line, too: it is
// the last line that counts, and the evidence that is believed.
std::string EndLine(const RunEnd& end);

// Writes to two descriptors that it does not own. A reader that has gone, or that takes nothing for
// some seconds, gets no more: a run never waits for its audience. Not thread-safe. The program must
// ignore SIGPIPE.
class Echo {
 public:
  Echo(uint64_t limit, int out, int err) : limit_(limit), fds_{out, err} {}

  void Output(LogStream stream, std::string_view bytes);
  // The kept output, the reason of a run that is no success, and the end line; nothing follows.
  void End(const RunEnd& end);

 private:
  void Pass(LogStream stream, std::string_view bytes);
  // A line of ours, at the start of a line.
  void Say(std::string_view line);

  EchoLimit limit_;
  int fds_[2];
  char last_[2] = {'\n', '\n'};
  bool deaf_ = false;
};

}  // namespace ameide::task
