// diff.patch as people read it: one foldable block per file, line numbers, colours.
#include <charconv>

#include "base/strings.h"
#include "base/text.h"
#include "task/evidence/report_parts.h"

namespace ameide::task::report {
namespace {

constexpr size_t kMaxLines = 2000;
constexpr size_t kMaxLineBytes = 1000;

struct Line {
  Markup tone;
  int64_t number;  // 0: none
  std::string_view text;
};

struct FileDiff {
  std::string_view name;
  std::vector<Line> lines;
  int added = 0;
  int removed = 0;
};

// The number after `sign` in "@@ -12,7 +12,9 @@"; 0 when there is none.
int64_t HunkStart(std::string_view header, char sign) {
  const size_t at = header.find(sign);
  if (at == std::string_view::npos) return 0;
  int number = 0;
  std::from_chars(header.data() + at + 1, header.data() + header.size(), number);
  return number;
}

// Reads Git's unified diff. Anything else ends up as plain lines; only colours can be wrong.
class DiffReader {
 public:
  void Add(std::string_view line) {
    if (line.starts_with("diff --git ")) return StartFile(line);
    if (files_.empty()) files_.push_back({"diff.patch", {}, 0, 0});
    FileDiff& file = files_.back();
    if (line.starts_with("@@ ")) {
      in_hunk_ = true;
      old_line_ = HunkStart(line, '-');
      new_line_ = HunkStart(line, '+');
      file.lines.push_back({"h", 0, line});
    } else if (in_hunk_ && line.starts_with('+')) {
      ++file.added;
      file.lines.push_back({"a", new_line_++, line});
    } else if (in_hunk_ && line.starts_with('-')) {
      ++file.removed;
      file.lines.push_back({"r", old_line_++, line});
    } else if (in_hunk_ && line.starts_with(' ')) {
      ++old_line_;
      file.lines.push_back({"c", new_line_++, line});
    } else if (!IsNoise(line)) {
      file.lines.push_back({"m", 0, line});
    }
  }
  const std::vector<FileDiff>& files() const { return files_; }

 private:
  // "diff --git a/x b/x": the name after " b/" is the new one; good enough for a heading.
  void StartFile(std::string_view line) {
    const size_t at = line.rfind(" b/");
    files_.push_back({at == std::string_view::npos ? line : line.substr(at + 3), {}, 0, 0});
    in_hunk_ = false;
  }
  static bool IsNoise(std::string_view line) {
    return line.empty() || line.starts_with("--- ") || line.starts_with("+++ ") ||
           line.starts_with("index ");
  }

  std::vector<FileDiff> files_;
  bool in_hunk_ = false;
  int64_t old_line_ = 0;
  int64_t new_line_ = 0;
};

Html FileBlock(const FileDiff& file) {
  Html html;
  html << "<details class=\"file\" open><summary><code>" << Text(file.name)
       << "</code> <span class=\"mono plus\">+" << file.added
       << "</span> <span class=\"mono minus\">-" << file.removed
       << "</span></summary><div class=\"code\">";
  for (const Line& line : file.lines) {
    html << "<div class=\"" << line.tone << "\"";
    if (line.number > 0) html << " data-n=\"" << line.number << "\"";
    html << ">" << Text(line.text, kMaxLineBytes) << "</div>";
  }
  html << "</div></details>\n";
  return html;
}

}  // namespace

Html Diff(const ReportInput& input) {
  if (input.diff.empty()) return {};
  std::string_view rest = std::string_view(input.diff).substr(0, kReportDiffBytes);
  bool cut = input.diff_cut || rest.size() < input.diff.size();
  DiffReader reader;
  size_t lines = 0;
  for (; !rest.empty() && lines < kMaxLines; ++lines) {
    const size_t end = rest.find('\n');
    reader.Add(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  cut = cut || !rest.empty();
  Html html;
  html << "<section id=\"diff\"><div class=\"head\"><h2>Diff</h2><span class=\"muted\">";
  if (cut) {
    html << "the first " << lines << " lines; <a href=\"diff.patch\">diff.patch</a> has all";
  } else {
    html << "<a href=\"diff.patch\">diff.patch</a>";
  }
  html << "</span></div>\n";
  for (const FileDiff& file : reader.files()) html << FileBlock(file);
  html << "</section>\n";
  return html;
}

}  // namespace ameide::task::report
