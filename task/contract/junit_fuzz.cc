// Foreign JUnit and CTRF are counted or refused; any bytes make JUnit of ours that is counted
// again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/testing/fuzz.h"
#include "base/text.h"
#include "task/contract/test_counts.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      "<testsuites><testsuite name=\"s\"><testcase name=\"t\"><failure/></testcase></testsuite>"
      "</testsuites>",
      "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e "
      "\"v\">]><testsuite><![CDATA[x]]></testsuite>",
      R"({"results": {"tests": [{"name": "a", "status": "failed", "suite": ["b", "c"]}]}})"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto& counts : {ameide::task::CountJUnit(text), ameide::task::CountCtrf(text)}) {
    if (!counts.ok()) continue;
    if (counts->total != counts->passed + counts->failed + counts->errors + counts->skipped) {
      std::abort();
    }
    if (!ameide::task::TestCountsFromJson(ToJson(*counts), "").ok()) std::abort();
  }
  const std::string written = ameide::task::WriteJUnit({.phase = text,
                                                        .command = text,
                                                        .exit_code = 1,
                                                        .seconds = 1,
                                                        .failure = text + ".",
                                                        .output_tail = text});
  const auto again = ameide::task::CountJUnit(written);
  if (!again.ok() || again->failed != 1 || !ameide::IsValidUtf8(written)) std::abort();
  return 0;
}
