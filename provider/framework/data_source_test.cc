#include "provider/framework/data_source.h"

#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/framework/testing/resource_double.h"

namespace ameide::framework {
namespace {

using ::testing::HasSubstr;
using testing::Look;
using testing::Text;
using testing::Unknown;

class DataSourceTest : public ::testing::Test, protected testing::ServerFixture {
 protected:
  DataResult Read(const Value& config, DataResult result) {
    look.read = [&](const Context&, const Value& seen) {
      EXPECT_EQ(seen, config);
      ++reads_;
      return result;
    };
    return server().ReadDataSource({.type_name = "test_look", .config = config});
  }
  int reads_ = 0;
};

TEST_F(DataSourceTest, ReadAnswersConfiguredAttributesAsTheyWere) {  // F-1
  const Value filter = Value::Object({{"tag", Text("t")}});
  const Value config = Look({{"name", Text("n")}, {"filter", filter}});
  const Value found = Look({{"name", Text("N")}, {"zone", Text("z")}, {"size", Value::Number(3)}});
  const DataResult result = Read(config, {found, {}});
  EXPECT_EQ(result.diagnostics.Dump(), "");
  EXPECT_EQ(result.state, Look({{"name", Text("n")},
                                {"zone", Text("z")},
                                {"filter", filter},
                                {"size", Value::Number(3)}}));
  // What could have been computed was configured this time.
  EXPECT_EQ(Read(Look({{"name", Text("n")}, {"zone", Text("mine")}}), {found, {}})
                .state.Attribute("zone"),
            Text("mine"));
}

TEST_F(DataSourceTest, AnErrorComesWithoutAState) {
  Diagnostics gone;
  gone.AddError("Find thing", "there is none");
  gone.AddWarning("Old", "soon gone");
  const Value found = Look({{"name", Text("n")}});
  const DataResult result = Read(found, {found, gone});
  EXPECT_TRUE(result.state.IsNull());
  EXPECT_EQ(result.diagnostics.Dump(), gone.Dump());
}

TEST_F(DataSourceTest, WarningsComeWithTheState) {
  Diagnostics old;
  old.AddWarning("Old", "soon gone");
  const Value found = Look({{"name", Text("n")}});
  const DataResult result = Read(found, {found, old});
  EXPECT_EQ(result.state, found);
  EXPECT_EQ(result.diagnostics.Dump(), old.Dump());
}

TEST_F(DataSourceTest, UnusableAnswersAreBugReports) {
  const struct {
    Value answer;
    std::string want;
  } cases[] = {
      {Value(), "returned nothing"},
      {Value::Unknown(TypeOf(testing::LookSchema())), "returned nothing"},
      {Value::Object({{"size", Value::Number(1)}}), "returned object({size = number})"},
      {Look({{"size", Value::Unknown(Type::Number())}}), "did not set size"},
  };
  for (const auto& c : cases) {
    const DataResult result = Read(Look({{"name", Text("n")}}), {c.answer, {}});
    EXPECT_TRUE(result.state.IsNull()) << c.want;
    EXPECT_THAT(result.diagnostics.Dump(), HasSubstr(c.want));
    EXPECT_THAT(result.diagnostics.Dump(), HasSubstr("bug in the provider"));
  }
}

TEST_F(DataSourceTest, NothingIsReadBeforeTheConfigurationIsKnown) {  // D-3
  const DataResult result = Read(Look({{"name", Unknown()}}), {});
  EXPECT_EQ(reads_, 0);
  EXPECT_TRUE(result.state.IsNull());
  EXPECT_THAT(result.diagnostics.Dump(), HasSubstr("error at name"));
}

TEST_F(DataSourceTest, ExceptionsAndUnknownTypesBecomeDiagnostics) {
  look.read = [](const Context&, const Value&) -> DataResult { throw std::runtime_error("boom"); };
  const Value config = Look({{"name", Text("n")}});
  EXPECT_THAT(server().ReadDataSource({"test_look", config}).diagnostics.Dump(), HasSubstr("boom"));
  EXPECT_THAT(server().ReadDataSource({"test_nil", config}).diagnostics.Dump(),
              HasSubstr("test_nil"));
  EXPECT_THAT(server().ValidateDataSource({"test_nil", config}).Dump(), HasSubstr("test_nil"));
}

TEST_F(DataSourceTest, ValidateRunsChecksAndTheHook) {
  look.validate = [](const Context&, const Value& config, Diagnostics& out) {
    if (config.Attribute("zone") == Text("far")) out.AddError("No", "too far");
  };
  const auto validate = [&](Value::Entries config) {
    return server().ValidateDataSource({"test_look", Look(std::move(config))}).Dump();
  };
  EXPECT_EQ(validate({{"name", Unknown()}}), "");
  EXPECT_THAT(validate({{"name", Text("")}}), HasSubstr("error at name"));
  EXPECT_THAT(validate({}), HasSubstr("Missing required attribute"));
  EXPECT_THAT(validate({{"name", Text("n")}, {"zone", Text("far")}}), HasSubstr("too far"));
}

TEST_F(DataSourceTest, StopReachesARead) {
  look.read = [&](const Context& context, const Value& config) {
    server().Stop();
    EXPECT_TRUE(context.stop.stop_requested());
    return DataResult{config, {}};
  };
  server().ReadDataSource({"test_look", Look({{"name", Text("n")}})});
}

TEST(CheckSchema, KnowsTheRulesOfDataSources) {
  const Type text = Type::String();
  const struct {
    Attribute attribute;
    std::string want;
  } cases[] = {
      {{.name = "a",
        .type = text,
        .optional = true,
        .computed = true,
        .default_value = Value::String("x")},
       "no plan"},
      {{.name = "a", .type = text, .required = true, .on_change = OnChange::kReplace}, "no plan"},
      {{.name = "a", .type = text, .computed = true, .unknown_on_update = true}, "no plan"},
      {{.name = "a", .type = text, .optional = true, .write_only = true}, "(S-10)"},
      {{.name = "count", .type = text, .optional = true}, "(S-3)"},
      {{.name = "a",
        .nested = NestedAttributes{.attributes = {{.name = "b", .type = text, .computed = true}}},
        .optional = true,
        .computed = true},
       "a.b: a data source computes nothing inside"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(CheckSchema({.attributes = {c.attribute}}, SchemaUse::kDataSource).Dump(),
                HasSubstr(c.want));
  }
  EXPECT_EQ(CheckSchema(testing::LookSchema(), SchemaUse::kDataSource).Dump(), "");
}

TEST(CheckDefinition, KnowsTheRulesOfDataSourceNames) {
  const testing::DataVerbs verbs;
  ProviderDefinition definition = {.name = "test"};
  for (const char* name : {"test_a", "test_a", "other_b"}) {
    definition.data_sources.push_back({name, std::make_unique<testing::DataSourceDouble>(verbs)});
  }
  const std::string problems = CheckDefinition(definition).Dump();
  EXPECT_THAT(problems, HasSubstr("Data source test_a: defined twice"));
  EXPECT_THAT(problems, HasSubstr("Data source other_b: its name must start with test_"));
}

}  // namespace
}  // namespace ameide::framework
