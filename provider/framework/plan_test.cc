#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/framework/testing/resource_double.h"

namespace ameide::framework {
namespace {

using testing::Files;
using ::testing::HasSubstr;
using testing::Identity;
using testing::Nested;
using testing::NoThing;
using testing::Text;
using testing::Thing;
using testing::Unknown;

class PlanTest : public ::testing::Test, protected testing::ServerFixture {
 protected:
  PlanResourceResponse Plan(const Value& prior, const Value& proposed, const Value& config) {
    return server().PlanResource({.type_name = "test_thing",
                                  .prior = prior,
                                  .proposed = proposed,
                                  .config = config,
                                  .prior_private = "before",
                                  .prior_identity = Identity("i-1")});
  }
  // As Terraform proposes it: prior computed values where the configuration says nothing.
  static Value Proposed(const Value& prior, Value config) {
    for (const char* name : {"id", "size", "etag", "zone", "report"}) {
      if (config.Attribute(name).IsNull()) {
        config = config.WithAttribute(name, prior.Attribute(name));
      }
    }
    return config;
  }
  static std::string Paths(const PlanResourceResponse& response) {
    std::string text;
    for (const Path& path : response.requires_replace) text += path.ToString() + " ";
    return text;
  }
  PlanResourceResponse Update(const Value& prior, const Value& config) {
    return Plan(prior, Proposed(prior, config), config);
  }
  static Value Stored() {
    return Thing({{"id", Text("i-1")},
                  {"name", Text("n")},
                  {"size", Value::Number(1)},
                  {"etag", Text("e-1")},
                  {"zone", Text("z")},
                  {"report", Nested("report", {{"path", Text("/r")}})}});
  }
};

TEST_F(PlanTest, CreateLeavesToTheApplyWhatOnlyItCanTell) {  // P-2, P-4, P-5
  const Value config = Thing({{"name", Text("n")}});
  const auto plan = Plan(NoThing(), config, config);
  EXPECT_EQ(plan.diagnostics.Dump(), "");
  EXPECT_EQ(plan.planned.Dump(),
            "{etag = unknown, files = null, id = unknown, name = \"n\", report = unknown, "
            "repository = null, secret = null, size = 1, tags = null, zone = unknown}");
  EXPECT_EQ(Paths(plan), "");
}

TEST_F(PlanTest, CreateReachesIntoNestedObjects) {  // P-5
  const Value config = Thing({{"name", Text("n")},
                              {"zone", Text("mine")},
                              {"repository", Nested("repository", {{"url", Text("u")}})},
                              {"report", Nested("report", {})},
                              {"files", Files({Nested("files", {{"path", Text("p")}})})}});
  const auto plan = Plan(NoThing(), config, config);
  EXPECT_EQ(plan.planned.Attribute("repository").Dump(),
            "{commit = unknown, ref = \"HEAD\", url = \"u\"}");
  EXPECT_EQ(plan.planned.Attribute("files").Dump(), "[{digest = unknown, path = \"p\"}]");
  EXPECT_EQ(plan.planned.Attribute("report").Dump(), "{path = unknown}");
  EXPECT_EQ(plan.planned.Attribute("zone").Dump(), "\"mine\"");
}

TEST_F(PlanTest, UnknownConfigurationStaysUnknown) {  // C-2, P-3
  const Value config = Thing({{"name", Unknown()},
                              {"size", Value::Unknown(Type::Number())},
                              {"files", Value::Unknown(Files({}).type())}});
  const auto plan = Plan(NoThing(), config, config);
  EXPECT_EQ(plan.diagnostics.Dump(), "");
  EXPECT_TRUE(plan.planned.Attribute("name").IsUnknown());
  EXPECT_TRUE(plan.planned.Attribute("size").IsUnknown());
  EXPECT_TRUE(plan.planned.Attribute("files").IsUnknown());
}

TEST_F(PlanTest, NoDifferenceIsThePriorStateExactly) {  // P-6
  const auto plan = Update(Stored(), Thing({{"name", Text("n")}}));
  EXPECT_EQ(plan.planned, Stored());
  EXPECT_EQ(Paths(plan), "");
}

TEST_F(PlanTest, AWriteOnlyValueAloneIsNoDifference) {  // S-10
  const auto plan = Update(Stored(), Thing({{"name", Text("n")}, {"secret", Text("new")}}));
  EXPECT_EQ(plan.planned, Stored());
}

TEST_F(PlanTest, UpdateMarksOnlyWhatTheUpdateChanges) {  // P-5
  const auto plan = Update(Stored(), Thing({{"name", Text("n")}, {"size", Value::Number(5)}}));
  EXPECT_EQ(plan.planned.Dump(),
            "{etag = unknown, files = null, id = \"i-1\", name = \"n\", report = {path = \"/r\"}, "
            "repository = null, secret = null, size = 5, tags = null, zone = \"z\"}");
  EXPECT_EQ(Paths(plan), "");
}

TEST_F(PlanTest, ARemovedSettingFallsBackToItsDefault) {  // P-5
  const Value prior = Stored().WithAttribute("size", Value::Number(9));
  const auto plan = Update(prior, Thing({{"name", Text("n")}}));
  EXPECT_EQ(plan.planned.Attribute("size").Dump(), "1");
  EXPECT_TRUE(plan.planned.Attribute("etag").IsUnknown());
}

TEST_F(PlanTest, ANewElementOfAListHasNothingComputedYet) {  // P-5
  const auto file = [](const char* path, Value digest) {
    return Nested("files", {{"path", Text(path)}, {"digest", std::move(digest)}});
  };
  const Value none = Value::Null(Type::String());
  const Value prior = Stored().WithAttribute("files", Files({file("a", Text("d-a"))}));
  const Value config =
      Thing({{"name", Text("n")}, {"files", Files({file("a", none), file("b", none)})}});
  const Value proposed =
      Proposed(prior, config)
          .WithAttribute("files", Files({file("a", Text("d-a")), file("b", none)}));
  const auto plan = Plan(prior, proposed, config);
  EXPECT_EQ(plan.planned.Attribute("files").Dump(),
            "[{digest = \"d-a\", path = \"a\"}, {digest = unknown, path = \"b\"}]");
}

TEST_F(PlanTest, AsksForReplacementWhereConfiguredValuesChange) {  // P-8
  const auto repository = [](const char* url) {
    return Nested("repository", {{"url", Text(url)}, {"ref", Text("HEAD")}, {"commit", Text("c")}});
  };
  const Value prior = Stored().WithAttribute("repository", repository("u"));
  const auto replaced = [&](Value config) { return Paths(Update(prior, config)); };
  const Value url = Nested("repository", {{"url", Text("u")}});
  EXPECT_EQ(replaced(Thing({{"name", Text("n")}, {"repository", repository("v")}})),
            "repository.url ");
  EXPECT_EQ(replaced(Thing({{"name", Text("m")}, {"zone", Text("y")}, {"repository", url}})),
            "name zone ");
  EXPECT_EQ(replaced(Thing({{"name", Text("n")}})), "repository ");
  EXPECT_EQ(replaced(Thing({{"name", Unknown()}, {"repository", url}})), "name ");
  EXPECT_EQ(
      replaced(Thing(
          {{"name", Text("n")}, {"repository", url}, {"tags", Value::Map(Type::String(), {})}})),
      "");
}

TEST_F(PlanTest, PathsOfTheHookAreSortedAndUnique) {  // P-8
  thing.modify_plan = [](const Context&, const PlanRequest&, PlanResponse& response) {
    response.requires_replace = {Path("size"), Path("name"), Path("size")};
  };
  EXPECT_EQ(Paths(Update(Stored(), Thing({{"name", Text("n")}}))), "name size ");
  const Value config = Thing({{"name", Text("n")}});
  EXPECT_EQ(Paths(Plan(NoThing(), config, config)), "");  // ignored on create
}

TEST_F(PlanTest, APathThatDoesNotExistIsReported) {  // P-8
  thing.modify_plan = [](const Context&, const PlanRequest&, PlanResponse& response) {
    response.requires_replace = {Path("files").Index(3)};
  };
  EXPECT_THAT(Update(Stored(), Thing({{"name", Text("m")}})).diagnostics.Dump(),
              HasSubstr("files[3], which does not exist"));
}

TEST_F(PlanTest, PrivateDataIsEchoedUnlessTheHookSetsIt) {  // P-9
  const Value config = Thing({{"name", Text("n")}});
  EXPECT_EQ(Plan(NoThing(), config, config).planned_private, "before");
  thing.modify_plan = [](const Context&, const PlanRequest& request, PlanResponse& response) {
    EXPECT_EQ(request.private_data, "before");
    response.private_data = "after";
  };
  EXPECT_EQ(Plan(NoThing(), config, config).planned_private, "after");
}

TEST_F(PlanTest, ADestroyIsPlannedAsNullAndMayWarn) {  // P-10
  thing.modify_plan = [](const Context&, const PlanRequest& request, PlanResponse& response) {
    EXPECT_TRUE(request.planned.IsNull());
    response.diagnostics.AddWarning("Still running", "The task is destroyed with its data.");
  };
  const auto plan = Plan(Stored(), NoThing(), NoThing());
  EXPECT_EQ(plan.planned, NoThing());
  EXPECT_FALSE(plan.diagnostics.HasErrors());
  EXPECT_FALSE(plan.diagnostics.empty());
  EXPECT_EQ(plan.planned_private, "before");
}

TEST_F(PlanTest, ATaintedObjectIsPlannedAsACreate) {  // P-11
  const Value config = Thing({{"name", Text("n")}});
  const auto plan = server().PlanResource({.type_name = "test_thing",
                                           .prior = NoThing(),
                                           .proposed = config,
                                           .config = config,
                                           .prior_private = "",
                                           .prior_identity = std::nullopt});
  EXPECT_TRUE(plan.planned.Attribute("id").IsUnknown());
  EXPECT_EQ(plan.planned_private, "");
}

TEST_F(PlanTest, IdentityIsKeptOnUpdateAndAbsentOnCreate) {  // P-12
  const Value config = Thing({{"name", Text("n")}});
  EXPECT_EQ(Update(Stored(), config).planned_identity, Identity("i-1"));
  EXPECT_EQ(Plan(NoThing(), config, config).planned_identity, std::nullopt);
}

TEST_F(PlanTest, SameInputGivesSameOutput) {  // P-1
  const Value config = Thing({{"name", Text("m")}, {"size", Value::Number(2)}});
  const auto first = Update(Stored(), config);
  const auto second = Update(Stored(), config);
  EXPECT_EQ(first.planned, second.planned);
  EXPECT_EQ(first.requires_replace, second.requires_replace);
}

TEST_F(PlanTest, TheHookMayReplaceThePlanButNotItsKind) {  // P-7, P-10
  thing.modify_plan = [](const Context&, const PlanRequest&, PlanResponse& response) {
    response.planned = response.planned.WithAttribute("etag", Text("known already"))
                           .WithAttribute("secret", Text("never stored"));
  };
  const Value config = Thing({{"name", Text("n")}});
  const auto plan = Plan(NoThing(), config, config);
  EXPECT_EQ(plan.planned.Attribute("etag"), Text("known already"));
  EXPECT_TRUE(plan.planned.Attribute("secret").IsNull());  // S-10
  EXPECT_THAT(Plan(Stored(), NoThing(), NoThing()).diagnostics.Dump(), HasSubstr("bug"));
  thing.modify_plan = [](const Context&, const PlanRequest&, PlanResponse& response) {
    response.planned = Value();
  };
  EXPECT_THAT(Plan(NoThing(), config, config).diagnostics.Dump(), HasSubstr("invalid plan"));
}

TEST_F(PlanTest, AnExceptionBecomesADiagnostic) {  // H-38
  thing.modify_plan = [](const Context&, const PlanRequest&, PlanResponse&) {
    throw std::runtime_error("oops");
  };
  const Value config = Thing({{"name", Text("n")}});
  const auto plan = Plan(NoThing(), config, config);
  EXPECT_THAT(plan.diagnostics.Dump(), HasSubstr("oops"));
  thing.modify_plan = nullptr;
  EXPECT_EQ(Plan(NoThing(), config, config).diagnostics.Dump(), "");  // still serving
}

TEST_F(PlanTest, AnUnknownTypeIsAnError) {
  EXPECT_THAT(server().PlanResource({.type_name = "test_other"}).diagnostics.Dump(),
              HasSubstr("test_other"));
}

}  // namespace
}  // namespace ameide::framework
