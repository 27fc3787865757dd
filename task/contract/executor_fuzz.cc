// Any bytes as an executor's contract and as a call of one of its tools: an answer or problems, and
// whatever was accepted is accepted again.
#include <cstdint>
#include <cstdlib>

#include "base/testing/fuzz.h"
#include "task/contract/executor.h"

namespace {

using ameide::Json;

const char* const kContract =
    R"({"endpoint_env":"A","server_name":"a","client_certificate":"B","client_key":"C",)"
    R"("session_key":["devbox"],"lease":"1m","tools":[{"name":"a.b","description":"d",)"
    R"("policy":"mutating","timeout":"1s","max_calls":1,"arguments":[)"
    R"({"name":"t","type":"string","description":"d","required":true,"pattern":"[a-z]+"},)"
    R"({"name":"l","type":"string_list","description":"d","max_items":2},)"
    R"({"name":"e","type":"enum","description":"d","values":["x"]},)"
    R"({"name":"o","type":"object","description":"d","max_length":50},)"
    R"({"name":"i","type":"integer","description":"d"},)"
    R"({"name":"y","type":"boolean","description":"d"}],"results":["r"]}]})";

void TryContract(const Json& json) {
  const auto contract = ameide::task::ExecutorContractFromJson(json);
  if (contract.ok() != contract.value.has_value()) std::abort();
  if (!contract.ok()) return;
  const auto again = ameide::task::ExecutorContractFromJson(ToJson(*contract.value));
  if (!again.ok() || *again.value != *contract.value) std::abort();
  ameide::task::McpTools(*contract.value);
}

void TryCall(const Json& json) {
  static const auto kTool =
      ameide::task::ExecutorContractFromJson(*ameide::ParseJson(kContract)).value->tools.front();
  const auto call = ameide::task::CheckCall(kTool, json);
  for (const ameide::task::Problem& problem : call.problems) {
    if (problem.message.empty()) std::abort();
  }
  if (call.ok() && ameide::task::CheckCall(kTool, *call.value).value != call.value) std::abort();
}

}  // namespace

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {kContract, R"({"t":"abc","l":["a","b"],"e":"x","o":{"a":[1]},"i":3,"y":true})",
          R"({"t":1})"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto json = ameide::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  TryContract(*json);
  TryCall(*json);
  return 0;
}
