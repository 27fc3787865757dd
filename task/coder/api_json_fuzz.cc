// Whatever a server answers, every decoder comes back.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/testing/fuzz.h"
#include "task/coder/api_json.h"

namespace ameide::coder {
namespace {

template <class T>
void Try(const Json& json, Result<T> (*from)(const Json&)) {
  (void)from(json);
  (void)ListFrom(json, from);
}

}  // namespace
}  // namespace ameide::coder

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      R"({"id":"e5","name":"n","latest_build":{"id":"18","transition":"start","job":{"status":
         "running"},"resources":[{"agents":[{"id":"f","scripts":[{"exit_code":3}],"apps":[{"slug":
         "s","health":"healthy"}],"first_connected_at":"2026-09-20T10:01:00Z"}]}]}})",
      R"({"workspaces":[{"id":"a","latest_build":{"id":"b"}}],"count":1})",
      R"([{"id":90001,"level":"info","output":"x","source_id":"9a"}])",
      R"({"message":"m","detail":"d","validations":[{"field":"f","detail":"d"}]})",
      R"({"type":"data","data":{"id":"a","latest_build":{"id":"b"}}})",
      R"({"agent_script_timings":[{"display_name":"t","exit_code":-1}],"hash":"x","version":"v"})"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide::coder;  // NOLINT: a fuzzer's whole world
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)ApiErrorFrom(text);
  const auto json = ameide::ParseJson(text);
  if (!json.ok()) return 0;
  Try(*json, BuildInfoFrom);
  Try(*json, UserFrom);
  Try(*json, OrganizationFrom);
  Try(*json, TemplateFrom);
  Try(*json, TemplateVersionFrom);
  Try(*json, RichParameterFrom);
  Try(*json, ExternalAuthFrom);
  Try(*json, BuildFrom);
  Try(*json, WorkspaceFrom);
  Try(*json, WorkspacePageFrom);
  Try(*json, LogLineFrom);
  Try(*json, ScriptTimingsFrom);
  Try(*json, ParametersFrom);
  Try(*json, UploadedFileFrom);
  Try(*json, WatchEventFrom);
  return 0;
}
