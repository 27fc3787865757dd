#include "task/executor/dispatch.h"

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/executor/testing/sample_contract.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kInitialize[] =
    R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18",)"
    R"("capabilities":{},"clientInfo":{"name":"t","version":"1"}}})";

Dispatcher Fresh() { return Dispatcher(testing::SampleContract(), "1.2.3"); }

Dispatcher Ready() {
  Dispatcher dispatcher = Fresh();
  EXPECT_TRUE(dispatcher.Dispatch(kInitialize).reply.has_value());
  return dispatcher;
}

std::string CallLine(std::string_view tool, std::string_view arguments) {
  return StrCat(R"({"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":")", tool,
                R"(","arguments":)", arguments, "}}");
}

int64_t CodeOf(const Step& step) {
  int64_t code = 0;
  const Json* error = step.reply ? step.reply->Find("error") : nullptr;
  if (error != nullptr) error->Find("code")->GetInt64(&code);
  return code;
}

std::string ProblemOf(const Step& step) {
  const Json* result = step.reply ? step.reply->Find("result") : nullptr;
  if (result == nullptr || *result->Find("isError") != Json(true)) return "";
  return *result->Find("content")->AsArray()->front().Find("text")->AsString();
}

TEST(Dispatch, InitializeAgreesOnAVersion) {
  const std::pair<std::string_view, std::string_view> kCases[] = {{"2024-11-05", "2024-11-05"},
                                                                  {"2025-06-18", "2025-06-18"},
                                                                  {"2025-11-25", "2025-11-25"},
                                                                  {"2025-03-26", "2025-11-25"},
                                                                  {"1999-01-01", "2025-11-25"}};
  for (const auto& [wish, agreed] : kCases) {
    Dispatcher dispatcher = Fresh();
    const Step step = dispatcher.Dispatch(
        StrCat(R"({"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":")",
               wish, R"("}})"));
    EXPECT_EQ(
        step.reply->Dump(),
        StrCat(R"({"jsonrpc":"2.0","id":"i","result":{"protocolVersion":")", agreed,
               R"(","capabilities":{"tools":{"listChanged":false}},"serverInfo":{"name":"ameide",)",
               R"("title":"Ameide executor","version":"1.2.3"},"instructions":"The executor's )",
               R"(tools. Every call is checked against the task's contract."}})"));
  }
}

TEST(Dispatch, NothingButPingComesBeforeInitialize) {
  Dispatcher dispatcher = Fresh();
  EXPECT_EQ(dispatcher.Dispatch(R"({"jsonrpc":"2.0","id":1,"method":"ping"})").reply->Dump(),
            R"({"jsonrpc":"2.0","id":1,"result":{}})");
  EXPECT_EQ(CodeOf(dispatcher.Dispatch(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})")),
            kRpcInvalidRequest);
  const Step call = dispatcher.Dispatch(CallLine("fo.build", "{}"));
  EXPECT_EQ(CodeOf(call), kRpcInvalidRequest);
  EXPECT_FALSE(call.call.has_value());
  EXPECT_EQ(CodeOf(dispatcher.Dispatch(R"({"jsonrpc":"2.0","id":1,"method":"initialize"})")),
            kRpcInvalidParams);
  EXPECT_EQ(CodeOf(dispatcher.Dispatch(kInitialize)), 0);
  EXPECT_EQ(CodeOf(dispatcher.Dispatch(kInitialize)), kRpcInvalidRequest);
}

TEST(Dispatch, ListsTheContractsTools) {
  Dispatcher dispatcher = Ready();
  const Step step = dispatcher.Dispatch(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
  EXPECT_EQ(*step.reply->Find("result")->Find("tools"), McpTools(testing::SampleContract()));
  EXPECT_EQ(CodeOf(dispatcher.Dispatch(
                R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}})")),
            kRpcInvalidParams);
}

TEST(Dispatch, ProtocolMistakesAreErrors) {
  const std::pair<std::string, int> kCases[] = {
      {"{", kRpcParseError},
      {"[]", kRpcInvalidRequest},
      {R"({"jsonrpc":"2.0","id":1,"method":"resources/list"})", kRpcMethodNotFound},
      {R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})", kRpcInvalidParams},
      {R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":1}})", kRpcInvalidParams},
      {CallLine("fo.shell", "{}"), kRpcInvalidParams},
  };
  for (const auto& [line, code] : kCases) {
    Dispatcher dispatcher = Ready();
    const Step step = dispatcher.Dispatch(line);
    EXPECT_EQ(CodeOf(step), code) << line;
    EXPECT_FALSE(step.call.has_value()) << line;
  }
  Dispatcher dispatcher = Ready();
  EXPECT_EQ(CodeOf(dispatcher.Dispatch(std::nullopt)), kRpcParseError);
}

TEST(Dispatch, NotificationsAndResponsesGetNoAnswer) {
  Dispatcher dispatcher = Ready();
  for (const char* line :
       {"", "  ", R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
        R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"fo.build"}})",
        R"({"jsonrpc":"2.0","id":9,"result":{}})",
        R"({"jsonrpc":"2.0","method":"notifications/cancelled"})"}) {
    const Step step = dispatcher.Dispatch(line);
    EXPECT_FALSE(step.reply || step.call || step.refused || step.cancel) << line;
  }
  const Step cancel = dispatcher.Dispatch(
      R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"r"}})");
  EXPECT_EQ(cancel.cancel, Json("r"));
  EXPECT_FALSE(cancel.reply.has_value());
}

TEST(Dispatch, AGoodCallIsMadeInTheContractsForm) {
  Dispatcher dispatcher = Ready();
  const Step step = dispatcher.Dispatch(CallLine("fo.fs.read", R"({"path":"Metadata/a"})"));
  ASSERT_TRUE(step.call.has_value());
  EXPECT_FALSE(step.reply || step.refused);
  EXPECT_EQ(step.call->id, Json(5));
  EXPECT_EQ(step.call->tool.name, "fo.fs.read");
  EXPECT_EQ(step.call->arguments.Dump(), R"({"path":"Metadata/a"})");
  // No arguments at all is the empty object.
  EXPECT_TRUE(dispatcher
                  .Dispatch(R"({"jsonrpc":"2.0","id":1,"method":"tools/call",)"
                            R"("params":{"name":"fo.build"}})")
                  .call.has_value());
}

TEST(Dispatch, ABrokenContractIsForTheModelToMend) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {R"({})", "- arguments/path is missing; add it"},
      {R"({"path":"bin/x"})", "- arguments/path must match Metadata/.+"},
      {R"({"path":"Metadata/x","sudo":true})", "- arguments/sudo is unknown here"},
      {R"([1])", "- arguments must be an object, not a JSON array"},
      {R"(null)", "- arguments must be an object, not null"},
  };
  for (const auto& [arguments, shown] : kCases) {
    Dispatcher dispatcher = Ready();
    const Step step = dispatcher.Dispatch(CallLine("fo.fs.read", arguments));
    EXPECT_THAT(ProblemOf(step), HasSubstr(shown)) << arguments;
    EXPECT_THAT(ProblemOf(step), StartsWith("The call of fo.fs.read breaks the tool's contract:"));
    EXPECT_FALSE(step.call.has_value());
    ASSERT_TRUE(step.refused.has_value());
    EXPECT_EQ(step.refused->tool, "fo.fs.read");
    EXPECT_EQ(step.refused->arguments.Dump(), arguments);
    EXPECT_EQ(step.refused->reason, ProblemOf(step));
  }
}

TEST(Dispatch, WhatNeedsApprovalIsRefused) {
  Dispatcher dispatcher = Ready();
  const Step step = dispatcher.Dispatch(CallLine("fo.github.create_pr", "{}"));
  EXPECT_FALSE(step.call.has_value());
  EXPECT_TRUE(step.refused.has_value());
  EXPECT_THAT(ProblemOf(step), HasSubstr("needs a person's approval"));
}

TEST(Dispatch, UnknownToolsAreNamedWithoutTheirTricks) {
  Dispatcher dispatcher = Ready();
  const Step step = dispatcher.Dispatch(CallLine("x\\u001b[31m\\n", "{}"));
  ASSERT_TRUE(step.refused.has_value());
  EXPECT_EQ(step.refused->tool.find('\x1b'), std::string::npos);
  EXPECT_EQ(step.reply->Dump().find("u001b"), std::string::npos);
}

TEST(ToolResult, HasTextAndStructure) {
  EXPECT_EQ(ToolSuccess(Json::Object{{"a", 1}}, "op").Dump(),
            R"({"content":[{"type":"text","text":"{\"a\":1}"}],"structuredContent":{"a":1},)"
            R"("isError":false,"_meta":{"ameide.io/operation_id":"op"}})");
  EXPECT_EQ(ToolProblem("a\x1b[2Jb").Dump(),
            R"({"content":[{"type":"text","text":"ab"}],"isError":true})");
}

}  // namespace
}  // namespace ameide::task
