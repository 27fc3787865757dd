// The whole server over pipes, and over mutual TLS to a stub executor on loopback.
#include "task/executor/tool_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <future>

#include "base/http/server.h"
#include "base/http/testing/certificates.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/executor/testing/sample_contract.h"
#include "task/executor/testing/stub_executor.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kInitialize[] =
    R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})";

std::string CallLine(int id, std::string_view tool, std::string_view arguments) {
  return StrCat(R"({"jsonrpc":"2.0","id":)", id, R"(,"method":"tools/call","params":{"name":")",
                tool, R"(","arguments":)", arguments, "}}");
}

struct Pipe {
  Pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) std::abort();
    read.Reset(fds[0]);
    write.Reset(fds[1]);
  }
  UniqueFd read;
  UniqueFd write;
};

struct ToolServerTest : ::testing::Test {
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }
  // The client's side: what a test says and hears.
  void Start(std::function<void(ToolSettings&)> change = nullptr) {
    ToolSettings settings = Settings();
    if (change) change(settings);
    ended = std::async(std::launch::async, [this, settings = std::move(settings)] {
      const Status status = ServeTools(settings, "1", {input.read.get(), output.write.get()}, clock,
                                       log, stop.get_token());
      output.write.Reset();
      return status;
    });
  }
  ToolSettings Settings() const {
    ToolSettings settings;
    settings.contract = testing::SampleContract();
    settings.endpoint = *EndpointFromUrl(server->origin());
    settings.client.origin = server->origin();
    settings.client.server_name = "executor.example.com";
    settings.client.ca_pem = authority.pem();
    settings.client.client_certificate_pem = own.certificate_pem;
    settings.client.client_key_pem = own.key_pem;
    settings.client.max_body = kMaxExecutorAnswer;
    settings.session = {.task_id = "job-1",
                        .key = {{"devbox", "vm"}, {"branch", "b"}},
                        .lease = {},
                        .ends_at = clock.Now() + std::chrono::hours(1)};
    settings.audit = dir.path() / "audit.jsonl";
    return settings;
  }
  void Say(std::string_view line) {
    ASSERT_TRUE(WriteAll(input.write.get(), StrCat(line, "\n"), "pipe").ok());
  }
  Json Hear() {
    std::string line;
    char c = 0;
    while (::read(output.read.get(), &c, 1) == 1 && c != '\n') line += c;
    const auto json = ParseJson(line);
    EXPECT_TRUE(json.ok()) << line;
    return json.ok() ? *json : Json();
  }
  Status End() {
    input.write.Reset();
    return ended.get();
  }
  std::vector<std::string> Audited(std::string_view member) const {
    std::vector<std::string> all;
    const std::string text = *ReadFile(dir.path() / "audit.jsonl", 1 << 20);
    for (const std::string_view line : StrSplit(text, '\n')) {
      if (line.empty()) continue;
      const Json entry = *ParseJson(line);
      const Json* value = entry.Find(member);
      all.push_back(value == nullptr ? "" : *value->AsString());
    }
    return all;
  }

  ::ameide::testing::TempDir dir;
  SystemClock clock;
  Log log = Log::Silent(clock);
  http::testing::TestAuthority authority;
  http::testing::TestCertificate own = authority.Issue({.common_name = "task"});
  http::testing::TestCertificate its = authority.Issue({.names = {"executor.example.com"}});
  testing::StubExecutor stub{dir.path() / "machine", clock};
  std::unique_ptr<http::Server> server =
      std::move(http::StartServer({.certificate_pem = its.certificate_pem,
                                   .key_pem = its.key_pem,
                                   .client_ca_pem = authority.pem()},
                                  [this](const http::Request& request) {
                                    return http::Reply{stub.Answer(request), {}};
                                  }))
          .value();
  Pipe input;
  Pipe output;
  std::stop_source stop;
  std::future<Status> ended;
};

TEST_F(ToolServerTest, CallsToolsOverMutualTlsAndAuditsThem) {
  ASSERT_TRUE(MakeDirectories(dir.path() / "machine/Metadata").ok());
  Start();
  Say(kInitialize);
  EXPECT_NE(Hear().Find("result"), nullptr);
  Say(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  Say(CallLine(1, "fo.vs.create_table", R"({"table_spec":{"name":"Orders"}})"));
  Json made = Hear();
  EXPECT_EQ(*made.Find("id"), Json(1));
  EXPECT_EQ(made.Find("result")->Find("structuredContent")->Find("created_files")->Dump(),
            R"(["Metadata/Orders.xml"])");
  Say(CallLine(2, "fo.fs.read", R"({"path":"Metadata/Orders.xml"})"));
  EXPECT_THAT(Hear().Dump(), HasSubstr("<AxTable>Orders</AxTable>"));
  Say(CallLine(3, "fo.fs.read", R"({"path":"../etc/passwd"})"));
  EXPECT_THAT(Hear().Dump(), HasSubstr("breaks the tool's contract"));
  EXPECT_EQ(stub.sessions().size(), 1u);
  EXPECT_TRUE(End().ok());
  EXPECT_THAT(stub.sessions(), IsEmpty()) << "the session was closed";
  EXPECT_EQ(stub.calls().size(), 2u) << "a refused call does not leave";
  EXPECT_THAT(Audited("outcome"), ElementsAre("begun", "done", "begun", "done", "refused"));
  EXPECT_THAT(Audited("session_id"), ::testing::Each("session-1"));
  const auto operations = Audited("operation_id");
  EXPECT_EQ(std::set<std::string>(operations.begin(), operations.end()).size(), 3u);
  EXPECT_EQ(*stub.calls()[0].Find("operation_id")->AsString(), operations[0]);
}

TEST_F(ToolServerTest, WhatWasAskedBeforeTheEndIsAnswered) {
  Say(kInitialize);
  Say(CallLine(1, "fo.fs.read", R"({"path":"Metadata/none"})"));
  Say(CallLine(2, "fo.fs.read", R"({"path":"Metadata/none"})"));
  input.write.Reset();
  Start();
  EXPECT_EQ(*Hear().Find("id"), Json(0));
  EXPECT_EQ(*Hear().Find("id"), Json(1));
  EXPECT_EQ(*Hear().Find("id"), Json(2));
  EXPECT_TRUE(ended.get().ok());
}

TEST_F(ToolServerTest, ATakenBranchIsAClearError) {
  Start();
  Say(kInitialize);
  Hear();
  ToolSettings second = Settings();
  second.session.task_id = "job-2";
  const Status refused = ServeTools(second, "1", {-1, -1}, clock, log, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error().ToString(), HasSubstr("task job-1 has vm b"));
  EXPECT_TRUE(End().ok());
}

TEST_F(ToolServerTest, OnlyTheRightServerAndTheRightClientSpeak) {
  const http::testing::TestAuthority other;
  const auto stranger = other.Issue();
  const std::pair<const char*, std::function<void(ToolSettings&)>> kCases[] = {
      {"another server name",
       [](ToolSettings& s) { s.client.server_name = "executor2.example.com"; }},
      {"an authority that did not sign it",
       [&](ToolSettings& s) { s.client.ca_pem = other.pem(); }},
      {"a client that the server does not know",
       [&](ToolSettings& s) {
         s.client.client_certificate_pem = stranger.certificate_pem;
         s.client.client_key_pem = stranger.key_pem;
       }},
  };
  input.write.Reset();  // a server that did start would end at once
  for (const auto& [what, change] : kCases) {
    ToolSettings settings = Settings();
    change(settings);
    const Status status =
        ServeTools(settings, "1", {input.read.get(), output.write.get()}, clock, log, {});
    ASSERT_FALSE(status.ok()) << what;
    EXPECT_EQ(status.error().kind, ErrorKind::kUnavailable) << status.error().ToString();
  }
  EXPECT_EQ(stub.opened(), 0);
}

// Answers calls only when let; says when one has arrived.
struct Gate {
  testing::StubExecutor::Override Override() {
    return [this](const http::Request& request) -> std::optional<http::Response> {
      if (!request.target.starts_with("/v1/tools/")) return std::nullopt;
      arrived.set_value();
      open.get_future().wait();
      return http::Response{500, {}, ""};
    };
  }
  std::promise<void> arrived;
  std::promise<void> open;
};

TEST_F(ToolServerTest, APingIsAnsweredWhileACallIsUnderWay) {
  Gate gate;
  stub.set_override(gate.Override());
  Start();
  Say(kInitialize);
  Hear();
  Say(CallLine(1, "fo.build", "{}"));
  gate.arrived.get_future().wait();
  Say(R"({"jsonrpc":"2.0","id":"p","method":"ping"})");
  EXPECT_EQ(*Hear().Find("id"), Json("p"));
  gate.open.set_value();
  EXPECT_EQ(*Hear().Find("id"), Json(1));
  EXPECT_TRUE(End().ok());
}

TEST_F(ToolServerTest, ACancelledCallGetsNoAnswer) {
  Gate gate;
  stub.set_override(gate.Override());
  Start();
  Say(kInitialize);
  Hear();
  Say(CallLine(1, "fo.build", "{}"));
  gate.arrived.get_future().wait();
  Say(CallLine(2, "fo.build", "{}"));
  for (const int id : {2, 1}) {  // or the second one would begin meanwhile
    Say(StrCat(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)", id,
               "}}"));
  }
  Say(R"({"jsonrpc":"2.0","id":"p","method":"ping"})");
  EXPECT_EQ(*Hear().Find("id"), Json("p"));
  EXPECT_TRUE(End().ok());
  char c = 0;
  EXPECT_EQ(::read(output.read.get(), &c, 1), 0) << "nothing more was said";
  EXPECT_THAT(Audited("outcome"), ElementsAre("begun", "cancelled"));
  gate.open.set_value();
}

TEST_F(ToolServerTest, AStopEndsTheCallAndTheSession) {
  Gate gate;
  stub.set_override(gate.Override());
  Start();
  Say(kInitialize);
  Hear();
  Say(CallLine(1, "fo.build", "{}"));
  gate.arrived.get_future().wait();
  stop.request_stop();
  EXPECT_TRUE(ended.get().ok());
  EXPECT_EQ(stub.closed(), 1);
  EXPECT_THAT(Audited("outcome"), ElementsAre("begun", "cancelled"));
  gate.open.set_value();
}

TEST_F(ToolServerTest, RedirectsAndFloodsFromTheExecutorAreFailures) {
  int turn = 0;
  stub.set_override([&](const http::Request& request) -> std::optional<http::Response> {
    if (!request.target.starts_with("/v1/tools/")) return std::nullopt;
    if (++turn == 1) return http::Response{307, {{"Location", "https://elsewhere/"}}, ""};
    return http::Response{200, {}, std::string(kMaxExecutorAnswer + 1, ' ')};
  });
  Start();
  Say(kInitialize);
  Hear();
  Say(CallLine(1, "fo.build", "{}"));
  EXPECT_THAT(Hear().Dump(), HasSubstr("a redirect, which is never followed"));
  Say(CallLine(2, "fo.build", "{}"));
  EXPECT_THAT(Hear().Dump(), HasSubstr("\"isError\":true"));
  EXPECT_TRUE(End().ok());
  EXPECT_EQ(turn, 2);
}

TEST_F(ToolServerTest, NoCallsWithoutAnAudit) {
  Start();
  Say(kInitialize);
  Hear();
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit nothing{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &nothing), 0);
  Say(CallLine(1, "fo.fs.read", R"({"path":"Metadata/x"})"));
  const std::string first = Hear().Dump();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_THAT(first, HasSubstr("The audit cannot be written"));
  Say(CallLine(2, "fo.fs.read", R"({"path":"Metadata/x"})"));
  EXPECT_THAT(Hear().Dump(), HasSubstr("The audit cannot be written")) << "for good";
  EXPECT_TRUE(End().ok());
  EXPECT_THAT(stub.calls(), IsEmpty());
}

TEST_F(ToolServerTest, AnAuditThatIsNoFileIsNoStart) {
  ASSERT_EQ(::mkfifo((dir.path() / "audit.jsonl").c_str(), 0600), 0);
  Start();
  const Status status = ended.get();
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().ToString(), HasSubstr("it is no regular file"));
  EXPECT_EQ(stub.closed(), 1);
}

TEST_F(ToolServerTest, WithoutASessionThereIsNoAudit) {
  stub.set_override([](const http::Request&) { return http::Response{503, {}, ""}; });
  Start();
  EXPECT_FALSE(ended.get().ok());
  EXPECT_FALSE(Exists(dir.path() / "audit.jsonl"));
}

TEST_F(ToolServerTest, CallsAreCountedForTheTaskAndOnlyWhenMade) {
  ASSERT_TRUE(MakeDirectories(dir.path() / "machine").ok());
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "machine/build.sh", "").ok());
  for (const std::string_view end : {"\"isError\":false", "are used up"}) {
    Pipe to;
    Pipe from;
    std::swap(input, to);
    std::swap(output, from);
    Start();
    Say(kInitialize);
    Hear();
    Say(CallLine(1, "fo.build", R"({"x":1})"));
    EXPECT_THAT(Hear().Dump(), HasSubstr("breaks the tool's contract"));
    for (int id = 2; id < 4; ++id) {
      Say(CallLine(id, "fo.build", "{}"));
      EXPECT_THAT(Hear().Dump(), HasSubstr(end));
    }
    Say(CallLine(4, "fo.fs.read", R"({"path":"Metadata/x"})"));
    EXPECT_THAT(Hear().Dump(), HasSubstr("no such file")) << "each tool has a count of its own";
    EXPECT_TRUE(End().ok());
  }
}

TEST_F(ToolServerTest, NobodyReadingIsAnEnd) {
  output.read.Reset();
  Start();
  Say(kInitialize);
  const Status status = ended.get();
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().ToString(), HasSubstr("nobody reads it"));
  EXPECT_EQ(stub.closed(), 1);
}

}  // namespace
}  // namespace ameide::task
