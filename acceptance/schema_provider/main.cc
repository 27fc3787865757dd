// ameide-schema-provider FILE: a Terraform provider with a recorded schema and nothing behind it,
// for tests. Started by Terraform, like any provider.
#include <unistd.h>

#include <string>

#include "acceptance/schema_provider/recorded_schema.h"
#include "acceptance/schema_provider/schema_service.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/log.h"
#include "base/strings.h"
#include "provider/plugin/serve.h"

namespace ameide {
namespace {

constexpr uint64_t kMaxRecordingBytes = 16u << 20;

int Fail(std::string_view problem) {
  FdSink(STDERR_FILENO)(StrCat(problem, "\n"));
  return 1;
}

int ServeRecording(const fs::path& file) {
  const Environment environment = ProcessEnvironment();
  const SystemClock clock;
  const Log log(plugin::ProviderLogLevel(environment), "provider.recorded", clock,
                FdSink(STDERR_FILENO));
  const Result<std::string> json = ReadFile(file, kMaxRecordingBytes);
  if (!json.ok()) return Fail(json.error().ToString());
  Result<acceptance::RecordedProvider> provider = acceptance::ReadRecording(*json);
  if (!provider.ok()) return Fail(provider.error().ToString());
  const std::string address = provider->address;
  acceptance::SchemaService service(std::move(provider).value(), environment);
  return plugin::Serve({.environment = environment,
                        .address = address,
                        .services = {&service},
                        .log = &log,
                        .clock = &clock});
}

}  // namespace
}  // namespace ameide

int main(int argc, char** argv) {
  if (argc != 2) return ameide::Fail("usage: ameide-schema-provider FILE");
  return ameide::ServeRecording(argv[1]);
}
