// What the data sources answer, without Terraform and without a server.
#include <vector>

#include "base/testing/fake_clock.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "provider/framework/server.h"
#include "provider/resources/profile_data_source.h"
#include "provider/resources/provider_definition.h"

namespace ameide::resources {
namespace {

using framework::Type;
using framework::Value;
using ::testing::HasSubstr;

class DataSourcesTest : public ::testing::Test {
 protected:
  DataSourcesTest() {
    ProviderParts parts;
    parts.version = "1.0.0";
    parts.defaults = {.working_directory = folder_.path(), .state_home = folder_.path()};
    for (const BuiltinProfile& profile : BuiltinProfiles()) {
      parts.profiles.push_back(
          {std::string(profile.name), std::string(profile.file), std::string(profile.yaml)});
    }
    parts.make_launcher = [](const ProviderSettings&) { return std::unique_ptr<task::Launcher>(); };
    parts.look_at_template = [this](const ProviderSettings&, const TemplateQuery& query,
                                    std::stop_token) {
      queries_.push_back(query);
      return status_;
    };
    server_ = std::make_unique<framework::Server>(AmeideProvider(std::move(parts), engine_), clock_,
                                                  log_);
  }
  void Configure(Value::Entries settings) {
    const Value config = Value::Object(server_->provider_type(), std::move(settings));
    EXPECT_EQ(server_->Configure({.config = config, .terraform_version = "1.9"}).Dump(), "");
  }
  Value Config(const std::string& type, Value::Entries attributes) {
    return Value::Object(server_->data_sources().at(type).type, std::move(attributes));
  }
  framework::DataResult Read(const std::string& type, Value::Entries attributes) {
    return server_->ReadDataSource({type, Config(type, std::move(attributes))});
  }
  std::string Validate(const std::string& type, Value::Entries attributes) {
    return server_->ValidateDataSource({type, Config(type, std::move(attributes))}).Dump();
  }

  testing::TempDir folder_;
  testing::FakeClock clock_;
  Log log_ = Log(LogLevel::kOff, "", clock_, nullptr);
  EngineSlot engine_;
  std::vector<TemplateQuery> queries_;
  Result<TemplateStatus> status_ = TemplateStatus();
  std::unique_ptr<framework::Server> server_;
};

Value Text(std::string text) { return Value::String(std::move(text)); }

TEST_F(DataSourcesTest, TheDefinitionKeepsTerraformsRules) {
  ProviderParts parts;
  EngineSlot slot;
  EXPECT_EQ(framework::CheckDefinition(AmeideProvider(std::move(parts), slot)).Dump(), "");
}

TEST_F(DataSourcesTest, ProfileSaysWhatItAllows) {
  Configure({});
  const auto result = Read("ameide_profile", {{"name", Text("code")}});
  ASSERT_EQ(result.diagnostics.Dump(), "");
  const Value& code = result.state;
  EXPECT_EQ(code.Attribute("repositories").elements().at(0),
            Text("https://github.com/ameideio/ameide.git"));
  EXPECT_EQ(code.Attribute("ttl_default"), Text("1h"));
  EXPECT_EQ(code.Attribute("ttl_max"), Text("2h"));
  EXPECT_EQ(code.Attribute("pull_requests"), Value::Bool(true));
  EXPECT_EQ(code.Attribute("branch_prefix"), Text("agent/"));
  EXPECT_EQ(code.Attribute("timeouts").Attribute("edit"), Text("45m"));
  EXPECT_EQ(code.Attribute("external_executor"), Value::Bool(false));
  const Value rails = code.Attribute("guardrails");
  EXPECT_EQ(rails.Attribute("allow_paths").elements().at(0), Text("services/**"));
  EXPECT_EQ(rails.Attribute("max_changed_files"), Value::Number(500));
  const Value grant = code.Attribute("secrets").elements().at(0);
  EXPECT_EQ(grant.Attribute("env"), Text("CLONE_TOKEN"));
  EXPECT_EQ(grant.Attribute("phases").elements().at(0), Text("checkout"));
}

TEST_F(DataSourcesTest, EveryBuiltInProfileHasAWholeAnswer) {
  Configure({});
  for (const BuiltinProfile& profile : BuiltinProfiles()) {
    const auto result = Read("ameide_profile", {{"name", Text(std::string(profile.name))}});
    EXPECT_EQ(result.diagnostics.Dump(), "") << profile.name;
    EXPECT_TRUE(result.state.WhollyKnown()) << profile.name;
  }
}

TEST(ProfileValue, NoLimitIsNull) {
  task::Profile profile;
  profile.contract.name = "open";
  const Value rails = ProfileValue(profile).Attribute("guardrails");
  EXPECT_EQ(rails.Attribute("max_file_bytes"), Value::Null(Type::Number()));
  EXPECT_EQ(rails.Attribute("max_changed_files"), Value::Null(Type::Number()));
}

TEST_F(DataSourcesTest, ProfilesOfTheProvidersFolderAreSeen) {
  std::string yaml;
  for (const BuiltinProfile& profile : BuiltinProfiles()) {
    if (profile.name == "sre") yaml = profile.yaml;
  }
  const size_t at = yaml.find("risk_tier: ");
  ASSERT_NE(at, std::string::npos);
  yaml.replace(at, yaml.find('\n', at) - at, "risk_tier: high");
  WriteFileAtomically(folder_.path() / "sre.yaml", yaml).value();
  Configure({{"profiles_dir", Text(folder_.path().string())}});
  EXPECT_EQ(Read("ameide_profile", {{"name", Text("sre")}}).state.Attribute("risk_tier"),
            Text("high"));
}

TEST_F(DataSourcesTest, AnUnknownProfileNamesThoseThereAre) {
  Configure({});
  const std::string problems = Read("ameide_profile", {{"name", Text("none")}}).diagnostics.Dump();
  EXPECT_THAT(problems, HasSubstr("error at name"));
  EXPECT_THAT(problems, HasSubstr("gitops"));
}

TEST_F(DataSourcesTest, NothingIsReadWhileTheProviderBlockIsUnknown) {  // C-4
  Configure({{"profiles_dir", Value::Unknown(Type::String())}});
  for (const char* type : {"ameide_profile", "ameide_template"}) {
    EXPECT_THAT(Read(type, {{"name", Text("code")}}).diagnostics.Dump(),
                HasSubstr("make every value of the provider block known"));
  }
  EXPECT_TRUE(queries_.empty());
}

TEST_F(DataSourcesTest, TemplateIsNamedByItselfOrByItsProfile) {
  const std::string both =
      Validate("ameide_template", {{"name", Text("a")}, {"profile", Text("b")}});
  EXPECT_THAT(both, HasSubstr("exactly one of name and profile"));
  EXPECT_THAT(Validate("ameide_template", {}), HasSubstr("exactly one of name and profile"));
  EXPECT_EQ(Validate("ameide_template",
                     {{"name", Value::Unknown(Type::String())}, {"profile", Text("b")}}),
            "");
  Configure({});
  EXPECT_EQ(Read("ameide_template", {{"profile", Text("code")}}).state.Attribute("name"),
            Text("ameide-code"));
  EXPECT_EQ(Read("ameide_template", {{"name", Text("mine")}}).state.Attribute("name"),
            Text("mine"));
  ASSERT_EQ(queries_.size(), 2u);
  EXPECT_EQ(queries_[0].name, "ameide-code");
  EXPECT_EQ(queries_[1].name, "mine");
  EXPECT_FALSE(queries_[1].directory.has_value());
}

TEST_F(DataSourcesTest, AMissingTemplateIsAnAnswer) {
  Configure({});
  const auto result = Read("ameide_template", {{"name", Text("mine")}});
  EXPECT_EQ(result.diagnostics.Dump(), "");
  EXPECT_EQ(result.state.Attribute("exists"), Value::Bool(false));
  EXPECT_TRUE(result.state.Attribute("active_version").IsNull());
  EXPECT_TRUE(result.state.Attribute("up_to_date").IsNull());
}

TEST_F(DataSourcesTest, TemplateStatusIsAnswered) {
  status_ = TemplateStatus{.exists = true,
                           .id = "t-1",
                           .active_version = "gen-0123",
                           .active_version_id = "v-1",
                           .deprecation_message = "use another",
                           .deprecated = true,
                           .digest = "abcd",
                           .up_to_date = true};
  Configure({});
  const Value variables = Value::Map(Type::String(), {{"agent_image", Text("i")}});
  const auto result = Read(
      "ameide_template",
      {{"profile", Text("code")}, {"directory", Text("templates/code")}, {"variables", variables}});
  EXPECT_EQ(result.state.Dump(),
            R"({active_version = "gen-0123", active_version_id = "v-1", deprecated = true, )"
            R"(deprecation_message = "use another", digest = "abcd", )"
            R"(directory = "templates/code", exists = true, id = "t-1", name = "ameide-code", )"
            R"(profile = "code", up_to_date = true, variables = {"agent_image" = "i"}})");
  EXPECT_EQ(queries_.at(0).directory, fs::path("templates/code"));
  EXPECT_EQ(queries_.at(0).variables.at("agent_image"), "i");
}

TEST_F(DataSourcesTest, WhatCoderRefusesIsAnError) {
  status_ =
      Error{ErrorKind::kDenied, "find template", "mine", "the token is not valid", "make another"};
  Configure({});
  EXPECT_THAT(Read("ameide_template", {{"name", Text("mine")}}).diagnostics.Dump(),
              HasSubstr("the token is not valid"));
}

}  // namespace
}  // namespace ameide::resources
