// Structured log lines in the form Terraform's plugin client reads (one JSON object per line with
// @level, @message, @timestamp and @module as strings; rules L-1 to L-6 in docs/protocol.md).
// Nothing is written below the level: Terraform parses every line even when it throws it away.
#pragma once

#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"

namespace ameide {

enum class LogLevel { kTrace, kDebug, kInfo, kWarn, kError, kOff };

// "debug", "DEBUG", "JSON" (means trace); anything else, or nothing, is off.
LogLevel ParseLogLevel(std::string_view text);

// Thread-safe. Never pass secrets: nothing redacts them on the way.
class Log {
 public:
  using Field = std::pair<std::string_view, std::string_view>;
  using Fields = std::initializer_list<Field>;
  using Sink = std::function<void(std::string_view line)>;

  // `sink` gets whole lines with their newline, each under 64 KiB, valid UTF-8, one at a time.
  // `clock` must outlive the log.
  Log(LogLevel level, std::string module, const Clock& clock, Sink sink);
  static Log Silent(const Clock& clock) { return Log(LogLevel::kOff, "", clock, nullptr); }

  bool Enabled(LogLevel level) const { return level >= level_ && level != LogLevel::kOff; }
  void Write(LogLevel level, std::string_view message, Fields fields = {}) const;
  void Debug(std::string_view m, Fields f = {}) const { Write(LogLevel::kDebug, m, f); }
  void Info(std::string_view m, Fields f = {}) const { Write(LogLevel::kInfo, m, f); }
  void Warn(std::string_view m, Fields f = {}) const { Write(LogLevel::kWarn, m, f); }
  void Error(std::string_view m, Fields f = {}) const { Write(LogLevel::kError, m, f); }

 private:
  LogLevel level_;
  std::string module_;
  const Clock& clock_;
  Sink sink_;
  mutable std::mutex mutex_;
};

// A sink for a file descriptor; short writes are finished, errors ignored (there is nobody to
// tell).
Log::Sink FdSink(int fd);

}  // namespace ameide
