// Layout in one pass: two spaces per level; the '=' of neighbouring one-line attributes (and object
// members) stand in one column. A value over several lines, a block, a comment or a blank line ends
// such a group; a heredoc does not, which is how `terraform fmt` sees it.
#include <algorithm>
#include <optional>

#include "base/strings.h"
#include "base/text.h"
#include "generator/hcl/body.h"
#include "generator/hcl/escape.h"

namespace ameide::hcl {
namespace {

constexpr size_t kMaxTuple = 72;  // longer ones get a line per item
constexpr int kInline = -1;       // instead of a level: everything on one line

std::string Indent(int level) { return std::string(2 * static_cast<size_t>(level), ' '); }

// `level` is the indentation of the line the expression starts on, or kInline.
std::string PrintExpr(const Expr& expr, int level);

struct Line {
  std::string name;  // already escaped
  std::string value;
  bool heredoc = false;
};

bool BreaksGroup(const Line& line) {
  return !line.heredoc && line.value.find('\n') != std::string::npos;
}

void AppendAligned(const std::vector<Line>& lines, int level, std::string* out) {
  size_t next = 0;
  while (next < lines.size()) {
    size_t end = next + 1;
    size_t width = lines[next].name.size();
    if (!BreaksGroup(lines[next])) {
      for (; end < lines.size() && !BreaksGroup(lines[end]); ++end) {
        width = std::max(width, lines[end].name.size());
      }
    }
    for (; next < end; ++next) {
      const Line& line = lines[next];
      StrAppend(out, Indent(level), line.name, std::string(width - line.name.size(), ' '), " = ",
                line.value, "\n");
    }
  }
}

std::string PrintQuoted(const std::vector<Expr>& parts) {
  std::string out = "\"";
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].kind == Expr::Kind::kString) {
      const bool before = i + 1 < parts.size();
      StrAppend(&out, EscapeQuoted(parts[i].text, before));
    } else {
      StrAppend(&out, "${", PrintExpr(parts[i], kInline), "}");
    }
  }
  return out + "\"";
}

// `<<-` strips the indentation of the least indented line, so one line must stand at the margin
// (and blank-looking lines would confuse it); a line "EOT" would end the text early.
bool FitsHeredoc(const std::vector<Expr>& parts) {
  std::string text;
  for (const Expr& part : parts) text += part.kind == Expr::Kind::kString ? part.text : "x";
  text.pop_back();  // the final newline, which Heredoc() made sure of
  bool at_margin = false;
  for (const std::string_view line : StrSplit(text, '\n')) {
    const std::string_view bare = StripWhitespace(line);
    if (bare == "EOT" || (bare.empty() && !line.empty())) return false;
    at_margin |= !line.empty() && line[0] > ' ' && line[0] < 0x7F;
  }
  return at_margin;
}

// The lines of a heredoc, or nothing when they hold what only a quoted string can spell.
std::optional<std::string> PrintHeredocLines(const std::vector<Expr>& parts, int level) {
  std::string text;
  bool at_line_start = true;
  const auto indent = [&] {
    if (at_line_start) text += Indent(level + 1);
    at_line_start = false;
  };
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].kind != Expr::Kind::kString) {
      indent();
      StrAppend(&text, "${", PrintExpr(parts[i], kInline), "}");
      continue;
    }
    const std::vector<std::string_view> lines = StrSplit(parts[i].text, '\n');
    for (size_t n = 0; n < lines.size(); ++n) {
      if (n > 0) {
        text += '\n';
        at_line_start = true;
      }
      if (lines[n].empty()) continue;
      indent();
      const bool before = n + 1 == lines.size() && i + 1 < parts.size();
      if (!EscapeHeredocLine(lines[n], before, &text)) return std::nullopt;
    }
  }
  return text;
}

int Deeper(int level) { return level == kInline ? kInline : level + 1; }

// "(…)" or "[…]" around items; `one_line` when they must not or need not be broken up.
std::string PrintList(const std::vector<Expr>& list, std::string_view open, std::string_view close,
                      size_t max_width, int level) {
  std::vector<std::string> items;
  bool one_line = true;
  for (const Expr& item : list) {
    items.push_back(PrintExpr(item, Deeper(level)));
    one_line = one_line && items.back().find('\n') == std::string::npos;
  }
  const std::string joined = StrJoin(items, ", ");
  if (level == kInline || (one_line && joined.size() <= max_width)) {
    return StrCat(open, joined, close);
  }
  std::string out = StrCat(open, "\n");
  for (const std::string& item : items) StrAppend(&out, Indent(level + 1), item, ",\n");
  return StrCat(out, Indent(level), close);
}

std::string PrintValue(const Expr& value, int level, bool* heredoc) {
  *heredoc = false;
  if (value.kind == Expr::Kind::kHeredoc && FitsHeredoc(value.items)) {
    if (const auto text = PrintHeredocLines(value.items, level)) {
      *heredoc = true;
      return StrCat("<<-EOT\n", *text, Indent(level), "EOT");
    }
  }
  return PrintExpr(value, level);
}

std::string PrintKey(const std::string& key) {
  // `for` would start a comprehension; the others read as values.
  const bool word = key == "for" || key == "null" || key == "true" || key == "false";
  return IsIdentifier(key) && !word ? key : StrCat("\"", EscapeKey(key), "\"");
}

std::string PrintObject(const Expr& object, int level) {
  if (object.items.empty()) return "{}";
  std::vector<Line> lines;
  std::vector<std::string> members;
  for (size_t i = 0; i < object.items.size(); ++i) {
    Line line{PrintKey(object.keys[i]), "", false};
    if (level == kInline) {
      members.push_back(StrCat(line.name, " = ", PrintExpr(object.items[i], kInline)));
      continue;
    }
    line.value = PrintValue(object.items[i], level + 1, &line.heredoc);
    lines.push_back(std::move(line));
  }
  if (level == kInline) return StrCat("{ ", StrJoin(members, ", "), " }");
  std::string out = "{\n";
  AppendAligned(lines, level + 1, &out);
  return StrCat(out, Indent(level), "}");
}

std::string PrintCall(const Expr& call, int level) {
  // f({ ... }) and f([ ... ]) hug their only argument.
  if (call.items.size() == 1) return StrCat(call.text, "(", PrintExpr(call.items[0], level), ")");
  return PrintList(call.items, StrCat(call.text, "("), ")", kMaxTuple, level);
}

// Operands that could bind differently stand in parentheses. Always on one line: `terraform fmt`
// indents the rest of a broken operand by brackets alone.
std::string PrintOperand(const Expr& expr) {
  const std::string text = PrintExpr(expr, kInline);
  const bool binds = expr.kind == Expr::Kind::kOperation || expr.kind == Expr::Kind::kConditional;
  return binds ? StrCat("(", text, ")") : text;
}

// What `.name` and `[key]` may follow without brackets.
std::string PrintSubject(const Expr& expr) {
  const bool plain = expr.kind == Expr::Kind::kReference || expr.kind == Expr::Kind::kCall ||
                     expr.kind == Expr::Kind::kIndex || expr.kind == Expr::Kind::kAttribute ||
                     expr.kind == Expr::Kind::kTuple || expr.kind == Expr::Kind::kForTuple;
  const std::string text = PrintExpr(expr, kInline);
  return plain ? text : StrCat("(", text, ")");
}

// `terraform fmt` takes `in (` for a call of "in" and `if -` for a subtraction from "if".
std::string AfterWord(std::string_view word, const std::string& text) {
  if (text[0] == '(' || (text[0] == '[' && word == "if")) return StrCat(word, text);
  return text[0] == '-' ? StrCat(word, "(", text, ")") : StrCat(word, " ", text);
}

// A bare `x[true]` would lose its key to `terraform fmt`.
std::string PrintIndexKey(const Expr& key) {
  const std::string text = PrintExpr(key, kInline);
  const bool bare = key.kind != Expr::Kind::kBool && key.kind != Expr::Kind::kNull;
  return bare ? text : StrCat("(", text, ")");
}

std::string PrintFor(const Expr& expr) {
  const bool object = expr.kind == Expr::Kind::kForObject;
  const size_t value = object ? 2 : 1;
  std::string out = StrCat("for ", StrJoin(expr.keys, ", "), " ",
                           AfterWord("in", PrintOperand(expr.items[0])), " : ");
  if (object) StrAppend(&out, PrintExpr(expr.items[1], kInline), " => ");
  const std::string text = PrintExpr(expr.items[value], kInline);
  out += object && text[0] == '-' ? StrCat("(", text, ")") : text;
  if (expr.items.size() > value + 1) {
    StrAppend(&out, " ", AfterWord("if", PrintExpr(expr.items[value + 1], kInline)));
  }
  return object ? StrCat("{ ", out, " }") : StrCat("[", out, "]");
}

std::string PrintExpr(const Expr& expr, int level) {
  switch (expr.kind) {
    case Expr::Kind::kNull:
      return "null";
    case Expr::Kind::kBool:
    case Expr::Kind::kNumber:
    case Expr::Kind::kReference:
      return expr.text;
    case Expr::Kind::kString:
      return StrCat("\"", EscapeQuoted(expr.text), "\"");
    case Expr::Kind::kTemplate:
    case Expr::Kind::kHeredoc:
      return PrintQuoted(expr.items);
    case Expr::Kind::kCall:
      return PrintCall(expr, level);
    case Expr::Kind::kOperation:
      return StrCat(PrintOperand(expr.items[0]), " ", expr.text, " ", PrintOperand(expr.items[1]));
    case Expr::Kind::kNot:
      return StrCat("!", PrintOperand(expr.items[0]));
    case Expr::Kind::kIndex:
      return StrCat(PrintSubject(expr.items[0]), "[", PrintIndexKey(expr.items[1]), "]");
    case Expr::Kind::kAttribute:
      return StrCat(PrintSubject(expr.items[0]), expr.text);
    case Expr::Kind::kForTuple:
    case Expr::Kind::kForObject:
      return PrintFor(expr);
    case Expr::Kind::kConditional:
      return StrCat(PrintOperand(expr.items[0]), " ? ", PrintOperand(expr.items[1]), " : ",
                    PrintOperand(expr.items[2]));
    case Expr::Kind::kTuple:
      return PrintList(expr.items, "[", "]", kMaxTuple, level);
    case Expr::Kind::kObject:
      return PrintObject(expr, level);
  }
  return "null";
}

void AppendBody(const Body& body, int level, std::string* out);

void AppendBlock(const BodyItem& block, int level, std::string* out) {
  StrAppend(out, Indent(level), block.name);
  for (const std::string& label : block.labels) StrAppend(out, " \"", label, "\"");
  if (block.body.items().empty()) {
    *out += " {}\n";
    return;
  }
  *out += " {\n";
  AppendBody(block.body, level + 1, out);
  StrAppend(out, Indent(level), "}\n");
}

void AppendBody(const Body& body, int level, std::string* out) {
  std::vector<Line> group;
  const auto flush = [&] {
    AppendAligned(group, level, out);
    group.clear();
  };
  for (const BodyItem& item : body.items()) {
    if (item.kind == BodyItem::Kind::kAttribute) {
      Line line{item.name, "", false};
      line.value = PrintValue(item.value, level, &line.heredoc);
      group.push_back(std::move(line));
      continue;
    }
    flush();
    if (item.kind == BodyItem::Kind::kBlock) {
      AppendBlock(item, level, out);
    } else if (item.kind == BodyItem::Kind::kComment) {
      StrAppend(out, Indent(level), item.name.empty() ? "#" : "# ", item.name, "\n");
    } else {
      *out += '\n';
    }
  }
  flush();
}

}  // namespace

std::string Print(const Body& body) {
  std::string out;
  AppendBody(body, 0, &out);
  return out;
}

}  // namespace ameide::hcl
