#include "provider/plugin/handshake.h"

#include <algorithm>

#include "base/json.h"
#include "base/strings.h"

namespace ameide::plugin {
namespace {

namespace fs = std::filesystem;

constexpr int kCoreProtocolVersion = 1;
constexpr char kCookieName[] = "TF_PLUGIN_MAGIC_COOKIE";
constexpr char kCookie[] = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
constexpr char kShortFolder[] = "/tmp";

// A bar or a line break in the path would tear the handshake line apart.
bool FitsTheLine(const std::string& path) { return path.find_first_of("|\r\n") == path.npos; }

}  // namespace

bool HasMagicCookie(const Environment& environment) {
  return Get(environment, kCookieName) == kCookie;
}

bool ClientSpeaksOurProtocol(const Environment& environment) {
  const std::string versions = Get(environment, "PLUGIN_PROTOCOL_VERSIONS");
  if (versions.empty()) return true;
  const std::vector<std::string_view> offered = StrSplit(versions, ',');
  return std::any_of(offered.begin(), offered.end(), [](std::string_view version) {
    return StripWhitespace(version) == std::to_string(kProtocolVersion);
  });
}

std::string ClientCertificate(const Environment& environment) {
  return Get(environment, "PLUGIN_CLIENT_CERT");
}

std::vector<fs::path> SocketFolders(const Environment& environment, size_t tail_bytes) {
  std::vector<fs::path> folders;
  for (const char* name : {"PLUGIN_UNIX_SOCKET_DIR", "TMPDIR"}) {
    const std::string folder = Get(environment, name);
    const bool fits = folder.size() + 1 + tail_bytes <= kMaxSocketPath;
    if (!folder.empty() && fits && FitsTheLine(folder)) folders.emplace_back(folder);
  }
  folders.emplace_back(kShortFolder);
  return folders;
}

std::string SocketGroup(const Environment& environment) {
  return Get(environment, "PLUGIN_UNIX_SOCKET_GROUP");
}

std::string HandshakeLine(const Environment& environment, const fs::path& socket,
                          std::string_view certificate) {
  // Old clients take a seventh field for a part of the certificate, so it needs to be asked for.
  const bool asked = environment.contains("PLUGIN_MULTIPLEX_GRPC");
  return StrCat(kCoreProtocolVersion, "|", kProtocolVersion, "|unix|", socket.native(), "|grpc|",
                certificate, asked ? "|false" : "", "\n");
}

LogLevel ProviderLogLevel(const Environment& environment) {
  for (const char* name : {"TF_LOG_PROVIDER_AMEIDE", "TF_LOG_PROVIDER", "TF_LOG"}) {
    const std::string level = Get(environment, name);
    if (!level.empty()) return ParseLogLevel(level);
  }
  return LogLevel::kOff;
}

std::string ReattachJson(std::string_view address, int pid, const fs::path& socket) {
  Json where;
  where.Set("Network", "unix");
  where.Set("String", socket.native());
  Json provider;
  provider.Set("Protocol", "grpc");
  provider.Set("ProtocolVersion", kProtocolVersion);
  provider.Set("Pid", pid);
  provider.Set("Test", true);  // Terraform then neither stops nor kills us
  provider.Set("Addr", std::move(where));
  Json all;
  all.Set(std::string(address), std::move(provider));
  return all.Dump();
}

}  // namespace ameide::plugin
