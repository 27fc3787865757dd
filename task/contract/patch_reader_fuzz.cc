// Any bytes as a patch: changes, or an error that says where. What is taken has a path and modes
// that fit its kind, and no path comes twice.
#include <cstdint>
#include <cstdlib>
#include <set>

#include "base/testing/fuzz.h"
#include "task/contract/patch_reader.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      "diff --git a/x b/x\nindex 1111111111111111111111111111111111111111.."
      "2222222222222222222222222222222222222222 100644\n--- a/x\n+++ b/x\n"
      "@@ -1,3 +1,3 @@ f\n a\n-b\n+c\n d\n\\ No newline at end of file\n",
      "diff --git \"a/\\303\\244\\n\" \"b/\\303\\244\\n\"\nold mode 100644\nnew mode 100755\n",
      "diff --git a/l b/l\ndeleted file mode 100644\nindex "
      "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391..0000000000000000000000000000000000000000\n"
      "diff --git a/l b/l\nnew file mode 120000\nindex 0000000000000000000000000000000000000000.."
      "2222222222222222222222222222222222222222\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+../t\n"
      "\\ No newline at end of file\n",
      "diff --git a/b b/b\nnew file mode 100644\nindex 0000000000000000000000000000000000000000.."
      "2222222222222222222222222222222222222222\nGIT binary patch\nliteral 3\nKcmZQzWMT#Y01f~L\n"
      "\nliteral 0\nHcmV?d00001\n\n",
      "diff --git a/o b/n\nsimilarity index 90%\nrename from o\nrename to n\nindex "
      "1111111111111111111111111111111111111111..2222222222222222222222222222222222222222 100644\n"
      "--- a/o\n+++ b/n\n@@ -1 +1 @@\n-a\n+b\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ameide::task::Change;
  const auto changes = ameide::task::ReadPatch({reinterpret_cast<const char*>(data), size});
  if (!changes.ok()) {
    if (changes.error().cause.empty()) std::abort();
    return 0;
  }
  std::set<std::string> seen;
  for (const Change& change : *changes) {
    if (change.path.empty() || !seen.insert(change.path).second) std::abort();
    if ((change.kind == Change::Kind::kAdded) != (change.old_mode == 0)) std::abort();
    if ((change.kind == Change::Kind::kDeleted) != (change.new_mode == 0)) std::abort();
  }
  return 0;
}
