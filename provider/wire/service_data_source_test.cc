#include "gmock/gmock.h"
#include "provider/wire/testing/service_fixture.h"

namespace ameide::wire {
namespace {

using framework::Value;
using framework::testing::Look;
using framework::testing::Text;
using ::testing::HasSubstr;
using testing::Pack;
using testing::Stub;
using testing::Unpack;

class DataSourceServiceTest : public testing::ServiceFixture {
 protected:
  const Value config = Look({{"name", Text("n")}});
};

TEST_F(DataSourceServiceTest, IsInTheSchema) {
  const auto schema = Call(&Stub::GetProviderSchema, tfplugin6::GetProviderSchema::Request())
                          .data_source_schemas()
                          .at("test_look");
  EXPECT_EQ(schema.version(), 0);
  EXPECT_TRUE(schema.block().attributes(0).required());
}

TEST_F(DataSourceServiceTest, Validate) {
  tfplugin6::ValidateDataResourceConfig::Request validate;
  validate.set_type_name("test_look");
  validate.mutable_config()->set_msgpack(Pack(config));
  EXPECT_EQ(Errors(Call(&Stub::ValidateDataResourceConfig, validate)), "");
  validate.mutable_config()->set_msgpack(Pack(Look({{"name", Text("")}})));
  EXPECT_THAT(Errors(Call(&Stub::ValidateDataResourceConfig, validate)), HasSubstr("empty"));
}

TEST_F(DataSourceServiceTest, Read) {
  look.read = [](const framework::Context&, const Value& seen) {
    framework::DataResult result{seen.WithAttribute("size", Value::Number(7)), {}};
    if (seen.Attribute("name") == Text("gone")) result.diagnostics.AddError("Look", "it is gone");
    return result;
  };
  tfplugin6::ReadDataSource::Request read;
  read.set_type_name("test_look");
  read.mutable_config()->set_msgpack(Pack(config));
  const auto found = Call(&Stub::ReadDataSource, read);
  EXPECT_EQ(Errors(found), "");
  EXPECT_FALSE(found.has_deferred());
  EXPECT_EQ(Unpack(found.state(), config.type()),
            Look({{"name", Text("n")}, {"size", Value::Number(7)}}));

  read.mutable_config()->set_msgpack(Pack(Look({{"name", Text("gone")}})));
  const auto gone = Call(&Stub::ReadDataSource, read);
  EXPECT_THAT(Errors(gone), HasSubstr("it is gone"));
  EXPECT_TRUE(Unpack(gone.state(), config.type()).IsNull());

  read.mutable_config()->set_msgpack("\xc1");
  EXPECT_NE(Errors(Call(&Stub::ReadDataSource, read)), "");
}

}  // namespace
}  // namespace ameide::wire
