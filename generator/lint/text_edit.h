// Changing a few bytes of a YAML text and nothing else: comments, order and style stay. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "task/contract/yaml_json.h"

namespace ameide::generator {

struct TextEdit {
  size_t offset = 0;  // of the bytes that go
  size_t length = 0;
  std::string text;  // what comes in their place
  bool operator==(const TextEdit&) const = default;
};

// Of edits that overlap, the first counts.
std::string ApplyEdits(std::string_view text, std::vector<TextEdit> edits);

struct Place {
  std::string file;
  size_t line = 1;  // from 1
  size_t column = 1;
};

// "profiles/code.yaml:12:3", as problems carry it.
Place PlaceOf(std::string_view position);
// The place's byte in the text, or nothing when it is outside.
std::optional<size_t> OffsetOf(std::string_view text, const Place& place);

struct Span {
  size_t offset = 0;
  size_t length = 0;
};

// The source of a scalar: of a member's value, not of its key, or of an item. Nothing for anything
// else, and for scalars of more than one line.
std::optional<Span> ScalarSpan(std::string_view yaml, const task::YamlDocument& document,
                               std::string_view pointer);

// An item of a list together with what separates it from the others: in a flow list its comma, in
// a block list its line. Only for items that are scalars and not the first.
std::optional<Span> ItemSpan(std::string_view yaml, const task::YamlDocument& document,
                             std::string_view pointer);

// The value that the pointer leads to, or null.
const Json* FindPointer(const Json& json, std::string_view pointer);

// A YAML text in double quotes.
std::string YamlQuoted(std::string_view text);

}  // namespace ameide::generator
