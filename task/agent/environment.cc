#include "task/agent/environment.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ameide::task {
namespace {

constexpr std::array<std::string_view, 3> kKeptGit = {"GIT_ASKPASS", "GIT_SSH_COMMAND",
                                                      "GIT_SSL_CAINFO"};
constexpr std::array<std::string_view, 22> kForGit = {
    "PATH",          "HOME",         "TMPDIR",
    "USER",          "LOGNAME",      "SSH_AUTH_SOCK",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy",
    "https_proxy",   "no_proxy",     "all_proxy",
    "HTTP_PROXY",    "HTTPS_PROXY",  "NO_PROXY",
    "ALL_PROXY",     "ftp_proxy",    "FTP_PROXY",
    "GIT_ASKPASS",   "TZ",           "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO"};
constexpr std::string_view kNamespace = "AMEIDE_ENV_NAMESPACE";

template <class Range>
bool Holds(const Range& range, std::string_view name) {
  return std::find(range.begin(), range.end(), name) != range.end();
}

bool IsCoders(std::string_view name) { return name == "CODER" || name.starts_with("CODER_"); }

Environment WithoutSecrets(Environment environment, const ProfileContract& profile) {
  for (const SecretGrant& grant : profile.secrets) environment.erase(grant.env);
  return environment;
}

void Overlay(const Environment& top, Environment* environment) {
  for (const auto& [name, value] : top) (*environment)[name] = value;
}

}  // namespace

Environment RunEnvironment(const Environment& inherited) {
  Environment kept;
  const bool in_coder = std::any_of(inherited.begin(), inherited.end(),
                                    [](const auto& entry) { return IsCoders(entry.first); });
  for (const auto& [name, value] : inherited) {
    const bool ours = name.starts_with("AMEIDE_") && name != kNamespace;
    const bool asks = name == "GIT_ASKPASS" || name == "GIT_SSH_COMMAND";
    const bool git = name.starts_with("GIT_") && (!Holds(kKeptGit, name) || (asks && in_coder));
    if (!ours && !git && !IsCoders(name)) kept.emplace(name, value);
  }
  return kept;
}

Environment GitEnvironment(const Environment& run, const ProfileContract& profile,
                           const Environment& secrets) {
  Environment kept;
  for (const auto& [name, value] : WithoutSecrets(run, profile)) {
    if (Holds(kForGit, name)) kept.emplace(name, value);
  }
  Overlay(secrets, &kept);
  return kept;
}

Environment CommandEnvironment(const Environment& run, const TaskSpec& spec,
                               const ProfileContract& profile, const CommandPlace& place) {
  Environment environment = WithoutSecrets(run, profile);
  Overlay(place.secrets, &environment);
  if (!place.tool_folder.empty()) environment["PATH"] = place.tool_folder;
  environment["AMEIDE_AGENT_PROFILE"] = profile.marker.empty() ? profile.name : profile.marker;
  environment["AMEIDE_RUN_ID"] = spec.run_id;
  environment["AMEIDE_WORK_ID"] = spec.work_id;
  environment["AMEIDE_RUN_INTENT"] = "task";
  environment["AMEIDE_EVIDENCE_DIR"] = place.evidence_directory;
  environment["CI"] = "true";
  environment["GIT_TERMINAL_PROMPT"] = "0";
  environment["GIT_ASKPASS"] = "/bin/false";
  environment["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes";
  Overlay(spec.environment, &environment);
  return environment;
}

}  // namespace ameide::task
