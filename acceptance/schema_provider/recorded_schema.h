// A provider's schemas as `terraform providers schema -json` prints them (format_version 1.0), read
// into values. Unlike framework::Schema, which says what we can build, these have blocks.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "provider/framework/type.h"

namespace ameide::acceptance {

struct RecordedAttribute {
  std::string name;
  framework::Type type;
  bool required = false;
  bool optional = false;
  bool computed = false;
  bool sensitive = false;
  bool deprecated = false;
  bool write_only = false;
};

enum class BlockNesting { kSingle, kGroup, kList, kSet };

struct RecordedNestedBlock;

struct RecordedBlock {
  std::vector<RecordedAttribute> attributes;
  std::vector<RecordedNestedBlock> blocks;
};

struct RecordedNestedBlock {
  std::string name;
  BlockNesting nesting = BlockNesting::kList;
  int64_t min_items = 0;
  int64_t max_items = 0;  // 0: any number
  RecordedBlock block;
};

struct RecordedSchema {
  int64_t version = 0;
  RecordedBlock block;
  framework::Type type;  // what values of the block look like; always an object
};

struct RecordedProvider {
  using Schemas = std::map<std::string, RecordedSchema, std::less<>>;
  std::string address;  // "<host>/<namespace>/<type>"
  RecordedSchema provider;
  Schemas resources;
  Schemas data_sources;
};

// The file must hold exactly one provider. kInvalid for that, and for what the recordings do not
// use: nested attributes, map blocks, dynamic types.
Result<RecordedProvider> ReadRecording(std::string_view json);

}  // namespace ameide::acceptance
