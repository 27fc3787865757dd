#include "task/coder/connection.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/http/origin.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::coder {
namespace {

constexpr uint64_t kMaxCaBytes = 4u << 20;
constexpr size_t kMaxAnswer = 32u << 20;
constexpr char kTokenHeader[] = "Coder-Session-Token";

Error Bad(std::string what, std::string cause, std::string hint) {
  return Error{ErrorKind::kInvalid, "use", std::move(what), std::move(cause), std::move(hint)};
}

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 32 && c < 127; });
}

bool IsHeaderName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAsciiAlnum(c) || c == '-' || c == '_';
  });
}

Result<std::string> CheckedUrl(std::string url) {
  constexpr char kHint[] = "set it to Coder's access URL, for example https://coder.example.com";
  while (url.ends_with('/')) url.pop_back();
  const Result<http::Origin> origin = http::ParseOrigin(url);
  if (!origin.ok()) return Bad("Coder URL", origin.error().cause, kHint);
  if (!origin->tls && !http::IsLoopback(origin->where.host)) {
    return Bad(StrCat("Coder URL ", Quote(Truncate(origin->ToString(), 200))),
               "plain http would show the session token to the network", "use https");
  }
  return origin->ToString();
}

// One record of comma-separated values; doubled quotes inside of quotes are one.
std::vector<std::string> CsvFields(std::string_view text) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      fields.back() += c;
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

Result<http::Headers> ExtraHeaders(std::string_view text) {
  http::Headers headers;
  if (StripWhitespace(text).empty()) return headers;
  for (const std::string& field : CsvFields(text)) {
    const size_t equals = field.find('=');
    const std::string name(StripWhitespace(std::string_view(field).substr(0, equals)));
    if (equals == std::string::npos || !IsHeaderName(name)) {
      return Bad("CODER_HEADER", "an entry of it is not name=value", "write name=value,name=value");
    }
    const std::string value = field.substr(equals + 1);
    const bool clean = std::all_of(value.begin(), value.end(),
                                   [](unsigned char c) { return c >= 32 && c != 127; });
    if (!clean) return Bad("CODER_HEADER", "a value holds a control character", "");
    if (AsciiLower(name) == AsciiLower(kTokenHeader)) {
      return Bad("CODER_HEADER", "it sets the session token", "set CODER_SESSION_TOKEN instead");
    }
    headers.emplace_back(name, value);
  }
  return headers;
}

std::string Or(const std::string& first, const std::string& second) {
  return first.empty() ? second : first;
}

}  // namespace

Result<Connection> ConnectionFrom(const ConnectionOptions& options,
                                  const Environment& environment) {
  Connection connection;
  const std::string url = Or(options.url, Get(environment, "CODER_URL"));
  if (url.empty()) {
    return Bad("Coder", "there is no URL of a server",
               "set CODER_URL or the url of the coder block");
  }
  AMEIDE_ASSIGN_OR_RETURN(connection.url, CheckedUrl(url));
  connection.token = StripWhitespace(Or(options.token, Get(environment, "CODER_SESSION_TOKEN")));
  if (connection.token.empty()) {
    return Bad("Coder", "there is no session token", "set CODER_SESSION_TOKEN");
  }
  if (!IsVisibleAscii(connection.token)) {
    return Bad("Coder session token", "it holds a space or a control character",
               "copy the token again");
  }
  AMEIDE_ASSIGN_OR_RETURN(connection.headers, ExtraHeaders(Get(environment, "CODER_HEADER")));
  connection.proxy =
      http::ProxyFor(connection.url, [&](const std::string& name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        if (found == environment.end()) return std::nullopt;
        return found->second;
      });
  if (!options.ca_file.empty()) {
    AMEIDE_ASSIGN_OR_RETURN(connection.ca_pem, ReadFile(options.ca_file, kMaxCaBytes));
  }
  return connection;
}

std::string OrganizationOr(std::string configured, const Environment& environment) {
  if (configured.empty()) configured = Get(environment, "CODER_ORGANIZATION");
  return configured.empty() ? "default" : configured;
}

Result<std::unique_ptr<CoderClient>> Connect(Connection connection, const Clock& clock) {
  Secrets secrets{connection.token};
  for (const auto& [name, value] : connection.headers) secrets.push_back(value);
  http::ClientOptions options;
  options.origin = connection.url;
  options.headers = std::move(connection.headers);
  options.headers.emplace_back(kTokenHeader, connection.token);
  options.headers.emplace_back("User-Agent", "ameide");
  options.proxy = connection.proxy;
  options.ca_pem = connection.ca_pem;
  options.max_body = kMaxAnswer;
  // Hundreds of runs may share them, and each looks every few seconds.
  options.max_connections = options.max_idle_connections = 64;
  AMEIDE_ASSIGN_OR_RETURN(auto http, http::MakeClient(std::move(options)));
  return std::make_unique<CoderClient>(std::move(http), connection.url, std::move(secrets), clock);
}

}  // namespace ameide::coder
