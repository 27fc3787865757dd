#include "acceptance/schema_provider/recorded_schema.h"

#include <string>
#include <utility>
#include <vector>

#include "acceptance/schema_provider/schema_messages.h"
#include "base/files.h"
#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {
namespace {

using framework::Type;

RecordedProvider Committed(const std::string& name) {
  const fs::path file = fs::path(AMEIDE_SOURCE_DIR) / "acceptance/testdata/provider_schemas" / name;
  return ReadRecording(ReadFile(file, 1 << 20).value()).value();
}

std::string WithResource(const std::string& block) {
  return StrCat(R"({"provider_schemas":{"h/n/t":{"provider":{"block":{}},"resource_schemas":{"r":)",
                R"({"version":3,"block":)", block, "}}}}}");
}

TEST(RecordedSchema, ReadsWhatTheTemplatesUse) {
  const RecordedProvider coder = Committed("coder.json");
  EXPECT_TRUE(coder.address.ends_with("/coder/coder"));
  for (const char* name : {"coder_agent", "coder_app", "coder_metadata", "coder_script"}) {
    EXPECT_TRUE(coder.resources.contains(name)) << name;
  }
  for (const char* name : {"coder_parameter", "coder_workspace", "coder_workspace_owner"}) {
    EXPECT_TRUE(coder.data_sources.contains(name)) << name;
  }
  const RecordedSchema pod = Committed("kubernetes.json").resources.at("kubernetes_pod_v1");
  EXPECT_EQ(pod.version, 1);
  const Type& spec = pod.type.attributes().at("spec").element();
  EXPECT_EQ(spec.attributes().at("active_deadline_seconds"), Type::Number());
  const Type& env = spec.attributes().at("container").element().attributes().at("env").element();
  EXPECT_TRUE(env.attributes().contains("value_from"));
}

TEST(RecordedSchema, TypesFollowTheNesting) {
  const auto provider = ReadRecording(WithResource(R"({"attributes":{"a":{"type":"string"}},
      "block_types":{"l":{"nesting_mode":"list","block":{}},"s":{"nesting_mode":"set","block":{}},
                     "o":{"nesting_mode":"single","block":{"attributes":{"n":{"type":"number"}}}},
                     "g":{"nesting_mode":"group","block":{}}}})"));
  ASSERT_TRUE(provider.ok()) << provider.error().ToString();
  EXPECT_EQ(provider->resources.at("r").version, 3);
  EXPECT_EQ(provider->resources.at("r").type,
            Type::Object({{"a", Type::String()},
                          {"l", Type::List(Type::Object({}))},
                          {"s", Type::Set(Type::Object({}))},
                          {"o", Type::Object({{"n", Type::Number()}})},
                          {"g", Type::Object({})}}));
}

TEST(RecordedSchema, MessagesCarryEveryFlag) {
  const auto provider = ReadRecording(WithResource(
      R"({"attributes":{"a":{"type":["map","string"],"required":true,"sensitive":true},
                        "b":{"type":"bool","optional":true,"computed":true,"deprecated":true,
                             "write_only":true}},
          "block_types":{"l":{"nesting_mode":"list","min_items":1,"max_items":2,"block":{}}}})"));
  ASSERT_TRUE(provider.ok()) << provider.error().ToString();
  tfplugin6::Schema schema;
  ToProto(provider->resources.at("r"), &schema);
  const auto& block = schema.block();
  ASSERT_EQ(block.attributes_size(), 2);
  EXPECT_EQ(block.attributes(0).type(), R"(["map","string"])");
  EXPECT_TRUE(block.attributes(0).required() && block.attributes(0).sensitive());
  EXPECT_FALSE(block.attributes(0).optional() || block.attributes(0).computed());
  EXPECT_TRUE(block.attributes(1).optional() && block.attributes(1).computed());
  EXPECT_TRUE(block.attributes(1).deprecated() && block.attributes(1).write_only());
  ASSERT_EQ(block.block_types_size(), 1);
  EXPECT_EQ(block.block_types(0).nesting(), tfplugin6::Schema::NestedBlock::LIST);
  EXPECT_EQ(block.block_types(0).min_items(), 1);
  EXPECT_EQ(block.block_types(0).max_items(), 2);
}

TEST(RecordedSchema, SaysWhatItCannotServe) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{", "line 1"},
      {"{}", "it holds 0 providers"},
      {R"({"provider_schemas":{"a":{},"b":{}}})", "it holds 2 providers"},
      {R"({"provider_schemas":{"a":{}}})", "provider: no schema"},
      {WithResource("[]"), "r: no \"block\""},
      {WithResource(R"({"attributes":{"a":{"nested_type":{}}}})"), "a: an attribute without"},
      {WithResource(R"({"attributes":{"a":{"type":"dynamic"}}})"), "a: an attribute of a dynamic"},
      {WithResource(R"({"attributes":{"a":{"type":"text"}}})"), "not a type"},
      {WithResource(R"({"block_types":{"b":{"nesting_mode":"map","block":{}}}})"),
       "b: nesting_mode \"map\""}};
  for (const auto& [text, problem] : cases) {
    const auto provider = ReadRecording(text);
    ASSERT_FALSE(provider.ok()) << text;
    EXPECT_EQ(provider.error().kind, ErrorKind::kInvalid) << text;
    EXPECT_NE(provider.error().ToString().find(problem), std::string::npos)
        << provider.error().ToString();
  }
}

}  // namespace
}  // namespace ameide::acceptance
