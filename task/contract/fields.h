// A document described by one table: which keys there are, of which type, with which rules. The
// same table checks a document, becomes its JSON Schema and fills the key table of its
// documentation, so the three cannot drift apart. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "task/contract/lint_ids.h"
#include "task/contract/problem.h"

namespace ameide::task {

// What a text has to be.
struct TextKind {
  std::string_view name;                     // for people: "DNS label"
  std::string_view plural;                   // "DNS labels"
  std::string_view pattern;                  // draft-07; takes at least what the rule takes
  int max_length = 0;                        // 0: the rule's own
  Flaw (*rule)(std::string_view) = nullptr;  // empty when all is well
};

enum class Shape { kObject, kObjects, kText, kTexts, kLabels, kBool, kInteger, kDuration };

// One key.
struct Field {
  std::string path;  // from the root: "deploy/egress/allow/*/cidr"; '*' is each item of a list
  Shape shape = Shape::kObject;
  bool required = true;
  std::string_view description = {};
  std::string_view example = {};             // YAML
  std::string_view fallback = {};            // YAML, or words; what holds when the key is absent
  const TextKind* kind = nullptr;            // kText and kTexts, unless `words`
  std::vector<std::string_view> words = {};  // the closed list of a text or of each item
  std::string_view missing = "is missing; add it";
  std::string_view missing_rule = lint::kKeyMissing;
  int64_t min = 0;  // kInteger; kDuration in ms; kTexts and kObjects: items, 0 or 1
  int64_t max = 0;  // kInteger; kTexts and kObjects: items, 0 is no limit
};
using Fields = std::vector<Field>;

// draft-07: every form above zero that ParseDuration takes, and few others.
inline constexpr std::string_view kDurationPattern =
    "^\\+?(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(h|ms?|s|us|ns))+$";

// Says what is wrong with the shape of `json`, whose members stand in the table below `prefix` (""
// or "executor/"): unknown and missing keys, types, words, limits and each text's rule. Problems
// point below `pointer`.
void CheckFields(const Fields& fields, std::string_view prefix, const Json& json,
                 std::string_view pointer, Problems* problems);

// draft-07 of the object whose members stand below `prefix`.
Json FieldsSchema(const Fields& fields, std::string_view prefix);

// The rows of a Markdown table: key, value, example, meaning.
std::string FieldsMarkdown(const Fields& fields);

// Reads a document that was checked, and takes whatever was wrong for absent. `json` must outlive
// it.
class Values {
 public:
  explicit Values(const Json* json) : json_(json) {}
  bool Has(std::string_view key) const { return Find(key) != nullptr; }
  std::string Text(std::string_view key) const;
  std::vector<std::string> Texts(std::string_view key) const;
  bool Bool(std::string_view key, bool fallback = false) const;
  int64_t Int(std::string_view key, int64_t fallback) const;
  Millis Duration(std::string_view key) const;  // 0 when absent
  const Json::Object& Members(std::string_view key) const;
  Values Group(std::string_view key) const { return Values(Find(key)); }
  std::vector<Values> Each(std::string_view key) const;

 private:
  const Json* Find(std::string_view key) const { return json_ ? json_->Find(key) : nullptr; }
  const Json* json_;
};

}  // namespace ameide::task
