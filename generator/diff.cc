#include "generator/diff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/strings.h"

namespace ameide::generator {
namespace {

constexpr size_t kContext = 3;
constexpr size_t kMaxCells = 16u << 20;  // of the table; beyond, the middle is shown as replaced

using Lines = std::vector<std::string_view>;

// Each line with its newline; a last one without stays so.
Lines SplitLines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

struct Edit {
  char mark;  // ' ', '-' or '+'
  std::string_view line;
};

void AppendAll(char mark, const Lines& lines, size_t from, size_t to, std::vector<Edit>* edits) {
  for (size_t i = from; i < to; ++i) edits->push_back({mark, lines[i]});
}

// The shortest edit between a[a0, a1) and b[b0, b1) by the table of longest common subsequences.
void AppendMiddle(const Lines& a, size_t a0, size_t a1, const Lines& b, size_t b0, size_t b1,
                  std::vector<Edit>* edits) {
  const size_t rows = a1 - a0;
  const size_t columns = b1 - b0;
  if (rows == 0 || columns == 0 || rows > kMaxCells / columns) {
    AppendAll('-', a, a0, a1, edits);
    AppendAll('+', b, b0, b1, edits);
    return;
  }
  std::vector<uint32_t> common((rows + 1) * (columns + 1), 0);
  const auto at = [&](size_t i, size_t j) -> uint32_t& { return common[i * (columns + 1) + j]; };
  for (size_t i = rows; i-- > 0;) {
    for (size_t j = columns; j-- > 0;) {
      at(i, j) =
          a[a0 + i] == b[b0 + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
  }
  size_t i = 0;
  size_t j = 0;
  while (i < rows && j < columns) {
    if (a[a0 + i] == b[b0 + j]) {
      edits->push_back({' ', a[a0 + i]});
      ++i, ++j;
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      edits->push_back({'-', a[a0 + i++]});
    } else {
      edits->push_back({'+', b[b0 + j++]});
    }
  }
  AppendAll('-', a, a0 + i, a1, edits);
  AppendAll('+', b, b0 + j, b1, edits);
}

std::vector<Edit> Edits(const Lines& a, const Lines& b) {
  size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
  }
  std::vector<Edit> edits;
  AppendAll(' ', a, 0, head, &edits);
  AppendMiddle(a, head, a.size() - tail, b, head, b.size() - tail, &edits);
  AppendAll(' ', a, a.size() - tail, a.size(), &edits);
  return edits;
}

// "12,3", "12" for one line, "11,0" for none (the line before).
std::string Range(size_t before, size_t count) {
  if (count == 1) return StrCat(before + 1);
  return StrCat(count == 0 ? before : before + 1, ",", count);
}

void AppendHunk(const std::vector<Edit>& edits, size_t from, size_t to, std::string* out) {
  const auto count = [&](size_t begin, size_t end, char absent) {
    return static_cast<size_t>(std::count_if(edits.begin() + static_cast<std::ptrdiff_t>(begin),
                                             edits.begin() + static_cast<std::ptrdiff_t>(end),
                                             [&](const Edit& e) { return e.mark != absent; }));
  };
  StrAppend(out, "@@ -", Range(count(0, from, '+'), count(from, to, '+')), " +",
            Range(count(0, from, '-'), count(from, to, '-')), " @@\n");
  for (size_t i = from; i < to; ++i) {
    StrAppend(out, edits[i].mark, edits[i].line);
    if (edits[i].line.back() != '\n') *out += "\n\\ No newline at end of file\n";
  }
}

}  // namespace

std::string UnifiedDiff(std::string_view old_name, std::string_view new_name,
                        std::string_view before, std::string_view after) {
  if (before == after) return "";
  const std::vector<Edit> edits = Edits(SplitLines(before), SplitLines(after));
  std::string out = StrCat("--- ", old_name, "\n+++ ", new_name, "\n");
  size_t i = 0;
  while (true) {
    while (i < edits.size() && edits[i].mark == ' ') ++i;
    if (i == edits.size()) return out;
    const size_t from = i - std::min(i, kContext);
    // A hunk goes on while the next change is at most two contexts away.
    size_t last = i;
    for (size_t next = i; next < edits.size() && next <= last + 2 * kContext; ++next) {
      if (edits[next].mark != ' ') last = next;
    }
    const size_t to = std::min(last + kContext + 1, edits.size());
    AppendHunk(edits, from, to, &out);
    i = last + 1;
  }
}

}  // namespace ameide::generator
