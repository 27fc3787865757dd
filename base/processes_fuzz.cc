// A process's stat as proc(5) writes it: what is read and written anew is read the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/processes.h"
#include "base/strings.h"
#include "base/testing/fuzz.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {"12 (sh) S 7 12 12 34816 12 4194560 1 0 0 0 0 0 0 0 20 0 1 0 498880 0 0\n",
          "2147483647 (a) R 1 (b) Z 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 18446744073709551615"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto process = ameide::ParseProcessStat({reinterpret_cast<const char*>(data), size});
  if (!process) return 0;
  const std::string text =
      ameide::StrCat(process->id.pid, " (", process->name, ") ", process->state, " ",
                     process->parent, " 0 0 ", process->terminal, " 0 0 0 0 0 0 0 0 0 0 0 0 ",
                     process->threads, " 0 ", process->id.start_ticks);
  if (ameide::ParseProcessStat(text) != process) std::abort();
  return 0;
}
