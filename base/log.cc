#include "base/log.h"

#include <unistd.h>

#include <cerrno>

#include "base/json.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide {
namespace {

// Seven such values still fit the client's 64 KiB line when JSON escapes double every byte.
constexpr size_t kMaxValue = 4u << 10;

const char* NameOf(LogLevel level) {
  constexpr const char* kNames[] = {"trace", "debug", "info", "warn", "error", "off"};
  return kNames[static_cast<int>(level)];
}

std::string Clean(std::string_view value) { return Truncate(ToPrintable(value), kMaxValue); }

}  // namespace

LogLevel ParseLogLevel(std::string_view text) {
  const std::string name = AsciiLower(text);
  if (name == "json") return LogLevel::kTrace;
  for (int level = 0; level < static_cast<int>(LogLevel::kOff); ++level) {
    if (name == NameOf(static_cast<LogLevel>(level))) return static_cast<LogLevel>(level);
  }
  return LogLevel::kOff;
}

Log::Log(LogLevel level, std::string module, const Clock& clock, Sink sink)
    : level_(level), module_(std::move(module)), clock_(clock), sink_(std::move(sink)) {}

void Log::Write(LogLevel level, std::string_view message, Fields fields) const {
  if (!Enabled(level) || !sink_) return;
  Json line;
  line.Set("@level", NameOf(level));
  line.Set("@message", Clean(message));
  line.Set("@module", module_);
  line.Set("@timestamp", FormatTime(clock_.Now()));
  size_t kept = 0;
  for (const auto& [key, value] : fields) {
    if (++kept > 6) break;
    line.Set(std::string(key), Clean(value));
  }
  const std::string text = line.Dump() + "\n";
  const std::lock_guard lock(mutex_);
  sink_(text);
}

Log::Sink FdSink(int fd) {
  return [fd](std::string_view line) {
    while (!line.empty()) {
      const ssize_t written = ::write(fd, line.data(), line.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      line.remove_prefix(static_cast<size_t>(written));
    }
  };
}

}  // namespace ameide
