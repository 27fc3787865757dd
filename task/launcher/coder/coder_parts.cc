#include "task/launcher/coder/coder_parts.h"

#include "base/strings.h"
#include "task/launcher/coder/coder_backend.h"
#include "task/launcher/coder/coder_publisher.h"

namespace ameide::task {
namespace {

// A checked URL's host and port make a plain folder name; no '/' can be in it.
std::string HostOf(const std::string& url) { return url.substr(url.find("://") + 3); }

}  // namespace

Result<CoderParts> MakeCoderParts(const coder::ConnectionOptions& connection,
                                  CoderSettings settings, const fs::path& state,
                                  const Environment& environment, const Clock& clock) {
  AMEIDE_ASSIGN_OR_RETURN(const coder::Connection checked,
                          coder::ConnectionFrom(connection, environment));
  settings.organization = coder::OrganizationOr(std::move(settings.organization), environment);
  AMEIDE_ASSIGN_OR_RETURN(auto client, coder::Connect(checked, clock));
  const auto session =
      std::make_shared<CoderSession>(std::move(client), std::move(settings), clock);
  const fs::path folder = fs::absolute(state) / "coder" / HostOf(checked.url);
  return CoderParts{MakeCoderBackend(session, folder), MakeCoderPublisher(session, folder),
                    folder / "records"};
}

}  // namespace ameide::task
