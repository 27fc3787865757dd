// A plugin with no provider in it. Flags: -debug, and -gone_bound=<duration>.
#include <unistd.h>

#include <string_view>

#include "provider/plugin/serve.h"
#include "provider/plugin/testing/echo_service.h"

int main(int argc, char** argv) {
  using ameide::plugin::ProviderLogLevel;
  constexpr std::string_view kGoneBound = "-gone_bound=";
  const ameide::SystemClock clock;
  ameide::plugin::ServeOptions options;
  options.environment = ameide::ProcessEnvironment();
  const ameide::Log log(ProviderLogLevel(options.environment), "echo", clock,
                        ameide::FdSink(STDERR_FILENO));
  ameide::plugin::testing::EchoService echo;
  options.address = "registry.invalid/test/echo";
  options.services = {&echo};
  options.log = &log;
  options.clock = &clock;
  options.on_stop_requested = [&echo] { echo.Release("stop"); };
  options.on_client_gone = [&echo] { echo.Release("gone"); };
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag(argv[i]);
    if (flag == "-debug") options.debug = true;
    if (flag.starts_with(kGoneBound)) {
      auto bound = ameide::ParseDuration(flag.substr(kGoneBound.size()));
      if (!bound.ok()) return 2;
      options.client_gone_bound = *bound;
      options.shutdown_bound = *bound;
    }
  }
  return ameide::plugin::Serve(options);
}
