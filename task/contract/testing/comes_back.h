// For the fuzzers of documents that we read and write.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "base/json.h"
#include "task/contract/problem.h"

namespace ameide::task::testing {

// Any bytes are refused, or come back equal after they were written.
template <class Document>
int ComesBack(const uint8_t* data, size_t size, Checked<Document> (*from)(const Json&)) {
  const auto json = ParseJson({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  const auto read = from(*json);
  if (read.ok() != read.value.has_value()) std::abort();
  if (!read.ok()) return 0;
  const auto again = from(*ParseJson(ToJson(*read.value).Dump()));
  if (!again.ok() || !(*again.value == *read.value)) std::abort();
  return 0;
}

}  // namespace ameide::task::testing
