#include <cstdint>
#include <cstdlib>

#include "task/agent/ref_listing.h"
#include "task/agent/tree_entries.h"

// The agent's small decoders of foreign bytes: Git's listings, a server's refs.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide::task;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ameide::Result<TreeEntries> entries = ParseTreeEntries(bytes);
  if (entries.ok() && !CompareTrees(*entries, *entries).empty()) std::abort();
  static_cast<void>(ResolveRef("main", ParseRefListing(bytes)));
  return 0;
}
