#include "base/http/http.h"

#include "base/ascii.h"
#include "base/quoting.h"
#include "base/strings.h"

namespace ameide::http {
namespace {

int HexDigit(char c) {
  if (IsAsciiDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::optional<std::string> FindHeader(const Headers& headers, std::string_view name) {
  const std::string wanted = AsciiLower(name);
  for (const auto& [key, value] : headers) {
    if (AsciiLower(key) == wanted) return value;
  }
  return std::nullopt;
}

std::string EncodeComponent(std::string_view text) { return PercentEncode(text); }

std::string DecodeComponent(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
    if (low < 0) {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

Target SplitTarget(std::string_view target) {
  Target split;
  const size_t mark = target.find('?');
  split.path = std::string(target.substr(0, mark));
  if (mark == std::string_view::npos) return split;
  std::string_view rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    const size_t equals = pair.find('=');
    std::string value;
    if (equals != std::string_view::npos) value = DecodeComponent(pair.substr(equals + 1));
    if (!pair.empty()) split.query.emplace_back(DecodeComponent(pair.substr(0, equals)), value);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return split;
}

std::optional<std::string> FindQuery(const Target& target, std::string_view name) {
  for (const auto& [key, value] : target.query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace ameide::http
