// run.log: stdout and stderr of the command, kept apart, timestamped and complete.
//
// Each line is "<time> <stream> <tag> <bytes>\n" as Kubernetes writes container logs (CRI): stream
// is stdout, stderr or agent (our own remarks); tag F ends a line of output, P is a part of one
// that goes on in the next line of the same stream. The bytes are the command's own, unchanged, so
// joining a stream's parts gives back exactly what was written (the last part without newline is
// P).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace ameide::task {

inline constexpr size_t kMaxLogPart = 16u << 10;  // longer lines are cut into parts, as CRI does

enum class LogStream { kStdout, kStderr, kAgent };
std::string_view ToString(LogStream stream);

// The log lines for one piece of output as it came from a pipe. Pure; keeps no state: a piece that
// does not end in a newline becomes a P part.
std::string EncodeLog(WallTime time, LogStream stream, std::string_view bytes);

struct LogLine {
  std::string_view time;
  LogStream stream;
  bool partial;
  std::string_view bytes;
};
// One line of run.log without its newline; false when it is not of the form above.
bool ParseLogLine(std::string_view line, LogLine* out);

// What people want to read of a piece of run.log: the output as a terminal would have shown it,
// line by line, without prefixes, printable. Parts of one line come together even when the other
// stream wrote in between. What is no log line (a piece that starts in the middle of one) stays as
// it is.
std::string ReadableLog(std::string_view log);

}  // namespace ameide::task
