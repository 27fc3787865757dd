#include "generator/hcl/expr.h"

#include <algorithm>
#include <stdexcept>

#include "base/strings.h"
#include "generator/hcl/escape.h"

namespace ameide::hcl {
namespace {

void Require(bool holds, std::string_view what, std::string_view text) {
  if (!holds) throw std::invalid_argument(StrCat(what, ": '", text, "'"));
}

Expr Node(Expr::Kind kind, std::string_view text, std::vector<Expr> items = {}) {
  return {kind, std::string(text), {}, std::move(items)};
}

// A list in braces would copy each of them.
template <class... Exprs>
std::vector<Expr> Items(Exprs... exprs) {
  std::vector<Expr> items;
  items.reserve(sizeof...(exprs));
  (items.push_back(std::move(exprs)), ...);
  return items;
}

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Expr For(Expr::Kind kind, std::vector<std::string> variables, std::vector<Expr> items) {
  Require(variables.size() == 1 || variables.size() == 2, "not one or two variables",
          StrJoin(variables, ", "));
  for (const std::string& variable : variables) {
    Require(IsIdentifier(variable), "not a variable", variable);
  }
  return {kind, "", std::move(variables), std::move(items)};
}

}  // namespace

Expr Null() { return {}; }
Expr Bool(bool value) { return Node(Expr::Kind::kBool, value ? "true" : "false"); }
Expr Number(int64_t value) { return Node(Expr::Kind::kNumber, std::to_string(value)); }
Expr String(std::string_view value) { return Node(Expr::Kind::kString, value); }

Expr Ref(std::string_view dotted) {
  std::string text;
  for (const std::string_view step : StrSplit(dotted, '.')) {
    if (AllDigits(step) && !text.empty()) {
      StrAppend(&text, "[", step, "]");
      continue;
    }
    Require(IsIdentifier(step), "not a reference", dotted);
    StrAppend(&text, text.empty() ? "" : ".", step);
  }
  return Node(Expr::Kind::kReference, text);
}

Expr Call(std::string_view function, std::vector<Expr> arguments) {
  Require(IsIdentifier(function), "not a function name", function);
  return Node(Expr::Kind::kCall, function, std::move(arguments));
}

Expr Operation(Expr left, std::string_view op, Expr right) {
  constexpr std::string_view kOperators[] = {
      "+", "-", "*", "/", "%", "==", "!=", "<=", "<", ">=", ">", "&&", "||"};
  Require(std::find(std::begin(kOperators), std::end(kOperators), op) != std::end(kOperators),
          "not an operator", op);
  return Node(Expr::Kind::kOperation, op, Items(std::move(left), std::move(right)));
}

Expr Not(Expr operand) { return Node(Expr::Kind::kNot, "", Items(std::move(operand))); }

Expr Conditional(Expr condition, Expr then, Expr otherwise) {
  return Node(Expr::Kind::kConditional, "",
              Items(std::move(condition), std::move(then), std::move(otherwise)));
}

Expr Template(std::vector<Expr> parts) {
  std::erase_if(parts, [](const Expr& part) {
    return part.kind == Expr::Kind::kString && part.text.empty();
  });
  if (parts.size() == 1) return std::move(parts[0]);
  return Node(Expr::Kind::kTemplate, "", std::move(parts));
}

Expr Heredoc(std::vector<Expr> parts) {
  if (parts.empty() || parts.back().kind != Expr::Kind::kString) parts.push_back(String(""));
  std::string& last = parts.back().text;
  if (last.empty() || last.back() != '\n') last += '\n';
  return Node(Expr::Kind::kHeredoc, "", std::move(parts));
}

Expr Tuple(std::vector<Expr> items) { return Node(Expr::Kind::kTuple, "", std::move(items)); }

Expr Strings(const std::vector<std::string>& items) {
  std::vector<Expr> nodes;
  for (const std::string& item : items) nodes.push_back(String(item));
  return Tuple(std::move(nodes));
}

Expr Object(std::vector<Member> members) {
  Expr object = Node(Expr::Kind::kObject, "");
  for (Member& member : members) {
    object.keys.push_back(std::move(member.first));
    object.items.push_back(std::move(member.second));
  }
  return object;
}

Expr Index(Expr of, Expr key) {
  return Node(Expr::Kind::kIndex, "", Items(std::move(of), std::move(key)));
}

Expr Attribute(Expr of, std::string_view dotted) {
  std::string text;
  for (const std::string_view step : StrSplit(dotted, '.')) {
    Require(IsIdentifier(step), "not an attribute", dotted);
    StrAppend(&text, ".", step);
  }
  return Node(Expr::Kind::kAttribute, text, Items(std::move(of)));
}

Expr ForTuple(std::vector<std::string> variables, Expr of, Expr value) {
  return For(Expr::Kind::kForTuple, std::move(variables), Items(std::move(of), std::move(value)));
}

Expr ForTuple(std::vector<std::string> variables, Expr of, Expr value, Expr condition) {
  return For(Expr::Kind::kForTuple, std::move(variables),
             Items(std::move(of), std::move(value), std::move(condition)));
}

Expr ForObject(std::vector<std::string> variables, Expr of, Expr key, Expr value) {
  return For(Expr::Kind::kForObject, std::move(variables),
             Items(std::move(of), std::move(key), std::move(value)));
}

Expr ForObject(std::vector<std::string> variables, Expr of, Expr key, Expr value, Expr condition) {
  return For(Expr::Kind::kForObject, std::move(variables),
             Items(std::move(of), std::move(key), std::move(value), std::move(condition)));
}

}  // namespace ameide::hcl
