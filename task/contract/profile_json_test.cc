#include "base/strings.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile.h"
#include "task/contract/template_parameters.h"

namespace ameide::task {
namespace {

ProfileContract Builtin(std::string_view name) {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    if (builtin.name == name) return ProfileFromYaml(builtin.yaml, builtin.file).value->contract;
  }
  return {};
}

TEST(ProfileJson, EveryBuiltinContractSurvivesARoundTrip) {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    const ProfileContract contract = Builtin(builtin.name);
    const auto json = ParseJson(ToJson(contract).DumpPretty());
    ASSERT_TRUE(json.ok());
    const auto read = ProfileContractFromJson(*json);
    ASSERT_TRUE(read.ok()) << ToError(read.problems, "read", "task.json").ToString();
    EXPECT_EQ(*read.value, contract) << builtin.name;
  }
}

TEST(ProfileJson, EveryMemberIsRequired) {
  const Json whole = ToJson(Builtin("code"));
  for (const auto& [key, unused] : *whole.AsObject()) {
    Json::Object rest;
    for (const Json::Member& member : *whole.AsObject()) {
      if (member.first != key) rest.push_back(member);
    }
    const auto read = ProfileContractFromJson(Json(rest));
    ASSERT_EQ(read.problems.size(), 1u) << key;
    EXPECT_EQ(read.problems[0].pointer, "/" + key);
  }
}

TEST(ProfileJson, UnknownMembersAndPhasesAreRefused) {
  Json json = ToJson(Builtin("code"));
  json.Set("shell", true);
  json.Set(
      "secrets",
      Json::Array{Json::Object{
          {"env", "A"}, {"secret", "b"}, {"key", "c"}, {"phases", Json::Array{Json("later")}}}});
  json.Set("version", kTemplateContractVersion + 1);
  const auto read = ProfileContractFromJson(json);
  std::string pointers;
  for (const Problem& problem : read.problems) StrAppend(&pointers, problem.pointer, " ");
  EXPECT_EQ(pointers, "/version /secrets/0/phases /shell ");
}

TEST(ProfileJson, OtherShapesAreRefused) {
  for (const Json& json : {Json(), Json("x"), Json(Json::Array{})}) {
    EXPECT_FALSE(ProfileContractFromJson(json).ok());
  }
}

}  // namespace
}  // namespace ameide::task
