// Any bytes as an executor's answer: what is let through has exactly the contract's members and no
// control character; the first byte chooses the status.
#include <cstdint>
#include <cstdlib>

#include "base/testing/fuzz.h"
#include "base/text.h"
#include "task/executor/answer.h"
#include "task/executor/testing/sample_contract.h"

namespace {

using ameide::Json;
using ameide::task::CallEnd;

void CheckText(const std::string& text) {
  if (ameide::ToPrintable(text) != text) std::abort();
}

void Check(const Json& json) {
  if (const std::string* text = json.AsString()) CheckText(*text);
  if (const Json::Array* items = json.AsArray()) {
    for (const Json& item : *items) Check(item);
  }
  if (const Json::Object* members = json.AsObject()) {
    for (const auto& [name, value] : *members) {
      CheckText(name);
      Check(value);
    }
  }
}

}  // namespace

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {"\x01{\"build_ok\":true,\"log\":\"a\\u001b[31mb\"}", "\x02{\"error\":\"no\"}",
          "\x01{\"build_ok\":{\"a\":[1,null,\"\\r\\n\"]},\"log\":null}"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static const auto kContract = ameide::task::testing::SampleContract();
  const ameide::task::ExecutorTool& tool = *ameide::task::FindTool(kContract, "fo.build");
  constexpr int kStatuses[] = {500, 200, 404, 302};
  const int status = kStatuses[data[0] % 4];
  const CallEnd end = ameide::task::ReadCallAnswer(
      tool, {status, {}, std::string(reinterpret_cast<const char*>(data) + 1, size - 1)});
  CheckText(end.reason);
  if ((end.outcome == CallEnd::Outcome::kDone) != end.reason.empty()) std::abort();
  if (end.outcome != CallEnd::Outcome::kDone) return 0;
  if (status != 200 || end.result.AsObject()->size() != tool.results.size()) std::abort();
  Check(end.result);
  return 0;
}
