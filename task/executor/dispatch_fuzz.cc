// Any bytes as a client's stream: each line leads to a sound step, and no call gets out that the
// contract does not allow.
#include <cstdint>
#include <cstdlib>

#include "base/testing/fuzz.h"
#include "task/executor/dispatch.h"
#include "task/executor/lines.h"
#include "task/executor/testing/sample_contract.h"

namespace {

using ameide::Json;

void Check(const ameide::task::Step& step) {
  if (step.call && (step.reply || step.refused)) std::abort();
  if (step.refused && !step.reply) std::abort();
  if (step.reply) {
    if (!ameide::ParseJson(step.reply->Dump()).ok()) std::abort();
    const bool result = step.reply->Find("result") != nullptr;
    if (result == (step.reply->Find("error") != nullptr)) std::abort();
  }
  if (!step.call) return;
  if (step.call->tool.policy == ameide::task::ExecutorTool::Policy::kNeedsApproval) std::abort();
  if (!ameide::task::CheckCall(step.call->tool, step.call->arguments).ok()) std::abort();
}

}  // namespace

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"fo.build","arguments":{}}})"
      "\n",
      R"({"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"fo.fs.read",)"
      R"("arguments":{"path":"Metadata/a"}}})"
      "\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/"
      "cancelled\",\"params\":{\"requestId\":1}}\n",
      R"({"jsonrpc":"2.0","id":3,"method":"tools/list"})"
      "\n\n{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"ping\"}\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ameide::task::Dispatcher dispatcher(ameide::task::testing::SampleContract(), "0");
  Check(dispatcher.Dispatch(
      R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"x"}})"));
  ameide::task::Lines lines(1024);
  for (const auto& line : lines.Feed({reinterpret_cast<const char*>(data), size})) {
    Check(dispatcher.Dispatch(line));
  }
  return 0;
}
