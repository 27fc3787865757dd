// Terraform configuration as blocks, with the source text and the place of each attribute. A reader
// for questions like "is this written, and literally so"; expressions are not evaluated. It reads
// everything that Terraform reads in HCL native syntax, and lets pass more. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ameide::generator {

struct HclValue {
  std::string text;  // the expression's source
  size_t line = 1;
  size_t column = 1;
};

struct HclBlock {
  std::string type;
  std::vector<std::string> labels;
  std::map<std::string, HclValue> attributes;
  std::vector<HclBlock> blocks;
  size_t line = 1;
  size_t column = 1;

  const HclValue* Find(std::string_view attribute) const;
  const HclBlock* Block(std::string_view type) const;  // the first of several, or null
  // The attribute's source; empty when it is absent.
  std::string Text(std::string_view attribute) const;
  // The attribute when it is a text without interpolation; else nothing.
  std::optional<std::string> Literal(std::string_view attribute) const;
};

// The file as a block without type. kInvalid with "file:line:column" as target.
Result<HclBlock> ScanHcl(std::string_view text, std::string_view file);

// What "…" says when nothing in it is interpolated.
std::optional<std::string> LiteralText(std::string_view expression);
// The items of a list of literal texts.
std::optional<std::vector<std::string>> LiteralTexts(std::string_view expression);
// The members of { a = x, "b" = y }, the values as source; empty for anything else.
std::map<std::string, HclValue> ObjectMembers(const HclValue& value);

}  // namespace ameide::generator
