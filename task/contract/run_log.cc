#include "task/contract/run_log.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

constexpr std::string_view kTimeForm = "0000-00-00T00:00:00.000000Z";
constexpr LogStream kStreams[] = {LogStream::kStdout, LogStream::kStderr, LogStream::kAgent};

bool IsTime(std::string_view text) {
  return text.size() == kTimeForm.size() &&
         std::equal(text.begin(), text.end(), kTimeForm.begin(),
                    [](char c, char form) { return form == '0' ? IsAsciiDigit(c) : c == form; });
}

// Cuts off what stands before the next space; false when there is none.
bool NextWord(std::string_view* rest, std::string_view* word) {
  const size_t space = rest->find(' ');
  if (space == std::string_view::npos) return false;
  *word = rest->substr(0, space);
  rest->remove_prefix(space + 1);
  return true;
}

}  // namespace

std::string_view ToString(LogStream stream) {
  switch (stream) {
    case LogStream::kStdout:
      return "stdout";
    case LogStream::kStderr:
      return "stderr";
    case LogStream::kAgent:
      return "agent";
  }
  return "agent";
}

std::string EncodeLog(WallTime time, LogStream stream, std::string_view bytes) {
  const std::string prefix = StrCat(FormatTime(time), " ", ToString(stream), " ");
  std::string out;
  while (!bytes.empty()) {
    // A newline straight behind the longest part still ends it, so that no empty part follows.
    const size_t newline = bytes.substr(0, kMaxLogPart + 1).find('\n');
    const bool full = newline != std::string_view::npos;
    const size_t length = full ? newline : std::min(kMaxLogPart, bytes.size());
    StrAppend(&out, prefix, full ? "F " : "P ", bytes.substr(0, length), "\n");
    bytes.remove_prefix(length + (full ? 1 : 0));
  }
  return out;
}

bool ParseLogLine(std::string_view line, LogLine* out) {
  std::string_view time;
  std::string_view stream;
  std::string_view tag;
  if (line.find('\n') != std::string_view::npos) return false;
  if (!NextWord(&line, &time) || !NextWord(&line, &stream) || !NextWord(&line, &tag)) return false;
  const auto* known = std::find_if(std::begin(kStreams), std::end(kStreams),
                                   [&](LogStream one) { return ToString(one) == stream; });
  if (!IsTime(time) || known == std::end(kStreams) || (tag != "F" && tag != "P")) return false;
  *out = LogLine{.time = time, .stream = *known, .partial = tag == "P", .bytes = line};
  return true;
}

std::string ReadableLog(std::string_view log) {
  std::string out;
  std::map<LogStream, std::string> unfinished;
  while (!log.empty()) {
    const size_t newline = std::min(log.find('\n'), log.size());
    const std::string_view text = log.substr(0, newline);
    log.remove_prefix(std::min(newline + 1, log.size()));
    LogLine line{};
    if (!ParseLogLine(text, &line)) {
      StrAppend(&out, ToPrintable(text), "\n");
      continue;
    }
    std::string& open = unfinished[line.stream];
    open += line.bytes;
    if (line.partial) continue;
    StrAppend(&out, ToPrintable(open), "\n");
    open.clear();
  }
  for (const auto& [stream, open] : unfinished) {
    if (!open.empty()) StrAppend(&out, ToPrintable(open), "\n");
  }
  return out;
}

}  // namespace ameide::task
