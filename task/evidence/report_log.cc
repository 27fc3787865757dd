// The end of run.log as people read it: parts joined to lines, streams told apart by colour.
#include <array>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/run_log.h"
#include "task/evidence/report_parts.h"

namespace ameide::task::report {
namespace {

constexpr size_t kMaxLines = 2000;
constexpr size_t kMaxLineBytes = 2000;

struct Line {
  Markup tone;
  std::string time;  // "03:04:05"
  std::string text;  // any bytes
};

Markup ToneOf(LogStream stream) {
  switch (stream) {
    case LogStream::kStdout:
      return "o";
    case LogStream::kStderr:
      return "e";
    case LogStream::kAgent:
      return "g";
  }
  return "g";
}

std::string ClockTime(std::string_view rfc3339) {
  return rfc3339.size() < 19 ? std::string() : std::string(rfc3339.substr(11, 8));
}

// Joins the parts of each stream's lines; streams interleave, so each has a line of its own.
class LogReader {
 public:
  void Add(std::string_view raw) {
    LogLine line;
    if (!ParseLogLine(raw, &line)) {  // a cut first line, or no log of ours: shown as it is
      lines_.push_back({"g", "", std::string(raw)});
      return;
    }
    std::optional<Line>& open = open_[static_cast<size_t>(line.stream)];
    if (!open) open = Line{ToneOf(line.stream), "", ""};
    open->time = ClockTime(line.time);  // of its last part, so that times never run backwards
    open->text += line.bytes;
    if (!line.partial) Close(&open);
  }
  std::vector<Line> Finish() && {
    for (std::optional<Line>& open : open_) {
      if (open) Close(&open);
    }
    return std::move(lines_);
  }

 private:
  // A carriage return starts a line over (progress bars), so one line can become several.
  void Close(std::optional<Line>* open) {
    const std::string printable = ToPrintable((*open)->text);
    for (const std::string_view piece : StrSplit(printable, '\n')) {
      lines_.push_back({(*open)->tone, (*open)->time, std::string(piece)});
    }
    open->reset();
  }

  std::array<std::optional<Line>, 3> open_;
  std::vector<Line> lines_;
};

}  // namespace

Html LogLines(const ReportInput& input) {
  const std::string_view tail = Tail(input.log, kMaxLines, kReportLogBytes);
  LogReader reader;
  for (const std::string_view raw : StrSplit(tail, '\n')) {
    if (!raw.empty()) reader.Add(raw);
  }
  const std::vector<Line> lines = std::move(reader).Finish();
  const size_t first = lines.size() > kMaxLines ? lines.size() - kMaxLines : 0;
  const bool cut = input.log_cut || tail.size() < input.log.size() || first > 0;
  Html html;
  html << "<section id=\"log\"><div class=\"head\"><h2>Log</h2><span class=\"muted\">";
  if (lines.empty()) {
    html << "nothing was written</span></div></section>\n";
    return html;
  }
  if (cut) html << "the last " << lines.size() - first << " lines; ";
  html << "<a href=\"run.log\">run.log</a>" << (cut ? Markup(" has all") : Markup(""))
       << "</span></div>\n<div class=\"find\" hidden><input id=\"log-search\" type=\"search\" "
          "placeholder=\"Search the log\" aria-label=\"Search the log\"><span id=\"log-count\" "
          "class=\"muted\" role=\"status\"></span></div>\n<div class=\"code log\" id=\"log-lines\" "
          "tabindex=\"0\">";
  for (size_t i = first; i < lines.size(); ++i) {
    html << "<div class=\"" << lines[i].tone << "\" data-n=\"" << Text(lines[i].time, 20) << "\">"
         << Text(lines[i].text, kMaxLineBytes) << "</div>\n";
  }
  html << "</div></section>\n";
  return html;
}

}  // namespace ameide::task::report
