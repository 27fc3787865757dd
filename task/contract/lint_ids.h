// The ids of the lint rules that the readers of profiles enforce. They stand where a message is
// made; what each rule says is in the generator's table, which docs/lint.md is made from. Stable:
// they may be added, never renamed.
#pragma once

#include <string_view>

namespace ameide::task::lint {

inline constexpr std::string_view kYamlUnreadable = "yaml-unreadable";
inline constexpr std::string_view kYamlRepeatedKey = "yaml-repeated-key";
inline constexpr std::string_view kYamlIndirection = "yaml-indirection";
inline constexpr std::string_view kYamlAmbiguous = "yaml-ambiguous";
inline constexpr std::string_view kAxisMissing = "axis-missing";
inline constexpr std::string_view kKeyMissing = "key-missing";
inline constexpr std::string_view kKeyUnknown = "key-unknown";
inline constexpr std::string_view kWrongType = "wrong-type";
inline constexpr std::string_view kValueRefused = "value-refused";
inline constexpr std::string_view kListRepeats = "list-repeats";
inline constexpr std::string_view kAsksForPrivilege = "asks-for-privilege";
inline constexpr std::string_view kAsksForHostFolder = "asks-for-host-folder";
inline constexpr std::string_view kAsksForTunnel = "asks-for-tunnel";
inline constexpr std::string_view kAsksForToken = "asks-for-token";
inline constexpr std::string_view kAsksForUnsafeBuild = "asks-for-unsafe-build";
inline constexpr std::string_view kAsksForPrebuild = "asks-for-prebuild";
inline constexpr std::string_view kToolRefused = "tool-refused";
inline constexpr std::string_view kSecretInProfile = "secret-in-profile";
inline constexpr std::string_view kSecretVariableRefused = "secret-variable-refused";
inline constexpr std::string_view kSecretRepeated = "secret-repeated";
inline constexpr std::string_view kPushCredentialShared = "push-credential-shared";
inline constexpr std::string_view kNamespaceShared = "namespace-shared";
inline constexpr std::string_view kIdentityShared = "identity-shared";
inline constexpr std::string_view kRoleTooWide = "role-too-wide";
inline constexpr std::string_view kEgressTooWide = "egress-too-wide";
inline constexpr std::string_view kImageNotPinned = "image-not-pinned";
inline constexpr std::string_view kPathsOpen = "paths-open";
inline constexpr std::string_view kPathPattern = "path-pattern";
inline constexpr std::string_view kReadOnlyContradicted = "read-only-contradicted";
inline constexpr std::string_view kClockTooLong = "clock-too-long";
inline constexpr std::string_view kFileName = "file-name";
inline constexpr std::string_view kExecutorContract = "executor-contract";

}  // namespace ameide::task::lint
