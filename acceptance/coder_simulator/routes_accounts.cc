// Server, users and organizations (facts 1).
#include "acceptance/coder_simulator/objects.h"
#include "acceptance/coder_simulator/router.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

http::Reply BuildInfo(Site& site, const Call&) {
  return site.store.Read([](const State& state, WallTime) {
    return Answer(200, Json::Object{{"external_url", "https://example.invalid/release"},
                                    {"version", VersionOf(state) + "+0000000"},
                                    {"dashboard_url", state.access_url},
                                    {"telemetry", false},
                                    {"workspace_proxy", false},
                                    {"agent_api_version", "2.10"},
                                    {"provisioner_api_version", "1.20"},
                                    {"upgrade_message", ""},
                                    {"deployment_id", state.organization_id},
                                    {"webpush_public_key", ""}});
  });
}

http::Reply GetUser(Site& site, const Call& call) {
  return site.store.Read([&](const State& state, WallTime) {
    const User* user = NamedUser(state, call, call.arguments[0]);
    return user == nullptr ? NotFound() : Answer(200, UserJson(state, *user));
  });
}

http::Reply ListOrganizations(Site& site, const Call&) {
  return site.store.Read([&](const State& state, WallTime) {
    return Answer(200, Json::Array{OrganizationJson(state)});
  });
}

http::Reply GetOrganization(Site& site, const Call&) {
  return site.store.Read(
      [](const State& state, WallTime) { return Answer(200, OrganizationJson(state)); });
}

}  // namespace

std::vector<Route> AccountRoutes() {
  using enum Route::Caller;
  return {{"GET", "/buildinfo", BuildInfo, kAnybody},
          {"GET", "/users/{}", GetUser},
          {"GET", "/users/{}/organizations", ListOrganizations},
          {"GET", "/organizations", ListOrganizations},
          {"GET", "/organizations/{}", GetOrganization}};
}

}  // namespace ameide::simulator
