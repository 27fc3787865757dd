// Base64 with padding (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ameide {

std::string ToBase64(std::string_view bytes);

// Also without padding and with white space in between, as people and terminals bring it. Nothing
// when it is no base64.
std::optional<std::string> FromBase64(std::string_view text);

}  // namespace ameide
