// The body of an HCL file or block: attributes, blocks, comments and blank lines, in the order they
// were added.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "generator/hcl/expr.h"

namespace ameide::hcl {

struct BodyItem;

class Body {
 public:
  // Each returns *this. A name that is no identifier, or a label that is not plain ASCII, is a bug
  // and throws std::invalid_argument.
  Body& Attribute(std::string_view name, Expr value);
  Body& Block(std::string_view type, std::vector<std::string> labels, Body body);
  Body& Block(std::string_view type, Body body);
  Body& Comment(std::string_view text);  // each line gets its own "# "
  Body& BlankLine();

  const std::vector<BodyItem>& items() const { return items_; }

 private:
  std::vector<BodyItem> items_;
};

struct BodyItem {
  enum class Kind { kAttribute, kBlock, kComment, kBlankLine };
  Kind kind = Kind::kBlankLine;
  std::string name;                 // attribute's name, block's type, one comment line
  Expr value;                       // kAttribute
  std::vector<std::string> labels;  // kBlock
  Body body;                        // kBlock
};

// The bytes `terraform fmt` would leave unchanged.
std::string Print(const Body& body);

}  // namespace ameide::hcl
