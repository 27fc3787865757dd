// Terraform configuration as a tree. Reads what `ameide-templates` writes (HCL native syntax
// without template directives; a `for` expression is kept unread), so that the simulator can act on
// a pushed template without Terraform. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace ameide::simulator {

struct Expr {
  enum class Kind {
    kLiteral,      // literal
    kTemplate,     // items, joined as text
    kReference,    // path: {"data", "coder_workspace", "me", "id"}; an index is a step of its own
    kCall,         // path[0] is the function, items its arguments
    kTuple,        // items
    kObject,       // keys and items
    kOperation,    // path[0] is the operator; one or two items
    kConditional,  // condition, then, else
    kUnread,       // a `for` expression: nothing here can evaluate it
  };
  Kind kind = Kind::kLiteral;
  Json literal;
  std::vector<std::string> path;
  std::vector<std::string> keys;
  std::vector<Expr> items;
};

struct Block;

struct Body {
  std::vector<std::pair<std::string, Expr>> attributes;
  std::vector<Block> blocks;

  const Expr* Find(std::string_view attribute) const;
  // Null when there is none; the first of several.
  const Block* FindBlock(std::string_view type) const;
};

struct Block {
  std::string type;
  std::vector<std::string> labels;
  Body body;
  int line = 0;
};

// kInvalid with file and line.
Result<Body> ReadHcl(std::string_view text, std::string_view file);

}  // namespace ameide::simulator
