// One knob of the simulator in a test.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/testing/world.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::simulator::testing {

inline constexpr char kWorkspaces[] = "/users/me/workspaces";

// One knob, turned when the test says so.
class Knob : public World {
 public:
  explicit Knob(std::vector<const char*> knobs) : knobs_(std::move(knobs)) {}

  void Turn() {
    for (const char* knob : knobs_) ASSERT_TRUE(server().Turn(knob).ok()) << knob;
  }
  void Pace(const std::function<void(simulator::Pace&)>& change) {
    server().store().Update([&](State& state, WallTime) { change(state.pace); });
  }
  // What creating answers with the knob, and afterwards.
  void Creating(int status, int then = 201) {
    const Json body = CreateBody("t-1", "exit 0");
    Turn();
    EXPECT_EQ(Call("POST", kWorkspaces, body).status, status);
    EXPECT_EQ(Call("POST", kWorkspaces, body).status, then);
  }
  // A path app that answers "12345678": what comes with the knob, and afterwards.
  void AskingTheApp(int status, std::string_view text) {
    Start(kTellPort);
    const auto inside = ServeInside([](const http::Request&) -> http::Reply {
      return {.response = {.status = 200, .headers = {}, .body = "12345678"}, .web_socket = {}};
    });
    EXPECT_EQ(Send({.target = App("/x")}).text, "12345678");
    Turn();
    const Reply reply = Send({.target = App("/x")});
    EXPECT_EQ(reply.status, status);
    EXPECT_THAT(reply.text, ::testing::HasSubstr(text));
    EXPECT_THAT(reply.text, ::testing::Not(::testing::HasSubstr("5678")));
  }
  // The path of a build that runs for an hour and that this user may cancel.
  std::string LongBuild() {
    const Json body = CreateBody("t-1", "exit 0");
    server().store().Update([](State& state, WallTime) {
      state.pace.work = std::chrono::hours(1);
      state.users[0].site_owner = true;
    });
    const std::string path = "/workspaces/" + Call("POST", kWorkspaces, body).Text("id");
    return "/workspacebuilds/" +
           Until(path, "latest_build.status", {"starting"}).Text("latest_build.id");
  }
  // Another workspace runs: the server had the time to do what it does not do.
  void SeeAnotherOneRun() {
    Until("/workspaces/" + Create("t-2", "exit 0"), "latest_build.status", {"running"});
  }
  Reply UntilGone() {
    return Until(path() + "?include_deleted=true", "latest_build.status", {"deleted"});
  }
  std::string OfAgent(std::string_view member) { return Get(path()).Text(StrCat(kAgent, member)); }

 private:
  std::vector<const char*> knobs_;
};

struct KnobRow {
  Fault fault;
  std::vector<const char*> knobs;  // its own first, then those without which it shows nothing
  std::function<void(Knob&)> check;
};

inline void PrintTo(const KnobRow& row, std::ostream* out) { *out << row.knobs[0]; }

std::vector<KnobRow> KnobsOfBuildsAndAgents();  // knobs_of_builds_test.cc

}  // namespace ameide::simulator::testing
