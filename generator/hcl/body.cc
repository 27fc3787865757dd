#include "generator/hcl/body.h"

#include <stdexcept>

#include "base/strings.h"
#include "base/text.h"
#include "generator/hcl/escape.h"

namespace ameide::hcl {
namespace {

std::string Identifier(std::string_view name) {
  if (!IsIdentifier(name)) throw std::invalid_argument(StrCat("not a name: '", name, "'"));
  return std::string(name);
}

// Terraform refuses labels that hold a template, and `terraform fmt` then drops them silently.
void RequireLabel(std::string_view label) {
  for (const char c : label) {
    if (c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '$' && c != '%') continue;
    throw std::invalid_argument(StrCat("not a label: '", label, "'"));
  }
}

}  // namespace

Body& Body::Attribute(std::string_view name, Expr value) {
  items_.push_back({BodyItem::Kind::kAttribute, Identifier(name), std::move(value), {}, {}});
  return *this;
}

Body& Body::Block(std::string_view type, std::vector<std::string> labels, Body body) {
  for (const std::string& label : labels) RequireLabel(label);
  items_.push_back(
      {BodyItem::Kind::kBlock, Identifier(type), {}, std::move(labels), std::move(body)});
  return *this;
}

Body& Body::Block(std::string_view type, Body body) { return Block(type, {}, std::move(body)); }

Body& Body::Comment(std::string_view text) {
  const std::string printable = StrReplaceAll(ToPrintable(text), "\t", " ");
  for (const std::string_view line : StrSplit(printable, '\n')) {
    items_.push_back({BodyItem::Kind::kComment, std::string(StripWhitespace(line)), {}, {}, {}});
  }
  return *this;
}

Body& Body::BlankLine() {
  items_.push_back({});
  return *this;
}

}  // namespace ameide::hcl
