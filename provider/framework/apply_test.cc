#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/framework/testing/resource_double.h"

namespace ameide::framework {
namespace {

using testing::Files;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Identity;
using testing::Nested;
using testing::NoThing;
using testing::Text;
using testing::Thing;
using testing::Unknown;

class ApplyTest : public ::testing::Test, protected testing::ServerFixture {
 protected:
  static Value Planned() {
    return Thing({{"id", Unknown()}, {"name", Text("n")}, {"size", Value::Number(1)}});
  }
  static Value Made() {
    return Thing({{"id", Text("i-1")}, {"name", Text("n")}, {"size", Value::Number(1)}});
  }
  ResourceResponse Create(ChangeResult result) { return Create(Planned(), std::move(result)); }
  ResourceResponse Create(const Value& planned, ChangeResult result) {
    thing.create = [&](const Context&, const CreateRequest& request) {
      EXPECT_EQ(request.private_data, "planned");
      return result;
    };
    return server().ApplyResource({.type_name = "test_thing",
                                   .prior = NoThing(),
                                   .planned = planned,
                                   .config = Thing({{"name", Text("n")}}),
                                   .planned_private = "planned"});
  }
  ResourceResponse Update(ChangeResult result) {
    thing.update = [&](const Context&, const UpdateRequest&) { return result; };
    return server().ApplyResource({.type_name = "test_thing",
                                   .prior = Made(),
                                   .planned = Made().WithAttribute("size", Value::Number(2)),
                                   .config = Thing({{"name", Text("n")}}),
                                   .planned_private = "planned",
                                   .planned_identity = Identity("i-1")});
  }
  ResourceResponse Delete(DeleteResult result) {
    thing.remove = [&](const Context&, const DeleteRequest& request) {
      EXPECT_EQ(request.state, Made());
      EXPECT_EQ(request.private_data, "kept");
      EXPECT_EQ(request.identity, Identity("i-1"));
      return result;
    };
    return server().ApplyResource({.type_name = "test_thing",
                                   .prior = Made(),
                                   .planned = NoThing(),
                                   .config = NoThing(),
                                   .planned_private = "kept",
                                   .planned_identity = Identity("i-1")});
  }
  static Diagnostics Failure() {
    Diagnostics diagnostics;
    diagnostics.AddError("Run task", "the workspace did not start");
    return diagnostics;
  }
};

TEST_F(ApplyTest, ACreateReturnsStatePrivateDataAndIdentity) {
  const auto made = Create({.state = Made(), .private_data = "new", .identity = Identity("i-1")});
  EXPECT_EQ(made.diagnostics.Dump(), "");
  EXPECT_EQ(made.state, Made());
  EXPECT_EQ(made.private_data, "new");
  EXPECT_EQ(made.identity, Identity("i-1"));
}

TEST_F(ApplyTest, PrivateDataThatIsNotSetIsKept) {
  EXPECT_EQ(Create({.state = Made(), .identity = Identity("i-1")}).private_data, "planned");
}

TEST_F(ApplyTest, AFailedCreateKeepsWhatItMade) {
  const auto made = Create({.state = Planned(), .diagnostics = Failure()});
  EXPECT_EQ(made.state, Made().WithAttribute("id", Value::Null(Type::String())));
  EXPECT_EQ(made.private_data, "planned");
  EXPECT_EQ(made.diagnostics.items().size(), 1u) << made.diagnostics.Dump();
}

TEST_F(ApplyTest, AFailedCreateWithoutAStateMadeNothing) {
  const auto made = Create({.diagnostics = Failure()});
  EXPECT_EQ(made.state, NoThing());
  EXPECT_EQ(made.diagnostics.items().size(), 1u);
}

TEST_F(ApplyTest, SuccessWithoutAStateIsABug) {
  const auto made = Create({});
  EXPECT_EQ(made.state, NoThing());
  EXPECT_THAT(made.diagnostics.Dump(), HasSubstr("without a new state"));
  EXPECT_THAT(Update({}).diagnostics.Dump(), HasSubstr("without a new state"));
}

TEST_F(ApplyTest, AnUnknownLeftOverBecomesNullAndABug) {
  const auto made = Create({.state = Planned(), .identity = Identity("i-1")});
  EXPECT_TRUE(made.state.Attribute("id").IsNull());
  EXPECT_THAT(made.diagnostics.Dump(), HasSubstr("error at id: Provider left a value unknown"));
}

TEST_F(ApplyTest, WhatThePlanPromisedMustBeThere) {
  const Value planned =
      Planned()
          .WithAttribute("tags", Value::Map(Type::String(), {{"k", Text("v")}}))
          .WithAttribute("files",
                         Files({Nested("files", {{"path", Text("p")}, {"digest", Unknown()}})}));
  const Value good =
      planned.WithAttribute("id", Text("i-1"))
          .WithAttribute("files",
                         Files({Nested("files", {{"path", Text("p")}, {"digest", Text("d")}})}));
  const struct {
    Value state;
    const char* want;
  } cases[] = {
      {good, ""},
      {good.WithAttribute("name", Text("other")), "error at name:"},
      {good.WithAttribute("size", Value::Null(Type::Number())), "error at size:"},
      {good.WithAttribute("zone", Text("surprise")), "error at zone:"},
      {good.WithAttribute("tags", Value::Map(Type::String(), {})), "error at tags:"},
      {good.WithAttribute("tags", Value::Map(Type::String(), {{"k", Text("w")}})),
       "error at tags[\"k\"]:"},
      {good.WithAttribute("tags", Value::Map(Type::String(), {{"l", Text("v")}})),
       "error at tags[\"k\"]:"},
      {good.WithAttribute("files", Files({})), "error at files:"},
      {good.WithAttribute("files",
                          Files({Nested("files", {{"path", Text("q")}, {"digest", Text("d")}})})),
       "error at files[0].path:"},
  };
  for (const auto& c : cases) {
    const auto made = Create(planned, {.state = c.state, .identity = Identity("i-1")});
    if (*c.want == '\0') {
      EXPECT_EQ(made.diagnostics.Dump(), "");
    } else {
      EXPECT_THAT(made.diagnostics.Dump(), HasSubstr(c.want));
    }
    EXPECT_THAT(made.diagnostics.Dump(), Not(HasSubstr("surprise"))) << "it may be a secret";
    EXPECT_EQ(made.state, c.state);  // the object exists, so its state is kept
  }
}

TEST_F(ApplyTest, WriteOnlyValuesAreNeverStored) {  // S-10
  const auto made =
      Create({.state = Made().WithAttribute("secret", Text("s")), .identity = Identity("i-1")});
  EXPECT_EQ(made.diagnostics.Dump(), "");
  EXPECT_EQ(made.state, Made());
}

TEST_F(ApplyTest, AStateOfAnotherTypeDoesNotLoseTheObject) {
  const auto made = Create({.state = Text("what"), .identity = Identity("i-1")});
  EXPECT_EQ(made.state.Attribute("name"), Text("n"));
  EXPECT_TRUE(made.state.WhollyKnown());
  EXPECT_THAT(made.diagnostics.Dump(), HasSubstr("returned string instead of object"));
}

TEST_F(ApplyTest, IdentityMustBeKnownAndStable) {  // A-3, P-12
  EXPECT_THAT(Create({.state = Made()}).diagnostics.Dump(), HasSubstr("the apply set none"));
  EXPECT_THAT(
      Create({.state = Made(), .identity = Value::Object({{"id", Unknown()}})}).diagnostics.Dump(),
      HasSubstr("not wholly known"));
  const Value updated = Made().WithAttribute("size", Value::Number(2));
  EXPECT_EQ(Update({.state = updated}).identity, Identity("i-1"));
  EXPECT_THAT(Update({.state = updated, .identity = Identity("i-2")}).diagnostics.Dump(),
              HasSubstr("must stay"));
}

TEST_F(ApplyTest, TypesWithoutIdentityNeverAnswerOne) {  // I-1
  with_identity = false;
  const auto made = Create({.state = Made(), .identity = Identity("i-1")});
  EXPECT_EQ(made.identity, std::nullopt);
  EXPECT_EQ(made.diagnostics.Dump(), "");
}

TEST_F(ApplyTest, AFailedUpdateAnswersWhatIsReallyThere) {
  EXPECT_EQ(Update({.diagnostics = Failure()}).state, Made());
  const Value half = Made().WithAttribute("size", Value::Number(7));
  EXPECT_EQ(Update({.state = half, .diagnostics = Failure()}).state, half);
}

TEST_F(ApplyTest, ADeleteAnswersNull) {
  const auto gone = Delete({});
  EXPECT_EQ(gone.state, NoThing());
  EXPECT_EQ(gone.diagnostics.Dump(), "");
  EXPECT_EQ(gone.identity, std::nullopt);
  EXPECT_EQ(gone.private_data, "");
}

TEST_F(ApplyTest, AFailedDeleteKeepsTheState) {
  const auto kept = Delete({.diagnostics = Failure()});
  EXPECT_EQ(kept.state, Made());
  EXPECT_EQ(kept.private_data, "kept");
  EXPECT_EQ(kept.identity, Identity("i-1"));
  const Value rest = Made().WithAttribute("tags", Value::Map(Type::String(), {}));
  EXPECT_EQ(Delete({.remaining = rest, .diagnostics = Failure()}).state, rest);
}

TEST_F(ApplyTest, SomethingLeftAfterASuccessfulDeleteIsABug) {
  const auto kept = Delete({.remaining = Made()});
  EXPECT_EQ(kept.state, Made());
  EXPECT_THAT(kept.diagnostics.Dump(), HasSubstr("something remains"));
}

TEST_F(ApplyTest, AnExceptionKeepsThePriorState) {  // H-38
  thing.update = [](const Context&, const UpdateRequest&) -> ChangeResult { throw 42; };
  thing.remove = [](const Context&, const DeleteRequest&) -> DeleteResult {
    throw std::runtime_error("oops");
  };
  const auto updated = server().ApplyResource(
      {.type_name = "test_thing", .prior = Made(), .planned = Made(), .config = Made()});
  EXPECT_EQ(updated.state, Made());
  EXPECT_THAT(updated.diagnostics.Dump(), HasSubstr("unknown exception"));
  const auto deleted = server().ApplyResource(
      {.type_name = "test_thing", .prior = Made(), .planned = NoThing(), .config = NoThing()});
  EXPECT_EQ(deleted.state, Made());
  EXPECT_THAT(deleted.diagnostics.Dump(), HasSubstr("oops"));
}

}  // namespace
}  // namespace ameide::framework
