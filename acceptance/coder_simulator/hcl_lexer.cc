#include "acceptance/coder_simulator/hcl_lexer.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::simulator {
namespace {

bool IsNameStart(char c) { return IsAsciiLetter(c) || c == '_'; }
bool IsName(char c) { return IsNameStart(c) || IsAsciiDigit(c) || c == '-'; }

constexpr std::array<std::string_view, 30> kMarks = {
    "...", "&&", "||", "==", "!=", "<=", ">=", "=>", "{", "}", "[", "]", "(", ")", "=",
    "?",   ":",  ",",  ".",  "+",  "-",  "*",  "/",  "%", "<", ">", "!", ";", "&", "|"};

void AppendUtf8(uint32_t code, std::string* out) {
  const auto add = [out](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      add(0xE0 | code >> 12);
    } else {
      add(0xF0 | (code >> 18 & 7));
      add(0x80 | (code >> 12 & 0x3F));
    }
    add(0x80 | (code >> 6 & 0x3F));
  }
  add(0x80 | (code & 0x3F));
}

class Lexer {
 public:
  Lexer(std::string_view text, std::string_view file, int line)
      : text_(text), file_(file), line_(line) {}

  Result<std::vector<Token>> Run() {
    while (at_ < text_.size()) AMEIDE_RETURN_IF_ERROR(Step());
    Add(Token::Kind::kEnd, "");
    Add(Token::Kind::kEnd, "");
    return std::move(tokens_);
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void Add(Token::Kind kind, std::string text) {
    tokens_.push_back({.kind = kind, .text = std::move(text), .parts = {}, .line = line_});
  }
  Error Fail(std::string cause) const {
    return Error{ErrorKind::kInvalid, "read configuration", StrCat(file_, ":", line_),
                 std::move(cause), "run terraform validate in the template's folder"};
  }

  Status Step() {
    const char c = Peek();
    if (c == '\n') {
      Add(Token::Kind::kNewline, "");
      ++line_;
      ++at_;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '#' || (c == '/' && Peek(1) == '/')) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '/' && Peek(1) == '*') {
      return SkipComment();
    } else if (c == '"') {
      ++at_;
      return ReadQuoted();
    } else if (c == '<' && Peek(1) == '<') {
      return ReadHeredoc();
    } else if (IsNameStart(c)) {
      Add(Token::Kind::kName, While(IsName));
    } else if (IsAsciiDigit(c)) {
      ReadNumber();
    } else {
      return ReadMark();
    }
    return Ok{};
  }

  std::string While(bool (*belongs)(char)) {
    const size_t start = at_;
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  void ReadNumber() {
    std::string number = While(IsAsciiDigit);
    if (Peek() == '.' && IsAsciiDigit(Peek(1))) {
      ++at_;
      number += "." + While(IsAsciiDigit);
    }
    Add(Token::Kind::kNumber, number);
  }

  Status ReadMark() {
    for (const std::string_view mark : kMarks) {
      if (text_.substr(at_).starts_with(mark)) {
        at_ += mark.size();
        Add(Token::Kind::kMark, std::string(mark));
        return Ok{};
      }
    }
    return Fail(StrCat("unexpected character ", Quote(text_.substr(at_, 1))));
  }

  Status SkipComment() {
    const size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) return Fail("a comment is not closed");
    line_ += static_cast<int>(std::count(&text_[at_], &text_[end], '\n'));
    at_ = end + 2;
    return Ok{};
  }

  // at_ stands behind "${"; leaves it behind the matching "}".
  Status ReadInterpolation(std::vector<TextPart>* parts) {
    const size_t start = at_;
    int depth = 1;
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && quoted) {
        ++at_;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == '{') {
        ++depth;
      } else if (!quoted && c == '}' && --depth == 0) {
        parts->push_back({true, std::string(text_.substr(start, at_ - start))});
        ++at_;
        return Ok{};
      }
    }
    return Fail("an interpolation is not closed");
  }

  // "$${" and "${" behave alike in quoted strings and heredocs. True when one stood here.
  Result<bool> ReadMarker(std::string* plain, std::vector<TextPart>* parts) {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("$${") || rest.starts_with("%%{")) {
      plain->append(rest.substr(1, 2));
      at_ += 3;
      return true;
    }
    if (rest.starts_with("%{")) return Fail("template directives are beyond this reader");
    if (!rest.starts_with("${")) return false;
    if (!plain->empty()) parts->push_back({false, std::exchange(*plain, "")});
    at_ += 2;
    AMEIDE_RETURN_IF_ERROR(ReadInterpolation(parts));
    return true;
  }

  Status ReadEscape(std::string* plain) {
    const char c = Peek(1);
    at_ += 2;
    switch (c) {
      case 'n':
        *plain += '\n';
        return Ok{};
      case 't':
        *plain += '\t';
        return Ok{};
      case 'r':
        *plain += '\r';
        return Ok{};
      case '"':
      case '\\':
        *plain += c;
        return Ok{};
      case 'u':
      case 'U':
        break;
      default:
        return Fail("unknown escape sequence");
    }
    const size_t digits = c == 'u' ? 4 : 8;
    uint32_t code = 0;
    for (size_t i = 0; i < digits; ++i, ++at_) {
      const char digit = Peek();
      const auto value = std::string_view("0123456789abcdef").find(AsciiLower({&digit, 1}));
      if (value == std::string_view::npos) return Fail("a \\u escape lacks digits");
      code = code << 4 | static_cast<uint32_t>(value);
    }
    AppendUtf8(code, plain);
    return Ok{};
  }

  Status ReadQuoted() {
    Token token{.kind = Token::Kind::kString, .text = "", .parts = {}, .line = line_};
    std::string plain;
    while (Peek() != '"') {
      if (at_ >= text_.size() || Peek() == '\n') return Fail("a string is not closed");
      if (Peek() == '\\') {
        AMEIDE_RETURN_IF_ERROR(ReadEscape(&plain));
        continue;
      }
      AMEIDE_ASSIGN_OR_RETURN(const bool marker, ReadMarker(&plain, &token.parts));
      if (!marker) plain += text_[at_++];
    }
    ++at_;
    if (!plain.empty()) token.parts.push_back({false, plain});
    tokens_.push_back(std::move(token));
    return Ok{};
  }

  // With "<<-" the smallest indentation of the lines goes.
  Status ReadHeredoc() {
    at_ += 2;
    const bool indented = Peek() == '-';
    if (indented) ++at_;
    const std::string word = While(IsName);
    const size_t start = text_.find('\n', at_);
    if (word.empty() || start == std::string_view::npos) return Fail("a heredoc lacks its word");
    std::vector<std::string_view> lines;
    size_t from = start + 1;
    while (true) {
      if (from >= text_.size()) return Fail(StrCat("the heredoc ", word, " is not closed"));
      const size_t end = std::min(text_.find('\n', from), text_.size());
      const std::string_view line = text_.substr(from, end - from);
      from = end + 1;
      if (StripWhitespace(line) == word) {
        at_ = end;
        break;
      }
      lines.push_back(line);
    }
    const int first = std::exchange(line_, line_ + static_cast<int>(lines.size()) + 1);
    return AddHeredoc(lines, indented, first);
  }

  Status AddHeredoc(const std::vector<std::string_view>& lines, bool indented, int line) {
    size_t indent = indented ? std::string_view::npos : 0;
    for (const std::string_view each : lines) {
      const size_t first = each.find_first_not_of(" \t");
      if (first != std::string_view::npos) indent = std::min(indent, first);
    }
    std::string whole;
    for (const std::string_view each : lines) {
      StrAppend(&whole, each.substr(std::min(indent, each.size())), "\n");
    }
    Lexer inner(whole, file_, line);
    Token token{.kind = Token::Kind::kString, .text = "", .parts = {}, .line = line};
    std::string plain;
    while (inner.at_ < whole.size()) {
      AMEIDE_ASSIGN_OR_RETURN(const bool marker, inner.ReadMarker(&plain, &token.parts));
      if (!marker) plain += whole[inner.at_++];
    }
    if (!plain.empty()) token.parts.push_back({false, plain});
    tokens_.push_back(std::move(token));
    return Ok{};
  }

  std::string_view text_;
  std::string_view file_;
  int line_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> Lex(std::string_view text, std::string_view file, int first_line) {
  return Lexer(text, file, first_line).Run();
}

}  // namespace ameide::simulator
