// YAML that says what it seems to say, as JSON. yaml-cpp stops in yaml_json.cc.
//
// The subset: one document of mappings with text keys, sequences and scalars. Refused, because they
// make a file mean something else than it shows: duplicate keys, anchors, aliases, merge keys, tags
// and further documents. Plain scalars are typed by the core schema of YAML 1.2; quoted ones are
// text. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "task/contract/problem.h"

namespace ameide::task {

inline constexpr size_t kMaxYamlBytes = 256u << 10;

struct YamlPlace {
  int line = 1;  // both from 1
  int column = 1;
};

struct YamlDocument {
  Json value;
  std::string file;                                         // as it was given
  std::map<std::string, YamlPlace, std::less<>> positions;  // by JSON pointer
};

// Problems carry their position. A syntax error ends the reading, everything else is collected.
Checked<YamlDocument> YamlToJson(std::string_view yaml, std::string_view file);

// "file:line:column" of the pointer, or of the nearest thing around it that has one.
std::string PositionOf(const YamlDocument& document, std::string_view pointer);

}  // namespace ameide::task
