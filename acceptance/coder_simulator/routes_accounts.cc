// Server, users and organizations (facts 1).
#include "acceptance/coder_simulator/objects.h"
#include "acceptance/coder_simulator/router.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

http::Reply BuildInfo(Site& site, const Call&) {
  return site.store.Read([](const State& state, WallTime) {
    const char* version = state.faults.On(Fault::kOldServer)   ? "v2.20.0+0000000"
                          : state.faults.On(Fault::kNewServer) ? "v2.37.0+0000000"
                                                               : "v2.34.1+0000000";
    return Answer(200, Json::Object{{"external_url", "https://example.invalid/release"},
                                    {"version", version},
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

const User* Named(const State& state, const Call& call) {
  return state.FindUser(call.arguments[0] == "me" ? call.user.name : call.arguments[0]);
}

http::Reply GetUser(Site& site, const Call& call) {
  return site.store.Read([&](const State& state, WallTime) {
    const User* user = Named(state, call);
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

http::Reply ListNothing(Site&, const Call&) { return Answer(200, Json::Array{}); }

http::Reply TokenConfig(Site&, const Call&) {
  return Answer(200, Json::Object{{"max_token_lifetime", int64_t{3'153'600'000'000'000'000}}});
}

http::Reply Scopes(Site&, const Call&) {
  return Answer(
      200, Json::Object{
               {"external",
                Json::Strings({"coder:workspaces.create", "coder:workspaces.operate",
                               "coder:workspaces.delete", "coder:workspaces.access",
                               "coder:templates.author", "coder:templates.build", "user:read"})}});
}

}  // namespace

std::vector<Route> AccountRoutes() {
  using enum Route::Caller;
  return {{"GET", "/buildinfo", BuildInfo, kAnybody},
          {"GET", "/auth/scopes", Scopes},
          {"GET", "/users/{}", GetUser},
          {"GET", "/users/{}/organizations", ListOrganizations},
          {"GET", "/users/{}/secrets", ListNothing},
          {"GET", "/users/{}/keys/tokens/tokenconfig", TokenConfig},
          {"GET", "/organizations", ListOrganizations},
          {"GET", "/organizations/{}", GetOrganization}};
}

}  // namespace ameide::simulator
