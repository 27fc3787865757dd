// ameide-coder-simulator: see docs/coder-simulator.md.
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <thread>

#include "acceptance/coder_simulator/simulator.h"
#include "base/stop_on_signal.h"
#include "base/strings.h"

namespace {

using ameide::StrCat;

constexpr char kUsage[] =
    "Usage: ameide-coder-simulator [OPTION]...\n"
    "Plays a Coder server on loopback, with workspaces that really run.\n\n"
    "  --port N               listen there; a free port without it\n"
    "  --state DIR            workspaces go below it, those of a killed simulator are\n"
    "                         ended and removed; a fresh folder in /tmp without it\n"
    "  --secrets DIR          the cluster's secrets: DIR/<secret>/<key>\n"
    "  --agent-program FILE   the ameide-agent that workspaces get\n"
    "  --terraform FILE       import jobs run `terraform init` and `validate`, …\n"
    "  --provider-mirror DIR  … with the providers of this filesystem mirror alone\n"
    "  --user NAME            whose token is printed; task-runner without it\n"
    "  --fault KNOB[=VALUE]   what goes wrong; `--fault list` lists the knobs\n"
    "  --until-eof            also stop when standard input ends\n";

int Fail(const std::string& text) {
  std::fputs(StrCat("ameide-coder-simulator: ", text, "\n").c_str(), stderr);
  return 2;
}

bool ParsePort(const std::string& text, uint16_t* port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *port);
  return error == std::errc() && end == text.data() + text.size();
}

// An error text, or nothing. Every option but the last takes a value.
std::string Parse(const std::vector<std::string>& arguments, ameide::simulator::Options* options,
                  bool* until_eof) {
  const std::map<std::string, ameide::fs::path*> paths = {
      {"--state", &options->state},
      {"--secrets", &options->secrets},
      {"--agent-program", &options->agent_program},
      {"--terraform", &options->terraform},
      {"--provider-mirror", &options->provider_mirror}};
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--until-eof") {
      *until_eof = true;
      continue;
    }
    if (i + 1 == arguments.size()) {
      return StrCat("option ", name, " is unknown or lacks its value; see --help");
    }
    const std::string& value = arguments[++i];
    if (const auto path = paths.find(name); path != paths.end()) {
      *path->second = ameide::fs::absolute(value);
    } else if (name == "--port") {
      if (!ParsePort(value, &options->port)) return StrCat("'", value, "' is no port");
    } else if (name == "--user") {
      options->user = value;
    } else if (name == "--fault") {
      if (const ameide::Status turned = options->faults.Turn(value); !turned.ok()) {
        return turned.error().ToString();
      }
    } else {
      return StrCat("unknown option ", name, "; see --help");
    }
  }
  return "";
}

// Returns when standard input has ended.
void DrainInput() {
  char buffer[256];
  while (::read(0, buffer, sizeof buffer) > 0) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--help") return std::fputs(kUsage, stdout) < 0 ? 1 : 0;
    if (arguments[i] == "list" && i > 0 && arguments[i - 1] == "--fault") {
      return std::fputs(ameide::simulator::FaultHelp().c_str(), stdout) < 0 ? 1 : 0;
    }
  }
  ameide::simulator::Options options;
  options.environment = ameide::ProcessEnvironment();
  bool until_eof = false;
  if (const std::string wrong = Parse(arguments, &options, &until_eof); !wrong.empty()) {
    return Fail(wrong);
  }
  const ameide::StopOnSignal stop;
  auto simulator = ameide::simulator::Simulator::Start(std::move(options));
  if (!simulator.ok()) return Fail(simulator.error().ToString());
  std::printf("CODER_URL=%s\nCODER_SESSION_TOKEN=%s\n", (*simulator)->origin().c_str(),
              (*simulator)->token().c_str());
  std::fflush(stdout);
  if (until_eof) {
    // A read cannot be stopped, so the signal's way out is the one that StopOnSignal leaves.
    std::thread([] {
      DrainInput();
      ::kill(::getpid(), SIGTERM);
    }).detach();
  }
  const ameide::SystemClock clock;
  while (clock.WaitFor(stop.token(), std::chrono::hours(1))) {
  }
  return 0;
}
