#include "task/contract/patch_hunks.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/patch_reader.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxLinkBytes = 64u << 10;
constexpr std::string_view kDigestMark = "sha256:";
constexpr size_t kDigestBytes = 64;

std::optional<uint64_t> TakeNumber(std::string_view* text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  // Far above any real file, and small enough that sums of two cannot wrap.
  if (error != std::errc() || value > (uint64_t{1} << 62)) return std::nullopt;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return value;
}

bool TakePrefix(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

struct Range {
  uint64_t start = 0;
  uint64_t count = 1;  // Git leaves ",1" out
};

std::optional<Range> TakeRange(std::string_view* text) {
  Range range;
  const auto start = TakeNumber(text);
  if (!start) return std::nullopt;
  range.start = *start;
  if (TakePrefix(text, ",")) {
    const auto count = TakeNumber(text);
    if (!count) return std::nullopt;
    range.count = *count;
  }
  return range;
}

struct HunkHead {
  Range old_range;
  Range new_range;
};

std::optional<HunkHead> ParseHead(std::string_view line) {
  if (!TakePrefix(&line, "@@ -")) return std::nullopt;
  const auto old_range = TakeRange(&line);
  if (!old_range || !TakePrefix(&line, " +")) return std::nullopt;
  const auto new_range = TakeRange(&line);
  if (!new_range || !TakePrefix(&line, " @@")) return std::nullopt;
  if (!line.empty() && line.front() != ' ') return std::nullopt;
  return HunkHead{*old_range, *new_range};
}

bool StartsWithDigest(std::string_view text) {
  if (!text.starts_with(kDigestMark)) return false;
  const std::string_view digits = text.substr(kDigestMark.size());
  // A 65th digit would make it something else.
  return IsSha256Hex(digits.substr(0, kDigestBytes)) &&
         (digits.size() == kDigestBytes || !IsSha256Hex(digits.substr(1, kDigestBytes)));
}

// One side of a hunk, to be compared with the other.
struct Side {
  std::vector<std::string_view> lines;
  bool open_end = false;  // the last line has no newline
};

bool DigestsOnly(const Side& before, const Side& after) {
  return before.open_end == after.open_end &&
         std::equal(before.lines.begin(), before.lines.end(), after.lines.begin(),
                    after.lines.end(), EqualButForDigests);
}

class HunkReader {
 public:
  HunkReader(LineCursor* cursor, bool keep_text, size_t* budget)
      : cursor_(cursor), keep_text_(keep_text), budget_(budget) {}

  Result<Contents> Read() {
    for (bool first = true; cursor_->Peek().starts_with("@@ "); first = false) {
      const auto head = ParseHead(cursor_->Peek());
      if (!head) return cursor_->Wrong("is no hunk header");
      AMEIDE_RETURN_IF_ERROR(CheckOrder(*head));
      contents_.whole = first && head->old_range.start <= 1 && head->new_range.start <= 1;
      cursor_->Take();
      AMEIDE_RETURN_IF_ERROR(ReadLines(*head));
    }
    return std::move(contents_);
  }

 private:
  // An empty side starts at the line before it, so 0 for a file that is not there.
  Status CheckOrder(const HunkHead& head) {
    const bool old_fits = head.old_range.start >= old_end_ && !open_end_;
    const bool new_fits = head.new_range.start >= new_end_;
    const bool starts = (head.old_range.start > 0 || head.old_range.count == 0) &&
                        (head.new_range.start > 0 || head.new_range.count == 0);
    if (!old_fits || !new_fits || !starts || head.old_range.count + head.new_range.count == 0) {
      return cursor_->Wrong("is a hunk out of order");
    }
    old_end_ = head.old_range.start + head.old_range.count;
    new_end_ = head.new_range.start + head.new_range.count;
    return Ok{};
  }

  Status ReadLines(const HunkHead& head) {
    Side before;
    Side after;
    char last = ' ';
    while (before.lines.size() < head.old_range.count ||
           after.lines.size() < head.new_range.count) {
      if (cursor_->AtEnd()) return cursor_->Wrong("is the end in the middle of a hunk");
      const std::string_view line = cursor_->Peek();
      const char kind = line.empty() ? '\0' : line.front();
      if (kind != ' ' && kind != '-' && kind != '+' && kind != '\\') {
        return cursor_->Wrong("is no line of a hunk");
      }
      if (kind == '\\') {
        AMEIDE_RETURN_IF_ERROR(EndSide(last, &before, &after));
        continue;
      }
      last = kind;
      const std::string_view text = line.substr(1);
      if (kind != '+' && (before.open_end || before.lines.size() == head.old_range.count)) {
        return cursor_->Wrong("is one line too many of the old side");
      }
      if (kind != '-' && (after.open_end || after.lines.size() == head.new_range.count)) {
        return cursor_->Wrong("is one line too many of the new side");
      }
      if (kind != '+') before.lines.push_back(text);
      if (kind != '-') after.lines.push_back(text);
      Keep(kind, text);
      cursor_->Take();
    }
    if (cursor_->Peek().starts_with("\\")) AMEIDE_RETURN_IF_ERROR(EndSide(last, &before, &after));
    Finish(before, after);
    return Ok{};
  }

  // "\ No newline at end of file", in whatever language, about the line before it.
  Status EndSide(char last, Side* before, Side* after) {
    const bool known = cursor_->Peek().size() >= 3 && cursor_->Peek()[1] == ' ';
    const bool ends_old = last != '+';
    const bool ends_new = last != '-';
    if (!known || (ends_old && (before->open_end || before->lines.empty())) ||
        (ends_new && (after->open_end || after->lines.empty()))) {
      return cursor_->Wrong("is no end of a file");
    }
    before->open_end = before->open_end || ends_old;
    after->open_end = after->open_end || ends_new;
    if (last == '+') --contents_.added_bytes;
    cursor_->Take();
    return Ok{};
  }

  void Keep(char kind, std::string_view text) {
    if (kind == '+') contents_.added_bytes += text.size() + 1;
    if (kind == ' ' || *budget_ < text.size() + 1) return;
    *budget_ -= text.size() + 1;
    (kind == '+' ? contents_.added : contents_.removed).emplace_back(text);
  }

  void Finish(const Side& before, const Side& after) {
    open_end_ = open_end_ || before.open_end || after.open_end;
    contents_.digests_only = contents_.digests_only && DigestsOnly(before, after);
    contents_.old_lines += before.lines.size();
    contents_.new_lines += after.lines.size();
    if (!keep_text_) return;
    std::string text = StrJoin(after.lines, "\n");
    if (!after.lines.empty() && !after.open_end) text += '\n';
    if (text.size() > kMaxLinkBytes) contents_.whole = false;
    if (contents_.whole) contents_.new_text = std::move(text);
  }

  LineCursor* cursor_;
  bool keep_text_;
  size_t* budget_;
  Contents contents_;
  uint64_t old_end_ = 0;
  uint64_t new_end_ = 0;
  bool open_end_ = false;  // nothing can follow the end of the file
};

// A line of base 85 says its decoded length first: A to Z for 1 to 26 bytes, a to z for 27 to 52.
bool IsBase85Line(std::string_view line) {
  constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
  if (line.empty()) return false;
  const char length = line.front();
  size_t bytes = 0;
  if (length >= 'A' && length <= 'Z') bytes = static_cast<size_t>(length - 'A') + 1;
  if (length >= 'a' && length <= 'z') bytes = static_cast<size_t>(length - 'a') + 27;
  return bytes > 0 && line.size() == 1 + (bytes + 3) / 4 * 5 &&
         line.find_first_not_of(kAlphabet, 1) == std::string_view::npos;
}

// `*literal` becomes the size that a literal declares, 0 for a delta.
Status ReadPiece(LineCursor* cursor, uint64_t* literal) {
  std::string_view size;
  const bool is_literal = cursor->Peek().starts_with("literal ");
  size = cursor->Peek().substr(std::min(cursor->Peek().size(), is_literal ? size_t{8} : size_t{6}));
  const auto number = TakeNumber(&size);
  if (!number || !size.empty()) return cursor->Wrong("is no size of binary data");
  *literal = is_literal ? *number : 0;
  cursor->Take();
  bool any = false;
  while (!cursor->AtEnd() && !cursor->Peek().empty()) {
    if (!IsBase85Line(cursor->Peek())) return cursor->Wrong("is no line of binary data");
    any = true;
    cursor->Take();
  }
  if (cursor->AtEnd() || !any) return cursor->Wrong("ends binary data too early");
  cursor->Take();
  return Ok{};
}

bool IsPiece(std::string_view line) {
  return line.starts_with("literal ") || line.starts_with("delta ");
}

}  // namespace

std::string_view LineCursor::Take() {
  const std::string_view line = Peek();
  rest_.remove_prefix(std::min(rest_.size(), line.size() + 1));
  ++line_;
  return line;
}

bool LineCursor::TakeIf(std::string_view prefix, std::string_view* tail) {
  if (AtEnd() || !Peek().starts_with(prefix)) return false;
  *tail = Take().substr(prefix.size());
  return true;
}

Error LineCursor::Wrong(std::string_view cause) const {
  constexpr size_t kShown = 120;
  return Error{ErrorKind::kInvalid, "read", "the patch",
               StrCat("line ", line_, " ", cause, AtEnd() ? "" : ": ",
                      Truncate(ToOneLine(Peek().substr(0, kShown * 2)), kShown)),
               "make it with git diff --binary --full-index --no-renames"};
}

bool EqualButForDigests(std::string_view one, std::string_view other) {
  constexpr size_t kWhole = kDigestMark.size() + kDigestBytes;
  if (one.size() != other.size()) return false;
  for (size_t at = 0; at < one.size(); ++at) {
    if (StartsWithDigest(one.substr(at)) && StartsWithDigest(other.substr(at))) {
      at += kWhole - 1;
    } else if (one[at] != other[at]) {
      return false;
    }
  }
  return true;
}

Result<Contents> ReadHunks(LineCursor* cursor, bool keep_text, size_t* budget) {
  return HunkReader(cursor, keep_text, budget).Read();
}

Result<Contents> ReadBinary(LineCursor* cursor) {
  Contents contents;
  contents.binary = true;
  contents.digests_only = false;
  if (!IsPiece(cursor->Peek())) return cursor->Wrong("is no binary data");
  AMEIDE_RETURN_IF_ERROR(ReadPiece(cursor, &contents.added_bytes));
  uint64_t reverse = 0;
  if (IsPiece(cursor->Peek())) AMEIDE_RETURN_IF_ERROR(ReadPiece(cursor, &reverse));
  return contents;
}

}  // namespace ameide::task
