#include "task/contract/task_spec_schema.h"

#include <set>

#include "base/strings.h"
#include "base/testing/golden.h"
#include "gtest/gtest.h"
#include "task/contract/task_spec.h"

namespace ameide::task {
namespace {

using Names = std::set<std::string>;

// A value that the reader takes, for a member of this schema: the least there is.
Json Example(const Json& schema) {
  if (const Json* constant = schema.Find("const")) return *constant;
  if (const Json* words = schema.Find("enum")) return words->AsArray()->front();
  const std::string& type = *schema.Find("type")->AsString();
  if (type == "boolean") return true;
  if (type == "integer") return *schema.Find("minimum");
  if (type == "array") return Json::Array{Example(*schema.Find("items"))};
  if (type == "string") {
    const Json* pattern = schema.Find("pattern");
    const bool duration =
        pattern != nullptr && pattern->AsString()->find("ms") != std::string::npos;
    return duration ? "1h" : "a";
  }
  Json object{Json::Object{}};
  const Json* properties = schema.Find("properties");
  if (properties == nullptr) {
    object.Set("A", Example(*schema.Find("additionalProperties")));
    return object;
  }
  for (const auto& [name, member] : *properties->AsObject()) object.Set(name, Example(member));
  return object;
}

// Every member of the schema, with values that the rules between members like.
Json WholeSpec() {
  Json spec = Example(TaskSpecSchema());
  Json repository = *spec.Find("repository");
  repository.Set("url", "/srv/repo");
  repository.Set("clone", "shallow");
  spec.Set("repository", repository);
  spec.Set("kind", "patch");
  Json request = *spec.Find("pull_request");
  request.Set("base", "main");
  spec.Set("pull_request", request);
  spec.Set("environment", Json::Object{{"B", "b"}});
  return spec;
}

TEST(TaskSpecSchema, IsPublished) {
  EXPECT_GOLDEN(TaskSpecSchema().DumpPretty(), "docs/task-spec.schema.json");
}

TEST(TaskSpecSchema, ReaderTakesEveryMember) {
  const auto spec = TaskSpecFromJson(WholeSpec());
  ASSERT_TRUE(spec.ok()) << ToError(spec.problems, "", "").cause;
  EXPECT_EQ(spec.value->pull_request->branch, "a");
  EXPECT_EQ(spec.value->secrets.at("A").key, "a");
}

Json WithSurprise(const Json& json, const std::string& pointer) {
  Json copy = json;
  if (pointer.empty()) {
    copy.Set("surprise", 1);
    return copy;
  }
  const std::string rest = pointer.substr(1);
  const std::string step = rest.substr(0, rest.find('/'));
  copy.Set(step, WithSurprise(*json.Find(step), rest.substr(step.size())));
  return copy;
}

// What the reader says it knows, in the object at `pointer`.
Names KnownTo(const std::string& pointer) {
  constexpr std::string_view kMark = "use one of ";
  Names names;
  for (const Problem& problem : TaskSpecFromJson(WithSurprise(WholeSpec(), pointer)).problems) {
    EXPECT_EQ(problem.pointer, pointer + "/surprise") << problem.message;
    const size_t at = problem.message.find(kMark);
    if (at == std::string::npos) continue;
    for (const auto name :
         StrSplit(std::string_view(problem.message).substr(at + kMark.size()), ',')) {
      names.emplace(StripWhitespace(name));
    }
  }
  return names;
}

void ExpectSameMembers(const Json& schema, const std::string& pointer) {
  const Json* properties = schema.Find("properties");
  if (properties == nullptr) {
    const Json* items = schema.Find("additionalProperties");
    if (items != nullptr && items->Find("properties") != nullptr) {
      ExpectSameMembers(*items, pointer + "/A");
    }
    return;
  }
  EXPECT_EQ(*schema.Find("additionalProperties"), Json(false)) << pointer;
  Names names;
  for (const auto& [name, member] : *properties->AsObject()) {
    names.insert(name);
    ExpectSameMembers(member, StrCat(pointer, "/", name));
  }
  EXPECT_EQ(KnownTo(pointer), names) << pointer;
}

TEST(TaskSpecSchema, ReaderKnowsTheSameMembersInEveryObject) {
  ExpectSameMembers(TaskSpecSchema(), "");
}

void ExpectSameRequired(const Json& schema, const std::string& pointer) {
  const Json* properties = schema.Find("properties");
  if (properties == nullptr) return;
  Names required;
  if (const Json* list = schema.Find("required")) {
    for (const Json& name : *list->AsArray()) required.insert(*name.AsString());
  }
  for (const auto& [name, member] : *properties->AsObject()) {
    if (pointer.empty()) ExpectSameRequired(member, "/" + name);
    Json object{Json::Object{}};
    const Json whole = WholeSpec();
    const Json& from = pointer.empty() ? whole : *whole.Find(pointer.substr(1));
    for (const auto& [other, value] : *from.AsObject()) {
      if (other != name) object.Set(other, value);
    }
    Json spec = whole;
    if (pointer.empty()) {
      spec = object;
    } else {
      spec.Set(pointer.substr(1), object);
    }
    bool missing = false;
    for (const Problem& problem : TaskSpecFromJson(spec).problems) {
      missing = missing || problem.message == "is missing; add it";
    }
    EXPECT_EQ(missing, required.contains(name)) << pointer << "/" << name;
  }
}

TEST(TaskSpecSchema, ReaderMissesTheSameMembers) { ExpectSameRequired(TaskSpecSchema(), ""); }

}  // namespace
}  // namespace ameide::task
