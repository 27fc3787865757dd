// From a request to the function that answers it: authentication, rate limit and what clients must
// not do come first (facts 1 and 13).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/answers.h"
#include "acceptance/coder_simulator/store.h"
#include "base/http/server.h"

namespace ameide::simulator {

class Workshop;

// What every route works with. Thread-safe, as its parts are.
struct Site {
  Store& store;
  Workshop& workshop;
  RequestLog& requests;
};

// One request on its way.
struct Call {
  const http::Request& request;
  const http::Target& target;
  std::vector<std::string> arguments;  // what stood in the pattern's braces, decoded
  User user;                           // who asks; of an agent route, the workspace's owner
  std::string agent_id;                // who asks, on agent routes

  std::string Query(std::string_view name) const;
  // A whole number from 0, which it is without that name; nothing for anything else.
  std::optional<int64_t> Number(std::string_view name) const;
  // The body, or an empty object without one.
  Json Body() const;
};

struct Route {
  enum class Caller { kAnybody, kUser, kTemplateAdmin, kAgent };
  std::string method;
  std::string pattern;  // below /api/v2: "/workspaces/{}/builds"
  http::Reply (*handle)(Site& site, const Call& call);
  Caller caller = Caller::kUser;
  bool raw_body = false;  // what it takes is no JSON
};

std::vector<Route> AccountRoutes();
std::vector<Route> FileRoutes();
std::vector<Route> TemplateRoutes();
std::vector<Route> VersionRoutes();
std::vector<Route> WorkspaceRoutes();
std::vector<Route> BuildRoutes();
std::vector<Route> AgentRoutes();
std::vector<Route> StreamRoutes();

// "/@owner/workspace.agent/apps/slug/path"; not below /api/v2.
http::Reply ServeApp(Site& site, const Call& call);

class Router {
 public:
  explicit Router(Site site);
  http::Reply Handle(const http::Request& request);

 private:
  http::Reply Dispatch(const http::Request& request, RequestRecord* record);
  http::Reply HandleApi(const http::Request& request, const http::Target& target);
  http::Reply Serve(const Route& route, Call call);

  Site site_;
  std::vector<Route> routes_;
};

// {user} of a path: a name, an id or "me". Null when there is none.
const User* NamedUser(const State& state, const Call& call, const std::string& name);
// The part of a list that `limit` and `offset` ask for.
http::Reply AnswerPage(const Call& call, const Json::Array& all);
http::Reply BadNumber();

// Null when the member is absent or has another type.
const std::string* TextOf(const Json& object, std::string_view name);
const bool* BoolOf(const Json& object, std::string_view name);

}  // namespace ameide::simulator
