// Expressions of HCL as values. What a string says is always escaped; an interpolation is a node.
//
// Source: the HCL native syntax specification, sections "Expressions" and "Templates". A tree is
// built bottom-up by the functions below and printed by body.h:
//
//   Body output;
//   output.Attribute("value", Conditional(Ref("var.on"), Template({String("id-"), Ref("x.id")}),
//                                         Null()));
//   Print(Body().Block("output", {"id"}, output));
//
// Not covered, since nobody here needs it: splats, strip markers, template directives, decimal
// fractions, `...` in for expressions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ameide::hcl {

struct Expr {
  enum class Kind {
    kNull,
    kBool,         // text: "true" or "false"
    kNumber,       // text: decimal digits
    kString,       // text: the bytes meant
    kTemplate,     // items: strings as they are, everything else interpolated
    kHeredoc,      // items: likewise
    kReference,    // text: the traversal as written
    kCall,         // text: the function's name, items: its arguments
    kOperation,    // text: the operator, items: left and right
    kNot,          // items: operand
    kConditional,  // items: condition, then, else
    kTuple,        // items
    kObject,       // keys and items, in the order given
    kIndex,        // items: what is looked into, then the key
    kAttribute,    // text: ".name.name", items: what it is of
    kForTuple,     // keys: variables, items: collection, value, then the condition if there is one
    kForObject,    // keys: variables, items: collection, key, value, then the condition likewise
  };
  Kind kind = Kind::kNull;
  std::string text;
  std::vector<std::string> keys;
  std::vector<Expr> items;
};

using Member = std::pair<std::string, Expr>;

// Names, operators and references are literals of the caller's source: a malformed one is a bug and
// throws std::invalid_argument.
Expr Null();
Expr Bool(bool value);
Expr Number(int64_t value);
Expr String(std::string_view value);
// "data.coder_workspace.me.id"; a step of digits is an index: "pod.task.0.id" → pod.task[0].id.
Expr Ref(std::string_view dotted);
Expr Call(std::string_view function, std::vector<Expr> arguments);
// `a - b` and its kin; the operands are parenthesised when they are operations themselves.
Expr Operation(Expr left, std::string_view op, Expr right);
Expr Not(Expr operand);
Expr Conditional(Expr condition, Expr then, Expr otherwise);
// One part alone is returned as it is: `terraform fmt` rewrites "${x}" to x.
Expr Template(std::vector<Expr> parts);
// Lines of text between <<-EOT and EOT, always ending in a newline (one is added when missing).
// Where HCL has no room for one (inside a tuple or call), and for text that a heredoc cannot spell,
// the printer writes the same value as a quoted string.
Expr Heredoc(std::vector<Expr> parts);
Expr Tuple(std::vector<Expr> items);
Expr Strings(const std::vector<std::string>& items);  // a tuple of strings
Expr Object(std::vector<Member> members);
Expr Index(Expr of, Expr key);                     // of[key]
Expr Attribute(Expr of, std::string_view dotted);  // one(x).name; steps are names
// [for v in of : value] and [for k, v in of : value if condition]; one or two variables.
Expr ForTuple(std::vector<std::string> variables, Expr of, Expr value);
Expr ForTuple(std::vector<std::string> variables, Expr of, Expr value, Expr condition);
// { for k, v in of : key => value } and the same with a condition.
Expr ForObject(std::vector<std::string> variables, Expr of, Expr key, Expr value);
Expr ForObject(std::vector<std::string> variables, Expr of, Expr key, Expr value, Expr condition);

}  // namespace ameide::hcl
