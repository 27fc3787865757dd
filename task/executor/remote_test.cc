#include "task/executor/remote.h"

#include "base/strings.h"
#include "base/testing/fake_clock.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/executor/testing/sample_contract.h"
#include "task/executor/testing/stub_executor.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Outcome = CallEnd::Outcome;

TEST(EndpointFromUrl, TakesHttpsAlone) {
  const struct {
    std::string_view url, origin, prefix;
  } kGood[] = {{"https://vm", "https://vm", ""},
               {"https://vm:8443/", "https://vm:8443", ""},
               {"https://10.250.0.4:8443/base/v9//", "https://10.250.0.4:8443", "/base/v9"},
               {"https://[::1]:1", "https://[::1]:1", ""}};
  for (const auto& one : kGood) {
    const auto endpoint = EndpointFromUrl(one.url);
    ASSERT_TRUE(endpoint.ok()) << one.url;
    EXPECT_EQ(endpoint->origin, one.origin);
    EXPECT_EQ(endpoint->prefix, one.prefix);
  }
  for (const char* url : {"", "http://127.0.0.1:1", "http://localhost", "HTTPS://vm", "vm:8443",
                          "https://u:fake@vm", "https://vm/?q", "https://vm/#f", "https://vm/a b",
                          "https://vm/../x", "https://vm/%2e", "unix:///x", "https://vm\n"}) {
    const auto endpoint = EndpointFromUrl(url);
    ASSERT_FALSE(endpoint.ok()) << url;
    EXPECT_EQ(endpoint.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(endpoint.error().ToString(), Not(HasSubstr("fake")));
  }
}

TEST(IsSessionId, IsFitForAPath) {
  for (const char* good : {"a", "A-1_z"}) EXPECT_TRUE(IsSessionId(good)) << good;
  for (const char* bad : {"", "a/b", "..", "a b", "a\n", "a%2f", "ü"}) {
    EXPECT_FALSE(IsSessionId(bad)) << bad;
  }
  EXPECT_FALSE(IsSessionId(std::string(129, 'a')));
}

struct RemoteTest : ::testing::Test {
  SessionRequest Wish(std::string task) const {
    return {.task_id = std::move(task),
            .key = {{"devbox", "vm-1"}, {"branch", "fo/agent/x"}},
            .lease = std::chrono::seconds(300),
            .ends_at = clock.Now() + std::chrono::hours(1)};
  }
  CallRequest Call(const char* tool, Json arguments) const {
    return {.task_id = "job-1",
            .session_id = "session-1",
            .operation_id = "op-1",
            .tool = *FindTool(contract, tool),
            .arguments = std::move(arguments),
            .timeout = Millis(1000)};
  }
  ExecutorContract contract = testing::SampleContract();
  ::ameide::testing::TempDir dir;
  ::ameide::testing::FakeClock clock;
  testing::StubExecutor stub{dir.path(), clock};
  testing::DirectClient client{stub};
  RemoteExecutor executor{client, {"https://vm", ""}};
};

TEST_F(RemoteTest, ASessionIsOneTasks) {
  EXPECT_EQ(*executor.Open(Wish("job-1"), {}), "session-1");
  // The same task again, as after a crash of its client.
  EXPECT_EQ(*executor.Open(Wish("job-1"), {}), "session-1");
  const auto other = executor.Open(Wish("job-2"), {});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(other.error().ToString(), HasSubstr("task job-1 has vm-1 fo/agent/x"));
  ASSERT_EQ(stub.sessions().size(), 1u);
  EXPECT_EQ(stub.sessions()[0].lease_seconds, 300);
  EXPECT_EQ(stub.sessions()[0].ends_at, "2026-01-02T04:04:05.000000Z");
  EXPECT_TRUE(executor.Renew("session-1", std::chrono::seconds(60), {}).ok());
  EXPECT_EQ(stub.sessions()[0].lease_seconds, 60);
  EXPECT_TRUE(executor.Close("session-1").ok());
  EXPECT_TRUE(executor.Close("session-1").ok()) << "gone is gone";
  EXPECT_EQ(executor.Renew("session-1", std::chrono::seconds(60), {}).error().kind,
            ErrorKind::kNotFound);
  EXPECT_EQ(*executor.Open(Wish("job-2"), {}), "session-2");
}

TEST_F(RemoteTest, AnOldLeaseIsFreeForOthers) {
  ASSERT_TRUE(executor.Open(Wish("job-1"), {}).ok());
  clock.Advance(std::chrono::seconds(301));
  EXPECT_EQ(*executor.Open(Wish("job-2"), {}), "session-2");
}

TEST_F(RemoteTest, AStrangeSessionIdIsRefused) {
  for (const char* body :
       {R"({"session_id":"a/../b"})", R"({"session_id":5})", "{}", "x", R"(["session_id"])"}) {
    stub.set_override([&](const http::Request&) { return http::Response{200, {}, body}; });
    const auto opened = executor.Open(Wish("job-1"), {});
    ASSERT_FALSE(opened.ok()) << body;
    EXPECT_THAT(opened.error().cause, HasSubstr("names no session")) << body;
  }
}

TEST_F(RemoteTest, ACallCarriesItsIds) {
  ASSERT_TRUE(executor.Open(Wish("job-1"), {}).ok());
  const CallEnd end = executor.Call(
      Call("fo.vs.create_table", Json::Object{{"table_spec", Json::Object{{"name", "T"}}}}), {});
  EXPECT_EQ(end.outcome, Outcome::kDone) << end.reason;
  EXPECT_EQ(end.result.Find("created_files")->Dump(), R"(["Metadata/T.xml"])");
  EXPECT_EQ(stub.calls().front().Dump(),
            R"({"task_id":"job-1","session_id":"session-1","operation_id":"op-1",)"
            R"("arguments":{"table_spec":{"name":"T"}}})");
}

TEST_F(RemoteTest, ALostConnectionIsTriedOnceMoreUnderTheSameId) {
  ASSERT_TRUE(executor.Open(Wish("job-1"), {}).ok());
  const CallRequest call =
      Call("fo.vs.create_table", Json::Object{{"table_spec", Json::Object{{"name", "T"}}}});
  client.Lose(1, /*after=*/true);
  EXPECT_EQ(executor.Call(call, {}).outcome, Outcome::kDone);
  EXPECT_EQ(stub.calls().size(), 2u);
  EXPECT_EQ(stub.done(), 1) << "the executor knows the operation";
  client.Lose(2, /*after=*/false);
  EXPECT_EQ(executor.Call(call, {}).outcome, Outcome::kUnknown);
  client.Lose(1, /*after=*/true, ErrorKind::kTimeout);
  EXPECT_EQ(executor.Call(call, {}).outcome, Outcome::kUnknown);
  EXPECT_EQ(stub.calls().size(), 3u) << "a call that took too long is not repeated";
}

}  // namespace
}  // namespace ameide::task
