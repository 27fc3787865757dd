#include "task/executor/rpc.h"

#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

TEST(Rpc, ReadsWhatIsAMessage) {
  using Kind = RpcMessage::Kind;
  const struct {
    std::string_view line;
    Kind kind;
    std::string_view id, method, params;
  } kCases[] = {
      {R"({"jsonrpc":"2.0","id":1,"method":"ping"})", Kind::kRequest, "1", "ping", "{}"},
      {R"({"jsonrpc":"2.0","id":"a","method":"m","params":{"x":[1]}})", Kind::kRequest, R"("a")",
       "m", R"({"x":[1]})"},
      {R"({"jsonrpc":"2.0","method":"n"})", Kind::kNotification, "null", "n", "{}"},
      {R"({"jsonrpc":"2.0","id":7,"result":{}})", Kind::kResponse, "null", "", "{}"},
      {R"({"jsonrpc":"2.0","id":7,"error":{"code":1}})", Kind::kResponse, "null", "", "{}"},
      // Members that we do not know are for others.
      {R"({"jsonrpc":"2.0","id":-3,"method":"m","extra":1})", Kind::kRequest, "-3", "m", "{}"},
  };
  for (const auto& one : kCases) {
    const RpcLine read = ReadRpc(one.line);
    ASSERT_TRUE(read.message.has_value()) << one.line;
    EXPECT_FALSE(read.error.has_value()) << one.line;
    EXPECT_EQ(read.message->kind, one.kind) << one.line;
    EXPECT_EQ(read.message->id.Dump(), one.id);
    EXPECT_EQ(read.message->method, one.method);
    EXPECT_EQ(read.message->params.Dump(), one.params);
  }
}

TEST(Rpc, EveryMistakeHasItsCodeAndKeepsTheId) {
  const struct {
    std::string line;
    int code;
    std::string_view id;
  } kCases[] = {
      {"{", kRpcParseError, "null"},
      {"not json", kRpcParseError, "null"},
      {"\xff\xfe", kRpcParseError, "null"},
      {R"({"jsonrpc":"2.0","id":1,"id":2,"method":"m"})", kRpcParseError, "null"},
      {StrCat(R"({"jsonrpc":"2.0","id":1,"method":"m","params":)", std::string(40, '['),
              std::string(40, ']'), "}"),
       kRpcParseError, "null"},
      {"[]", kRpcInvalidRequest, "null"},
      {R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])", kRpcInvalidRequest, "null"},
      {"3", kRpcInvalidRequest, "null"},
      {R"({"id":1,"method":"m"})", kRpcInvalidRequest, "1"},
      {R"({"jsonrpc":"1.0","id":1,"method":"m"})", kRpcInvalidRequest, "1"},
      {R"({"jsonrpc":2.0,"id":1,"method":"m"})", kRpcInvalidRequest, "1"},
      {R"({"jsonrpc":"2.0","id":1})", kRpcInvalidRequest, "1"},
      {R"({"jsonrpc":"2.0","id":1,"method":5})", kRpcInvalidRequest, "1"},
      {R"({"jsonrpc":"2.0","id":null,"method":"m"})", kRpcInvalidRequest, "null"},
      {R"({"jsonrpc":"2.0","id":1.5,"method":"m"})", kRpcInvalidRequest, "null"},
      {R"({"jsonrpc":"2.0","id":{},"method":"m"})", kRpcInvalidRequest, "null"},
      {R"({"jsonrpc":"2.0","id":"x","method":"m","params":[1]})", kRpcInvalidParams, R"("x")"},
      {R"({"jsonrpc":"2.0","id":"x","method":"m","params":null})", kRpcInvalidParams, R"("x")"},
  };
  for (const auto& one : kCases) {
    const RpcLine read = ReadRpc(one.line);
    ASSERT_TRUE(read.error.has_value()) << one.line;
    EXPECT_FALSE(read.message.has_value()) << one.line;
    EXPECT_EQ(read.error->code, one.code) << one.line;
    EXPECT_EQ(read.error->id.Dump(), one.id) << one.line;
    EXPECT_FALSE(read.error->message.empty()) << one.line;
  }
}

TEST(Rpc, WritesResultsAndFailures) {
  EXPECT_EQ(RpcResult("a", Json::Object{}).Dump(), R"({"jsonrpc":"2.0","id":"a","result":{}})");
  EXPECT_EQ(RpcFailure({Json(), kRpcParseError, "no\nJSON"}).Dump(),
            R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no\nJSON"}})");
}

}  // namespace
}  // namespace ameide::task
