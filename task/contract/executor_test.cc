#include "task/contract/executor.h"

#include "base/strings.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile.h"

namespace ameide::task {
namespace {

ExecutorContract Contract() {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    if (builtin.name == "external-executor") {
      return *ProfileFromYaml(builtin.yaml, "f").value->contract.executor;
    }
  }
  return {};
}

std::string Show(const Problems& problems) {
  std::string out;
  for (const Problem& problem : problems)
    StrAppend(&out, problem.pointer, ": ", problem.message, "\n");
  return out;
}

Json Parsed(std::string_view text) { return ParseJson(text).value(); }

// One argument of each type.
ExecutorTool EveryType() {
  const auto argument = [](std::string name, ExecutorArgument::Type type) {
    ExecutorArgument one;
    one.name = std::move(name);
    one.type = type;
    one.description = "d";
    return one;
  };
  using Type = ExecutorArgument::Type;
  ExecutorTool tool;
  tool.name = "x.y";
  tool.description = "d";
  tool.policy = ExecutorTool::Policy::kReadOnly;
  tool.timeout = std::chrono::seconds(1);
  tool.max_calls = 1;
  tool.arguments = {argument("text", Type::kString),     argument("count", Type::kInteger),
                    argument("yes", Type::kBoolean),     argument("word", Type::kEnum),
                    argument("list", Type::kStringList), argument("object", Type::kObject)};
  tool.arguments[0].required = true;
  tool.arguments[0].pattern = "[a-zé]+";
  tool.arguments[0].max_length = 3;
  tool.arguments[3].values = {"one", "two"};
  tool.arguments[4].pattern = "a.*";
  tool.arguments[4].max_items = 2;
  tool.arguments[5].max_length = 8;
  return tool;
}

TEST(Executor, SurvivesARoundTrip) {
  ExecutorContract contract = Contract();
  contract.tools.push_back(EveryType());
  const auto read = ExecutorContractFromJson(Parsed(ToJson(contract).Dump()));
  ASSERT_TRUE(read.ok()) << Show(read.problems);
  EXPECT_EQ(*read.value, contract);
}

TEST(Executor, EveryMistakeIsNamedAtOnce) {
  Json json = ToJson(Contract());
  json.Set("lease", "1s");
  json.Set("port", 1);
  json.Set("session_key", Json::Array{"planet"});
  json.Set("tools", Json::Array{Json::Object{{"name", "Shell"}}});
  EXPECT_EQ(Show(ExecutorContractFromJson(json, "/executor").problems),
            "/executor/session_key/0: must be one of devbox, branch, user\n"
            "/executor/lease: must be whole seconds and at least 30s\n"
            "/executor/tools/0/name: must be a tool's name, like fo.build: words of a-z, 0-9 and "
            "'_' with dots between\n"
            "/executor/tools/0/description: is missing; add it\n"
            "/executor/tools/0/policy: is missing; add it\n"
            "/executor/tools/0/timeout: is missing; add it\n"
            "/executor/tools/0/max_calls: is missing; add it\n"
            "/executor/tools/0/arguments: is missing; add it\n"
            "/executor/tools/0/results: is missing; add it\n"
            "/executor/port: is unknown here; remove it or use one of endpoint_env, server_name, "
            "server_ca, client_certificate, client_key, session_key, lease, tools\n");
  for (const Json& other : {Json(), Json("x"), Json(Json::Array{})}) {
    EXPECT_FALSE(ExecutorContractFromJson(other).ok());
  }
}

TEST(Executor, ALimitOfAnotherTypeIsRefused) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {R"({"name":"a","type":"integer","description":"d","pattern":"x"})",
       "/pattern: is for string and string_list; remove it\n"},
      {R"({"name":"a","type":"boolean","description":"d","max_length":9})",
       "/max_length: is for string, string_list and object; remove it\n"},
      {R"({"name":"a","type":"string","description":"d","max_items":9})",
       "/max_items: is for string_list; remove it\n"},
      {R"({"name":"a","type":"string","description":"d","values":["b"]})",
       "/values: is for enum; remove it\n"},
      {R"({"name":"a","type":"enum","description":"d"})",
       "/values: is missing; an enum needs its words\n"},
  };
  for (const auto& [argument, shown] : kCases) {
    Json tool = *ToJson(Contract()).Find("tools")->AsArray()->begin();
    tool.Set("arguments", Json::Array{Parsed(argument)});
    Json json = ToJson(Contract());
    json.Set("tools", Json::Array{tool});
    EXPECT_EQ(Show(ExecutorContractFromJson(json).problems), StrCat("/tools/0/arguments/0", shown));
  }
}

TEST(ExecutorCall, GoodCallsComeBackInTheContractsOrder) {
  const auto call = CheckCall(
      EveryType(),
      Parsed(
          R"({"object":{"a":1},"list":["a","ab"],"word":"two","yes":true,"count":-3,"text":"éa"})"));
  ASSERT_TRUE(call.ok()) << Show(call.problems);
  EXPECT_EQ(
      call.value->Dump(),
      R"({"text":"éa","count":-3,"yes":true,"word":"two","list":["a","ab"],"object":{"a":1}})");
  EXPECT_TRUE(CheckCall(EveryType(), Parsed(R"({"text":"a"})")).ok());
}

TEST(ExecutorCall, EveryProblemHasItsPlace) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {R"([])", ": must be an object, not a JSON array\n"},
      {R"({})", "/text: is missing; add it\n"},
      {R"({"text":1,"count":1.5,"yes":"true","word":"three","list":"a","object":[]})",
       "/text: must be a string, not a JSON number\n"
       "/count: must be a whole number from -9223372036854775808 to 9223372036854775807, not 1.5\n"
       "/yes: must be a boolean, not a JSON string\n"
       "/word: must be one of one, two\n"
       "/list: must be an array, not a JSON string\n"
       "/object: must be an object, not a JSON array\n"},
      {R"({"text":"abcd"})", "/text: must have at most 3 characters\n"},
      {R"({"text":"a\u0000"})", "/text: must not hold a NUL character\n"},
      {R"({"text":"A"})", "/text: must match [a-zé]+\n"},
      {R"({"text":"a\nb"})", "/text: must match [a-zé]+\n"},
      {R"({"text":"a","list":["a","b",1]})", "/list/2: must be a string, not a JSON number\n"},
      {R"({"text":"a","list":["a","b"]})", "/list/1: must match a.*\n"},
      {R"({"text":"a","list":["a","a","a"]})", "/list: must have at most 2 items\n"},
      {R"({"text":"a","object":{"abc":1}})", "/object: must have at most 8 bytes as JSON\n"},
      {R"({"text":"a","sudo":true,"command":"rm"})",
       "/sudo: is unknown here; remove it or use one of text, count, yes, word, list, object\n"
       "/command: is unknown here; remove it or use one of text, count, yes, word, list, object\n"},
  };
  for (const auto& [arguments, shown] : kCases) {
    EXPECT_EQ(Show(CheckCall(EveryType(), Parsed(arguments)).problems), shown) << arguments;
  }
}

TEST(ExecutorCall, StagingStaysInItsFolders) {
  const ExecutorContract contract = Contract();
  const ExecutorTool* commit = FindTool(contract, "fo.git.commit_push");
  ASSERT_NE(commit, nullptr);
  const auto call = [&](std::string_view path) {
    return CheckCall(*commit, Json::Object{{"session_id", "s-1"},
                                           {"message", "m"},
                                           {"paths_allowlist", Json::Array{Json(path)}}});
  };
  EXPECT_TRUE(call("Metadata/A/x.xml").ok());
  EXPECT_TRUE(call("Projects/p.rnrproj").ok());
  for (const std::string_view path : {"bin/x.dll", "XppMetadata/x", "xMetadata/x", "Metadata"}) {
    EXPECT_FALSE(call(path).ok()) << path;
  }
  EXPECT_EQ(FindTool(contract, "fo.shell"), nullptr);
}

TEST(ExecutorCall, McpListsTheToolsWithTheirSchemas) {
  ExecutorContract contract = Contract();
  EXPECT_EQ(McpTools(contract).AsArray()->size(), contract.tools.size());
  contract.tools = {EveryType()};
  EXPECT_EQ(
      McpTools(contract).Dump(),
      R"([{"name":"x.y","description":"d","inputSchema":{)"
      R"("$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{)"
      R"("text":{"type":"string","maxLength":3,"pattern":"^(?:[a-zé]+)$","description":"d"},)"
      R"("count":{"type":"integer","description":"d"},"yes":{"type":"boolean","description":"d"},)"
      R"("word":{"type":"string","enum":["one","two"],"description":"d"},)"
      R"("list":{"type":"array","items":{"type":"string","maxLength":4096,"pattern":"^(?:a.*)$"},)"
      R"("maxItems":2,"description":"d"},"object":{"type":"object","description":"d"}},)"
      R"("required":["text"],"additionalProperties":false},"annotations":{"readOnlyHint":true}}])");
}

TEST(ExecutorCall, NothingThatChangesClaimsToRead) {
  const ExecutorContract contract = Contract();
  for (const std::string_view name : {"fo.build", "fo.db_sync", "fo.git.push", "fo.vs.create_table",
                                      "fo.session.open", "fo.github.create_pr"}) {
    ASSERT_NE(FindTool(contract, name), nullptr) << name;
    EXPECT_NE(FindTool(contract, name)->policy, ExecutorTool::Policy::kReadOnly) << name;
  }
  EXPECT_EQ(FindTool(contract, "fo.github.create_pr")->policy,
            ExecutorTool::Policy::kNeedsApproval);
}

}  // namespace
}  // namespace ameide::task
