// JSON as a value of ours. nlohmann_json does the parsing and stops in json.cc.
//
// Numbers keep their source text, so a 30-digit integer or 0.1 survives a round trip. Object
// members keep their order (writing is deterministic) and are unique.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace ameide {

class Json {
 public:
  struct Number {
    std::string text;  // as JSON spells it
    bool operator==(const Number&) const = default;
  };
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;                                               // null
  Json(std::nullptr_t) {}                                         // NOLINT: implicit, as JSON reads
  Json(bool value) : value_(value) {}                             // NOLINT
  Json(int value) : Json(static_cast<int64_t>(value)) {}          // NOLINT
  Json(int64_t value) : value_(Number{std::to_string(value)}) {}  // NOLINT
  Json(uint64_t value) : value_(Number{std::to_string(value)}) {}  // NOLINT
  Json(Number value) : value_(std::move(value)) {}                 // NOLINT
  Json(std::string value) : value_(std::move(value)) {}            // NOLINT
  Json(std::string_view value) : value_(std::string(value)) {}     // NOLINT
  Json(const char* value) : value_(std::string(value)) {}          // NOLINT
  Json(Array value) : value_(std::move(value)) {}                  // NOLINT
  Json(Object value) : value_(std::move(value)) {}                 // NOLINT
  static Json Strings(const std::vector<std::string>& items);

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  // Null when the value has another type. (A JSON null is none of these.)
  const bool* AsBool() const { return std::get_if<bool>(&value_); }
  const Number* AsNumber() const { return std::get_if<Number>(&value_); }
  const std::string* AsString() const { return std::get_if<std::string>(&value_); }
  const Array* AsArray() const { return std::get_if<Array>(&value_); }
  const Object* AsObject() const { return std::get_if<Object>(&value_); }
  // Whole numbers that fit; false for 1.5, 1e3 and 2^63.
  bool GetInt64(int64_t* out) const;

  // The member, or null when this is no object or has no such member.
  const Json* Find(std::string_view key) const;
  // Appends or replaces; turns a null into an object first.
  void Set(std::string key, Json value);
  const char* TypeName() const;  // "null", "boolean", "number", "string", "array", "object"

  // Compact, or indented by two spaces with a final newline. Invalid UTF-8 in strings is replaced.
  std::string Dump() const;
  std::string DumpPretty() const;

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

struct JsonLimits {
  size_t bytes = 16u << 20;
  int depth = 64;
};

// kInvalid with line and column for malformed text, duplicate members, or anything over a limit.
Result<Json> ParseJson(std::string_view text, JsonLimits limits = {});

// "/a~1b/0": appends a step to a JSON pointer (RFC 6901).
std::string PointerStep(std::string_view pointer, std::string_view key);

}  // namespace ameide
