// What a plugin client of Terraform and the provider tell each other before the first call: decided
// here from the environment alone, without effects. Source of the contract: go-plugin's protocol 1
// as Terraform and OpenTofu speak it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/environment.h"
#include "base/log.h"

namespace ameide::plugin {

// The tfplugin major version that we serve, and the only one.
inline constexpr int kProtocolVersion = 6;

// The longest path that a unix socket can have: sun_path holds 108 bytes with its terminator.
inline constexpr size_t kMaxSocketPath = 107;

// True when a plugin client started us. A person who runs the file by hand has no cookie.
bool HasMagicCookie(const Environment& environment);

// False when the client named the versions that it speaks and ours is not among them. Even then we
// serve ours and say so in the line: the client words the mismatch better than we could.
bool ClientSpeaksOurProtocol(const Environment& environment);

// PEM of the only client that may connect, or empty: then the connection has no TLS.
std::string ClientCertificate(const Environment& environment);

// Folders to try for the socket, best first and never empty. Every path `<folder>/<tail>` with a
// tail of at most `tail_bytes` bytes fits a socket address and the handshake line.
std::vector<std::filesystem::path> SocketFolders(const Environment& environment, size_t tail_bytes);

// Group (name or number) that shall reach the socket, or empty.
std::string SocketGroup(const Environment& environment);

// The one line on stdout, with its newline. `certificate` is unpadded base64 of the DER, or empty
// without TLS.
std::string HandshakeLine(const Environment& environment, const std::filesystem::path& socket,
                          std::string_view certificate);

// Off unless a variable asks. The most specific one decides: TF_LOG_PROVIDER_AMEIDE, then
// TF_LOG_PROVIDER, then TF_LOG.
LogLevel ProviderLogLevel(const Environment& environment);

// The value for TF_REATTACH_PROVIDERS that lets Terraform use a provider which runs already.
// `address` is the provider's source address, such as "<host>/<namespace>/<type>".
std::string ReattachJson(std::string_view address, int pid, const std::filesystem::path& socket);

}  // namespace ameide::plugin
