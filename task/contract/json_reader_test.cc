#include "task/contract/json_reader.h"

#include "gtest/gtest.h"
#include "task/contract/words.h"

namespace ameide::task {
namespace {

std::string Causes(const Problems& problems) { return ToError(problems, "", "").cause; }

TEST(ObjectReader, ReadsEveryType) {
  const Json json = *ParseJson(R"({"s": "text", "b": true, "l": ["x", "y"], "m": {"k": "v"},
      "d": "1h30m", "t": "2026-01-02T03:04:05Z", "n": 7, "w": "patch", "e": [1, 2]})");
  Problems problems;
  ObjectReader reader(json, "", &problems);
  std::string s;
  bool b = false;
  std::vector<std::string> l;
  std::map<std::string, std::string> m;
  Millis d{0};
  WallTime t;
  int n = 0;
  TaskKind w = TaskKind::kRun;
  std::vector<std::string> pointers;
  EXPECT_TRUE(reader.Read("s", &s) && reader.Read("b", &b) && reader.Read("l", &l) &&
              reader.Read("m", &m) && reader.Read("d", &d) && reader.Read("t", &t) &&
              reader.ReadInt("n", 0, 9, &n) &&
              reader.ReadWord("w", TaskKindFrom, AllTaskKinds(), &w));
  reader.ReadEach("e", [&](const Json&, const std::string& p) { pointers.push_back(p); });
  reader.Finish();
  EXPECT_EQ(Causes(problems), "");
  EXPECT_EQ(s, "text");
  EXPECT_TRUE(b);
  EXPECT_EQ(l, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(m.at("k"), "v");
  EXPECT_EQ(d, std::chrono::minutes(90));
  EXPECT_EQ(FormatTime(t), "2026-01-02T03:04:05.000000Z");
  EXPECT_EQ(n, 7);
  EXPECT_EQ(w, TaskKind::kPatch);
  EXPECT_EQ(pointers, (std::vector<std::string>{"/e/0", "/e/1"}));
}

TEST(ObjectReader, WrongTypesLeaveTheOutputAlone) {
  const Json json = *ParseJson(R"({"s": null, "l": ["x", 1], "m": {"a/b": []}, "d": "soon",
      "t": "today", "n": 10, "f": 1.5, "w": "Patch"})");
  Problems problems;
  ObjectReader reader(json, "/at", &problems);
  std::string s = "kept";
  std::vector<std::string> l = {"kept"};
  std::map<std::string, std::string> m = {{"kept", ""}};
  Millis d{5};
  WallTime t;
  int n = 3;
  TaskKind w = TaskKind::kRun;
  EXPECT_FALSE(reader.Read("s", &s) || reader.Read("l", &l) || reader.Read("m", &m) ||
               reader.Read("d", &d) || reader.Read("t", &t) || reader.ReadInt("n", 0, 9, &n) ||
               reader.ReadInt("f", 0, 9, &n) ||
               reader.ReadWord("w", TaskKindFrom, AllTaskKinds(), &w));
  EXPECT_EQ(s, "kept");
  EXPECT_EQ(l.size(), 1u);
  EXPECT_TRUE(m.contains("kept"));
  EXPECT_EQ(d, Millis(5));
  EXPECT_EQ(n, 3);
  EXPECT_EQ(
      Causes(problems),
      "/at/s: must be a string, not null; "
      "/at/l/1: must be a string, not a JSON number; "
      "/at/m/a~1b: must be a string, not a JSON array; "
      "/at/d: is \"soon\": this is not a duration; use a form such as \"90s\", \"45m\" or "
      "\"1h30m\"; "
      "/at/t: is \"today\", which is no time; use RFC 3339, for example 2026-01-02T03:04:05Z; "
      "/at/n: must be a whole number from 0 to 9, not 10; "
      "/at/f: must be a whole number from 0 to 9, not 1.5; "
      "/at/w: is \"Patch\", which is unknown; use one of \"preflight\", \"patch\", \"triage\", "
      "\"repo_digest\", \"run\"");
}

TEST(ObjectReader, SaysWhatIsMissingAndWhatIsUnknown) {
  const Json json = *ParseJson(R"({"naem": 1})");
  Problems problems;
  ObjectReader reader(json, "", &problems);
  reader.Require({"name"});
  reader.Finish();
  EXPECT_EQ(Causes(problems),
            "/name: is missing; add it; /naem: is unknown here; remove it or use one of name");
}

TEST(ObjectReader, SaysOnceThatItIsNoObject) {
  const Json json = Json::Strings({"x"});
  Problems problems;
  ObjectReader reader(json, "", &problems);
  reader.Require({"name"});
  reader.Finish();
  EXPECT_EQ(Causes(problems), "must be an object, not a JSON array");
}

TEST(ObjectReader, StopsCountingProblemsOfHostileDocuments) {
  Json json;
  json.Set("l", Json(Json::Array(100'000, Json(1))));
  Problems problems;
  std::vector<std::string> l;
  ObjectReader(json, "", &problems).Read("l", &l);
  EXPECT_EQ(problems.size(), kMaxProblems);
}

TEST(ToError, NamesThePositionWhereThereIsOne) {
  const Problems problems = {{"/a", "is bad", "code.yaml:3:1"}, {"", "is empty", ""}};
  EXPECT_EQ(ToError(problems, "read profile", "code.yaml").ToString(),
            "read profile code.yaml: code.yaml:3:1 /a: is bad; is empty");
}

TEST(JsonReader, TextAtFollowsTheKeysAndIsEmptyWithoutAText) {
  const Json json = Json::Object{
      {"a", Json::Object{{"b", "text"}, {"n", 1}}}, {"list", Json::Array{Json("x")}}, {"top", "t"}};
  EXPECT_EQ(TextAt(json, {"a", "b"}), "text");
  EXPECT_EQ(TextAt(json, {"top"}), "t");
  EXPECT_EQ(TextAt(json, {"a", "n"}), "");
  EXPECT_EQ(TextAt(json, {"a", "c"}), "");
  EXPECT_EQ(TextAt(json, {"top", "b"}), "");
  EXPECT_EQ(TextAt(json, {"list", "0"}), "");
  EXPECT_EQ(TextAt(json, {}), "");
}

}  // namespace
}  // namespace ameide::task
