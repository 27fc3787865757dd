#include "task/launcher/local/local_settings.h"

#include <algorithm>
#include <string_view>

namespace ameide::task {
namespace {

constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";
// Proxies are spelled in both cases, by different programs.
constexpr std::string_view kPassed[] = {"PATH",
                                        "LANG",
                                        "TZ",
                                        "HTTP_PROXY",
                                        "http_proxy",
                                        "HTTPS_PROXY",
                                        "https_proxy",
                                        "NO_PROXY",
                                        "no_proxy",
                                        "ALL_PROXY",
                                        "all_proxy",
                                        "SSL_CERT_FILE",
                                        "SSL_CERT_DIR",
                                        "GIT_SSL_CAINFO",
                                        "CURL_CA_BUNDLE",
                                        "REQUESTS_CA_BUNDLE",
                                        "NODE_EXTRA_CA_CERTS"};

}  // namespace

Environment TaskEnvironment(const Environment& ours) {
  Environment environment;
  for (const auto& [name, value] : ours) {
    const bool passed =
        std::find(std::begin(kPassed), std::end(kPassed), name) != std::end(kPassed);
    if (passed || name.rfind("LC_", 0) == 0) environment.emplace(name, value);
  }
  environment.try_emplace("PATH", kDefaultPath);
  return environment;
}

Result<fs::path> DefaultStateDirectory(const Environment& ours) {
  // A relative path there is to be ignored, says the XDG specification.
  const fs::path state = Get(ours, "XDG_STATE_HOME");
  if (state.is_absolute()) return state / "ameide";
  const fs::path home = Get(ours, "HOME");
  if (home.is_absolute()) return home / ".local" / "state" / "ameide";
  return Error{ErrorKind::kInvalid, "find", "the state directory",
               "neither XDG_STATE_HOME nor HOME is set", "give one with --state"};
}

}  // namespace ameide::task
