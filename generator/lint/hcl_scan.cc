#include "generator/lint/hcl_scan.h"

#include <algorithm>

#include "base/strings.h"

namespace ameide::generator {
namespace {

constexpr int kMaxDepth = 64;

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsName(char c) { return IsNameStart(c) || (c >= '0' && c <= '9') || c == '-'; }

class Scanner {
 public:
  Scanner(std::string_view text, std::string_view file, size_t line = 1, size_t column = 1)
      : text_(text), file_(file), line_(line), line_start_(0), first_column_(column) {}

  Result<HclBlock> Run() {
    HclBlock root;
    AMEIDE_RETURN_IF_ERROR(ReadBody(&root, '\0', 0));
    return root;
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool AtEnd() const { return at_ >= text_.size(); }
  size_t Column() const { return at_ - line_start_ + (line_start_ == 0 ? first_column_ : 1); }
  void Step() {
    if (text_[at_++] == '\n') {
      ++line_;
      line_start_ = at_;
    }
  }
  Error Fail(std::string cause) const {
    return Error{ErrorKind::kInvalid, "read", StrCat(file_, ":", line_, ":", Column()),
                 std::move(cause), "run terraform validate in the folder"};
  }

  // A comment starts here: it is skipped, up to but without the end of the line.
  bool SkipComment() {
    const bool line = Peek() == '#' || (Peek() == '/' && Peek(1) == '/');
    const bool block = Peek() == '/' && Peek(1) == '*';
    if (line) {
      while (!AtEnd() && Peek() != '\n') Step();
    } else if (block) {
      Step(), Step();
      while (!AtEnd() && !(Peek() == '*' && Peek(1) == '/')) Step();
      for (int i = 0; i < 2 && !AtEnd(); ++i) Step();
    }
    return line || block;
  }
  void SkipSpace(bool newlines) {
    while (!AtEnd()) {
      const char c = Peek();
      if (c == ' ' || c == '\t' || c == '\r' || (newlines && (c == '\n' || c == ','))) {
        Step();
      } else if (!SkipComment()) {
        return;
      }
    }
  }

  std::string ReadName() {
    const size_t start = at_;
    while (!AtEnd() && IsName(Peek())) Step();
    return std::string(text_.substr(start, at_ - start));
  }

  // Past <<EOT or <<-EOT, its lines, and the line that ends it.
  Status SkipHeredoc() {
    Step(), Step();
    if (Peek() == '-') Step();
    const std::string mark = ReadName();
    if (mark.empty()) return Fail("a here-document has no mark");
    while (!AtEnd()) {
      while (!AtEnd() && Peek() != '\n') Step();
      if (AtEnd()) break;
      Step();
      const size_t end = std::min(text_.find('\n', at_), text_.size());
      if (StripWhitespace(text_.substr(at_, end - at_)) != mark) continue;
      while (at_ < end) Step();
      return Ok{};
    }
    return Fail(StrCat("the here-document ", mark, " is never closed"));
  }

  // One step inside "…" of a template; `open` is the stack of what is to be closed.
  Status StepInText(std::string* open) {
    const char c = Peek();
    if (c == '\n') return Fail("a quoted text does not end on its line");
    if (c == '"') {
      open->pop_back();
    } else if (c == '\\') {
      Step();
      if (AtEnd() || Peek() == '\n') return Fail("a quoted text does not end on its line");
    } else if ((c == '$' || c == '%') && Peek(1) == c && Peek(2) == '{') {
      Step(), Step();  // $${ is a dollar sign and a brace
    } else if ((c == '$' || c == '%') && Peek(1) == '{') {
      Step();
      open->push_back('}');
    }
    Step();
    return Ok{};
  }

  // Past one expression: to the newline, the comma (in an object) or the bracket that ends it.
  Status SkipExpression() {
    std::string open;  // closers, innermost last; '"' inside a text
    while (!AtEnd()) {
      if (!open.empty() && open.back() == '"') {
        AMEIDE_RETURN_IF_ERROR(StepInText(&open));
        continue;
      }
      if (SkipComment()) continue;
      const char c = Peek();
      if (open.empty() && (c == '\n' || c == '}' || c == ']' || c == ')' || c == ',')) return Ok{};
      if (c == '<' && Peek(1) == '<') {
        AMEIDE_RETURN_IF_ERROR(SkipHeredoc());
        continue;
      }
      if (c == '"') open.push_back('"');
      if (c == '{') open.push_back('}');
      if (c == '[') open.push_back(']');
      if (c == '(') open.push_back(')');
      if (c == '}' || c == ']' || c == ')') {
        if (open.back() != c) return Fail(StrCat("'", c, "' closes nothing"));
        open.pop_back();
      }
      if (open.size() > 1000) return Fail("an expression is nested too deeply");
      Step();
    }
    if (!open.empty()) return Fail(StrCat("an expression is never closed by '", open.back(), "'"));
    return Ok{};
  }

  Status ReadValue(HclValue* value) {
    SkipSpace(false);
    value->line = line_;
    value->column = Column();
    const size_t start = at_;
    AMEIDE_RETURN_IF_ERROR(SkipExpression());
    value->text = StripWhitespace(text_.substr(start, at_ - start));
    if (value->text.empty()) return Fail("a value is missing");
    return Ok{};
  }

  Result<std::string> ReadKey() {
    if (IsNameStart(Peek())) return ReadName();
    if (Peek() != '"') return Fail(StrCat("'", Peek(), "' is not expected here"));
    const size_t start = at_;
    std::string open = "\"";
    Step();
    while (!AtEnd() && !open.empty()) {
      if (open.back() != '"') return Fail("a name must not be interpolated");
      AMEIDE_RETURN_IF_ERROR(StepInText(&open));
    }
    if (!open.empty()) return Fail("a quoted name is never closed");
    return LiteralText(text_.substr(start, at_ - start)).value_or("");
  }

  Status ReadBody(HclBlock* block, char close, int depth) {
    if (depth > kMaxDepth) return Fail("blocks are nested too deeply");
    while (true) {
      SkipSpace(true);
      if (AtEnd()) return close == '\0' ? Status(Ok{}) : Status(Fail("a block is never closed"));
      if (Peek() == close) {
        Step();
        return Ok{};
      }
      AMEIDE_RETURN_IF_ERROR(ReadItem(block, depth));
    }
  }

  Status ReadItem(HclBlock* block, int depth) {
    HclBlock inner;
    inner.line = line_;
    inner.column = Column();
    AMEIDE_ASSIGN_OR_RETURN(inner.type, ReadKey());
    SkipSpace(false);
    // Objects, which are read as bodies, may also say key : value.
    if ((Peek() == '=' && Peek(1) != '=') || Peek() == ':') {
      Step();
      HclValue value;
      AMEIDE_RETURN_IF_ERROR(ReadValue(&value));
      block->attributes.emplace(inner.type, std::move(value));
      return Ok{};
    }
    while (!AtEnd() && Peek() != '{') {
      AMEIDE_ASSIGN_OR_RETURN(std::string label, ReadKey());
      inner.labels.push_back(std::move(label));
      SkipSpace(false);
    }
    if (AtEnd()) return Fail("a block has no body");
    Step();
    AMEIDE_RETURN_IF_ERROR(ReadBody(&inner, '}', depth + 1));
    block->blocks.push_back(std::move(inner));
    return Ok{};
  }

  std::string_view text_;
  std::string_view file_;
  size_t at_ = 0;
  size_t line_;
  size_t line_start_;
  size_t first_column_;
};

}  // namespace

const HclValue* HclBlock::Find(std::string_view attribute) const {
  const auto found = attributes.find(std::string(attribute));
  return found == attributes.end() ? nullptr : &found->second;
}

const HclBlock* HclBlock::Block(std::string_view wanted) const {
  const auto found = std::find_if(blocks.begin(), blocks.end(),
                                  [&](const HclBlock& one) { return one.type == wanted; });
  return found == blocks.end() ? nullptr : &*found;
}

std::string HclBlock::Text(std::string_view attribute) const {
  const HclValue* value = Find(attribute);
  return value == nullptr ? "" : value->text;
}

std::optional<std::string> HclBlock::Literal(std::string_view attribute) const {
  const HclValue* value = Find(attribute);
  return value == nullptr ? std::nullopt : LiteralText(value->text);
}

Result<HclBlock> ScanHcl(std::string_view text, std::string_view file) {
  return Scanner(text, file).Run();
}

std::optional<std::string> LiteralText(std::string_view expression) {
  if (expression.size() < 2 || expression.front() != '"' || expression.back() != '"') {
    return std::nullopt;
  }
  const std::string_view inner = expression.substr(1, expression.size() - 2);
  std::string out;
  for (size_t i = 0; i < inner.size(); ++i) {
    const char c = inner[i];
    if (c == '"') return std::nullopt;  // "a" == "b"
    if ((c == '$' || c == '%') && i + 1 < inner.size()) {
      if (inner[i + 1] == '{') return std::nullopt;
      if (inner.substr(i + 1).starts_with(c == '$' ? "${" : "%{")) ++i;
    }
    if (c == '\\' && i + 1 < inner.size()) {
      const char next = inner[++i];
      out += next == 'n' ? '\n' : next == 't' ? '\t' : next;
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::vector<std::string>> LiteralTexts(std::string_view expression) {
  if (expression.size() < 2 || expression.front() != '[' || expression.back() != ']') {
    return std::nullopt;
  }
  std::vector<std::string> items;
  // No text of ours holds a comma or newline; those that do are not literal here.
  const std::string flat = StrReplaceAll(expression.substr(1, expression.size() - 2), "\n", ",");
  for (const std::string_view piece : StrSplit(flat, ',')) {
    const std::string_view item = StripWhitespace(piece);
    if (item.empty() || item[0] == '#') continue;
    const std::optional<std::string> text = LiteralText(item);
    if (!text) return std::nullopt;
    items.push_back(*text);
  }
  return items;
}

std::map<std::string, HclValue> ObjectMembers(const HclValue& value) {
  const std::string_view text = value.text;
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return {};
  Result<HclBlock> body =
      Scanner(text.substr(1, text.size() - 2), "", value.line, value.column + 1).Run();
  if (!body.ok()) return {};
  return std::move(body->attributes);
}

}  // namespace ameide::generator
