// The verb `serve`. CLI11 stops here.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/stop_on_signal.h"
#include "base/strings.h"
#include "task/contract/template_parameters.h"
#include "task/contract/words.h"
#include "task/serve/detach.h"
#include "task/serve/serve.h"

namespace ameide::task {
namespace {

constexpr char kVerb[] = "serve";

struct Arguments {
  std::string workspace;
  std::string evidence;
  std::string publication{kPublicationFolder};
  uint16_t port = kEvidencePort;
  bool detach = false;
};

int Complain(const Error& error) {
  std::fputs(StrCat("ameide-agent: ", error.ToString(), "\n").c_str(), stderr);
  return kExitInternal;
}

// 0 when it was up.
int Serve(const ServeOptions& options, const Report& report) {
  ::signal(SIGPIPE, SIG_IGN);
  const SystemClock clock;
  const StopOnSignal stop;
  bool was_up = false;
  ServeUntilGone(options, clock, stop.token(), [&](const Result<uint16_t>& port) {
    was_up = port.ok();
    report(port.ok() ? Status(Ok{}) : Status(port.error()));
  });
  return was_up ? 0 : kExitInternal;
}

ServeOptions OptionsOf(const Arguments& arguments) {
  const auto absolute = [](const std::string& path) {
    return fs::absolute(path).lexically_normal();
  };
  return {.folders = {.workspace = absolute(arguments.workspace),
                      .evidence = absolute(arguments.evidence),
                      .publication = absolute(arguments.publication)},
          .port = arguments.port};
}

}  // namespace

std::optional<int> ServeVerb(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front() != kVerb) return std::nullopt;
  Arguments parsed;
  CLI::App app("Shows a run and its evidence on a loopback port.", "ameide-agent serve");
  app.add_option("--workspace", parsed.workspace, "The workspace's folder")->required();
  app.add_option("--evidence", parsed.evidence, "The evidence bundle's folder")->required();
  app.add_option("--publication", parsed.publication, "Where publication.json will be");
  app.add_option("--port", parsed.port, "On 127.0.0.1");
  app.add_flag("--detach", parsed.detach, "Return as soon as it serves");
  try {
    // CLI11 takes the arguments last one first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend() - 1));
  } catch (const CLI::Success& success) {
    return app.exit(success);  // --help
  } catch (const CLI::ParseError& error) {
    std::fputs(StrCat("ameide-agent: ", error.what(), "\n", app.help()).c_str(), stderr);
    return kExitUsage;
  }
  // The workspace's environment holds secrets, which the command could read in ours. Nothing here
  // has made a copy of it.
  ForgetProcessEnvironment();
  const ServeOptions options = OptionsOf(parsed);
  if (parsed.detach) {
    const Status up = Detach([&](const Report& report) { return Serve(options, report); });
    return up.ok() ? 0 : Complain(up.error());
  }
  return Serve(options, [](const Status& up) {
    if (!up.ok()) static_cast<void>(Complain(up.error()));
  });
}

}  // namespace ameide::task
