// Validate, configure, read, import, upgrade and stop.
#include "provider/framework/server.h"

#include <future>
#include <stdexcept>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/framework/checks.h"
#include "provider/framework/testing/resource_double.h"

namespace ameide::framework {
namespace {

using ::testing::HasSubstr;
using testing::Identity;
using testing::NoThing;
using testing::Text;
using testing::Thing;
using testing::Unknown;

class ServerTest : public ::testing::Test, protected testing::ServerFixture {
 protected:
  static Value Stored() { return Thing({{"id", Text("i-1")}, {"name", Text("n")}}); }
  ResourceResponse Read(ReadResult result) {
    thing.read = [&](const Context&, const ReadRequest& request) {
      EXPECT_EQ(request.state, Stored());
      return result;
    };
    return server().ReadResource({.type_name = "test_thing",
                                  .state = Stored(),
                                  .private_data = "kept",
                                  .identity = Identity("i-1")});
  }
  UpgradeResponse Upgrade(int64_t version, Value stored) {
    return server().UpgradeState({.type_name = "test_thing",
                                  .version = version,
                                  .stored = [stored](const Type& type) -> Result<Value> {
                                    EXPECT_TRUE(stored.type().ConformsTo(type));
                                    return stored;
                                  }});
  }
  static Diagnostics Failure() {
    Diagnostics diagnostics;
    diagnostics.AddError("Find workspace", "the server did not answer");
    return diagnostics;
  }
};

TEST_F(ServerTest, ValidateRunsTheChecksOfKnownValuesOnly) {  // C-2
  thing.validate = [](const Context&, const Value& config, Diagnostics& out) {
    if (config.Attribute("name") == Text("forbidden")) out.AddError("No", "not this name");
  };
  const auto validate = [&](Value config) {
    return server().ValidateResource({.type_name = "test_thing", .config = config}).Dump();
  };
  EXPECT_EQ(validate(Thing({{"name", Unknown()}})), "");
  EXPECT_EQ(validate(Value::Unknown(NoThing().type())), "");
  EXPECT_EQ(
      validate(Thing({{"name", Text("n")},
                      {"repository", Value::Unknown(testing::Nested("repository", {}).type())}})),
      "");
  EXPECT_THAT(validate(Thing({})), HasSubstr("error at name: Missing required attribute"));
  EXPECT_THAT(
      validate(Thing({{"name", Text("n")}, {"repository", testing::Nested("repository", {})}})),
      HasSubstr("error at repository.url: Missing"));
  EXPECT_THAT(validate(Thing({{"name", Text("forbidden")}})), HasSubstr("not this name"));
  thing.validate = [](const Context&, const Value&, Diagnostics&) {
    throw std::runtime_error("oops");
  };
  EXPECT_THAT(validate(Thing({{"name", Text("n")}})), HasSubstr("bug in the provider"));
}

TEST_F(ServerTest, ACheckDoesNotShowASensitiveValue) {
  const auto refused = server().ValidateResource(
      {.type_name = "test_thing",
       .config = Thing({{"name", Text("n")}, {"secret", Text("Hunter2")}}),
       .write_only_allowed = true});
  EXPECT_EQ(refused.Dump(),
            "error at secret: Invalid value: The value must be of small letters. It is not shown "
            "because it is sensitive.\n");
}

TEST_F(ServerTest, WriteOnlyNeedsAClientThatKnowsIt) {  // S-11
  const auto validate = [&](bool allowed, Value secret) {
    return server()
        .ValidateResource({.type_name = "test_thing",
                           .config = Thing({{"name", Text("n")}, {"secret", secret}}),
                           .write_only_allowed = allowed})
        .Dump();
  };
  EXPECT_EQ(validate(true, Text("s")), "");
  EXPECT_EQ(validate(false, Value::Null(Type::String())), "");
  EXPECT_THAT(validate(false, Text("s")), HasSubstr("error at secret: Write-only"));
  EXPECT_THAT(validate(false, Unknown()), HasSubstr("1.11"));
}

TEST_F(ServerTest, ConfigureAcceptsUnknownsAndMayComeAgain) {  // C-4, H-43
  std::vector<std::string> seen;
  provider.schema.attributes[0].checks = {NotEmpty()};
  provider.configure = [&](const Context&, const ConfigureRequest& request, Diagnostics&) {
    seen.push_back(request.config.Attribute("url").Dump() + " " + request.terraform_version);
  };
  const auto config = [](Value url) { return Value::Object({{"url", std::move(url)}}); };
  EXPECT_EQ(server().ValidateProvider(config(Unknown())).Dump(), "");
  EXPECT_THAT(server().ValidateProvider(config(Text(""))).Dump(), HasSubstr("error at url"));
  EXPECT_EQ(server().Configure({config(Unknown()), "1.11.4"}).Dump(), "");
  EXPECT_EQ(server().Configure({config(Text("u")), "1.13.0"}).Dump(), "");
  EXPECT_EQ(seen, (std::vector<std::string>{"unknown 1.11.4", "\"u\" 1.13.0"}));
}

TEST_F(ServerTest, ReadEchoesPrivateDataAndIdentity) {
  const auto read = Read({.state = Stored()});
  EXPECT_EQ(read.diagnostics.Dump(), "");
  EXPECT_EQ(read.state, Stored());
  EXPECT_EQ(read.private_data, "kept");
  EXPECT_EQ(read.identity, Identity("i-1"));
  EXPECT_EQ(Read({.state = Stored(), .private_data = ""}).private_data, "");
}

TEST_F(ServerTest, ReadNullMeansGone) {
  const auto read = Read({});
  EXPECT_EQ(read.state, NoThing());
  EXPECT_EQ(read.identity, std::nullopt);
  EXPECT_FALSE(read.diagnostics.HasErrors());
}

TEST_F(ServerTest, ReadInDoubtKeepsTheState) {
  const auto read = Read({.diagnostics = Failure()});
  EXPECT_EQ(read.state, Stored());
  EXPECT_EQ(read.private_data, "kept");
  EXPECT_TRUE(read.diagnostics.HasErrors());
}

TEST_F(ServerTest, ReadMustAnswerWhollyKnown) {
  const auto read = Read(
      {.state =
           Stored().WithAttribute("etag", Unknown()).WithAttribute("name", Text("half read"))});
  EXPECT_EQ(read.state, Stored());
  EXPECT_THAT(read.diagnostics.Dump(), HasSubstr("error at etag"));
}

TEST_F(ServerTest, ImportNeedsTheResourceToSupportIt) {
  EXPECT_THAT(server().ImportResource({.type_name = "test_thing", .id = "i"}).diagnostics.Dump(),
              HasSubstr("cannot be imported"));
}

TEST_F(ServerTest, ImportAnswersOneObjectWithItsIdentity) {  // I-1, I-2, I-3
  import = [](const Context&, const ImportRequest& request)
               ->ImportResult {
                 if (request.id == "gone") return {};
  const std::string id =
      request.identity ? *request.identity->Attribute("id").AsString() : request.id;
  return {.state = Thing({{"id", Text(id)}, {"secret", Text("s")}})};
};
const auto by_id = server().ImportResource({.type_name = "test_thing", .id = "i-9"});
EXPECT_EQ(by_id.state, Thing({{"id", Text("i-9")}}));
EXPECT_EQ(by_id.diagnostics.Dump(), "");
const auto by_identity =
    server().ImportResource({.type_name = "test_thing", .identity = Identity("i-8")});
EXPECT_EQ(by_identity.identity, Identity("i-8"));
EXPECT_THAT(server().ImportResource({.type_name = "test_thing", .id = "gone"}).diagnostics.Dump(),
            HasSubstr("no test_thing with the id \"gone\""));
}  // namespace

TEST_F(ServerTest, UpgradeOfTheCurrentVersionChangesNothing) {
  const auto upgraded = Upgrade(2, Stored());
  EXPECT_EQ(upgraded.value, Stored());
  EXPECT_EQ(upgraded.diagnostics.Dump(), "");
}

TEST_F(ServerTest, UpgradeConvertsOldVersions) {
  EXPECT_EQ(Upgrade(0, Value::Object({{"title", Text("t")}})).value, Thing({{"name", Text("t")}}));
}

TEST_F(ServerTest, UpgradeAnswersWhollyKnownWithoutWriteOnly) {
  const auto upgraded = Upgrade(1, Value::Object({}));
  EXPECT_EQ(upgraded.value, Thing({}));
  EXPECT_THAT(upgraded.diagnostics.Dump(), HasSubstr("error at name"));
}

TEST_F(ServerTest, UpgradeRefusesNewerVersions) {
  EXPECT_THAT(Upgrade(3, Stored()).diagnostics.Dump(), HasSubstr("newer provider version"));
}

TEST_F(ServerTest, UpgradeOfAnIdentityKnowsItsOneVersion) {
  const auto upgrade = [&](int64_t version) {
    return server().UpgradeIdentity(
        {.type_name = "test_thing", .version = version, .stored = [](const Type&) -> Result<Value> {
           return Identity("i-1");
         }});
  };
  EXPECT_EQ(upgrade(0).value, Identity("i-1"));
  EXPECT_TRUE(upgrade(1).diagnostics.HasErrors());
}

TEST_F(ServerTest, StopCancelsCallsInFlightAndOnlyThose) {
  std::promise<void> started;
  thing.create = [&](const Context& context, const CreateRequest& request) -> ChangeResult {
    std::promise<void> stopped;
    const std::stop_callback on_stop(context.stop, [&] { stopped.set_value(); });
    started.set_value();
    stopped.get_future().wait();
    Diagnostics diagnostics;
    diagnostics.AddError("Create", "stopped");
    return {.state = request.planned, .diagnostics = diagnostics};
  };
  ResourceResponse made;
  std::thread caller([&] {
    made = server().ApplyResource(
        {.type_name = "test_thing", .prior = NoThing(), .planned = Stored(), .config = Stored()});
  });
  started.get_future().wait();
  server().Stop();
  server().Stop();  // may come again
  caller.join();
  EXPECT_EQ(made.state, Stored());
  EXPECT_TRUE(made.diagnostics.HasErrors());

  thing.read = [](const Context& context, const ReadRequest& request) -> ReadResult {
    EXPECT_FALSE(context.stop.stop_requested());
    return {.state = request.state};
  };
  EXPECT_EQ(server().ReadResource({.type_name = "test_thing", .state = Stored()}).state, Stored());
}

TEST_F(ServerTest, UnknownTypesAreErrorsEverywhere) {
  const std::string want = "no resource type \"test_other\"";
  const auto stored = [](const Type&) -> Result<Value> { return Value(); };
  EXPECT_THAT(server().ValidateResource({.type_name = "test_other"}).Dump(), HasSubstr(want));
  EXPECT_THAT(server().ApplyResource({.type_name = "test_other"}).diagnostics.Dump(),
              HasSubstr(want));
  EXPECT_THAT(server().ReadResource({.type_name = "test_other"}).diagnostics.Dump(),
              HasSubstr(want));
  EXPECT_THAT(server().ImportResource({.type_name = "test_other"}).diagnostics.Dump(),
              HasSubstr(want));
  EXPECT_THAT(
      server().UpgradeState({.type_name = "test_other", .stored = stored}).diagnostics.Dump(),
      HasSubstr(want));
}

}  // namespace ameide::framework
}  // namespace ameide::framework
