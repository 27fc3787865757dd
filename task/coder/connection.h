// Where a Coder server is and how we log in, from the configuration and the environment.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/http/client.h"
#include "base/result.h"
#include "task/coder/client.h"

namespace ameide::coder {

struct Connection {
  std::string url;        // scheme, host and port, no final slash
  std::string token;      // a secret
  http::Headers headers;  // of a proxy in front of Coder; their values are secrets, too
  std::string proxy;
  std::string ca_pem;  // empty: the system's, or what SSL_CERT_FILE names
};

// What the configuration says; empty: what the environment says.
struct ConnectionOptions {
  std::string url;    // CODER_URL
  std::string token;  // CODER_SESSION_TOKEN
  fs::path ca_file;
};

// Also reads CODER_HEADER (name=value, several separated by commas, in double quotes where a comma
// belongs to a value, as Coder's own command line takes it) and the usual proxy variables.
// kInvalid names what is missing or malformed and never quotes a secret. Plain http is for this
// very machine only: the token is all that a user is.
Result<Connection> ConnectionFrom(const ConnectionOptions& options, const Environment& environment);

// What the configuration says, else CODER_ORGANIZATION, else "default", which Coder takes for the
// default one. A name or an id.
std::string OrganizationOr(std::string configured, const Environment& environment);

// No request is made yet. `clock` must outlive the client.
Result<std::unique_ptr<CoderClient>> Connect(Connection connection, const Clock& clock);

}  // namespace ameide::coder
