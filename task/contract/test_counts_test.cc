#include "task/contract/test_counts.h"

#include <limits>

#include "base/files.h"
#include "base/strings.h"
#include "base/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Show(const TestCounts& c) {
  return StrCat(c.total, " total, ", c.passed, " passed, ", c.failed, " failed, ", c.errors,
                " errors, ", c.skipped, " skipped: ", StrJoin(c.failing, ", "));
}

TEST(CountJUnit, ReadsTheDialects) {
  struct Row {
    const char* name;
    const char* xml;
    const char* counts;
  };
  const Row rows[] = {
      {"Surefire", R"(<testsuite name="S" tests="9"><properties/>
           <testcase classname="a.B" name="ok"><flakyFailure/></testcase>
           <testcase classname="a.B" name="bad"><failure message="m"/><rerunFailure/></testcase>
           <testcase classname="a.B" name="worse"><error/></testcase>
           <testcase classname="a.B" name="later"><skipped/></testcase></testsuite>)",
       "4 total, 1 passed, 1 failed, 1 errors, 1 skipped: a.B.bad, a.B.worse"},
      {"pytest", R"(<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest">
           <testcase classname="t.m" name="x[1]"/><testcase classname="t.m" name="y">
           <skipped type="pytest.xfail"/></testcase></testsuite></testsuites>)",
       "2 total, 1 passed, 0 failed, 0 errors, 1 skipped: "},
      {"Jest, without class names", R"(<testsuites><testsuite name="app"><testcase name="renders">
           <failure>at line 1</failure></testcase></testsuite></testsuites>)",
       "1 total, 0 passed, 1 failed, 0 errors, 0 skipped: app.renders"},
      {"Playwright, nested suites", R"(<testsuites><testsuite name="chromium"><testsuite name="in">
           <testcase name="t"><system-out>x</system-out></testcase></testsuite></testsuite>
           </testsuites>)",
       "1 total, 1 passed, 0 failed, 0 errors, 0 skipped: "},
      {"CTest", R"(<testsuite name="Linux-c++"><testcase name="a" classname="a" status="run"/>
           <testcase name="b" classname="b" status="fail"><failure message=""/></testcase>
           <testcase name="c" classname="c" status="notrun"><skipped/></testcase>
           <testcase name="d" classname="d" status="disabled"/></testsuite>)",
       "4 total, 1 passed, 1 failed, 0 errors, 2 skipped: b.b"},
      {"GoogleTest", R"(<testsuites tests="2"><testsuite name="A">
           <testcase name="X" status="run" result="completed" classname="A"/>
           <testcase name="DISABLED_Y" status="notrun" result="suppressed" classname="A"/>
           </testsuite></testsuites>)",
       "2 total, 1 passed, 0 failed, 0 errors, 1 skipped: "},
      {"a case counts once", R"(<testsuite name="s"><testcase name="t"><failure/><failure/><error/>
           <skipped/></testcase></testsuite>)",
       "1 total, 0 passed, 0 failed, 1 errors, 0 skipped: s.t"},
      {"nothing ran", "<testsuites/>", "0 total, 0 passed, 0 failed, 0 errors, 0 skipped: "},
  };
  for (const Row& row : rows) {
    const Result<TestCounts> counts = CountJUnit(row.xml);
    ASSERT_TRUE(counts.ok()) << row.name << ": " << counts.error().ToString();
    EXPECT_EQ(Show(*counts), row.counts) << row.name;
  }
}

std::string Fixture(const std::string& name) {
  const auto bytes =
      ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "task/contract/testdata/test_counts" / name, 1 << 20);
  EXPECT_TRUE(bytes.ok()) << name;
  return bytes.ok() ? *bytes : "";
}

TEST(CountJUnit, ReadsWholeReportsOfEachTool) {
  const std::pair<const char*, const char*> rows[] = {
      {"surefire.xml",
       "5 total, 2 passed, 1 failed, 1 errors, 1 skipped: com.example.shop.TaxTest.roundsUp, "
       "com.example.shop.TaxTest.readsTable"},
      {"pytest.xml",
       "5 total, 1 passed, 1 failed, 1 errors, 2 skipped: tests.test_tax.test_rounds[FR-20], "
       "tests.test_tax.TestTable.test_reads"},
      {"jest.xml",
       "4 total, 1 passed, 1 failed, 1 errors, 1 skipped: Checkout page sums up.Checkout page "
       "sums up, Test suite failed to run.src/broken.test.ts"},
      {"playwright.xml",
       "3 total, 1 passed, 1 failed, 0 errors, 1 skipped: checkout.spec.ts.checkout › shows the "
       "tax"},
      {"googletest.xml", "4 total, 1 passed, 1 failed, 0 errors, 2 skipped: Tax.RoundsUp"},
      {"ctest.xml", "4 total, 1 passed, 1 failed, 0 errors, 2 skipped: shop.shop"},
  };
  for (const auto& [name, counts] : rows) {
    const Result<TestCounts> counted = CountJUnit(Fixture(name));
    ASSERT_TRUE(counted.ok()) << name << ": " << counted.error().ToString();
    EXPECT_EQ(Show(*counted), counts) << name;
  }
}

TEST(CountCtrf, CountsTestsAndNotTheSummary) {
  const Result<TestCounts> counted = CountCtrf(Fixture("ctrf.json"));
  ASSERT_TRUE(counted.ok()) << counted.error().ToString();
  EXPECT_EQ(Show(*counted),
            "5 total, 1 passed, 1 failed, 1 errors, 2 skipped: checkout.spec.ts > "
            "checkout.shows the tax, checkout.spec.ts.odd.crashes");
}

TEST(CountCtrf, RefusesWhatIsNoCtrf) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "line 1"},
      {"[]", "no list /results/tests"},
      {R"({"results": {"summary": {"tests": 1}}})", "no list /results/tests"},
      {R"({"results": {"tests": {}}})", "no list /results/tests"},
      {R"({"results": {"tests": [{"name": "a", "status": "passed"}, {"name": "b"}]}})",
       "/results/tests/1 has no name or no known status"},
      {R"({"results": {"tests": [{"name": "a", "status": "green"}]}})", "/results/tests/0"},
      {R"({"results": {"tests": [{"name": 1, "status": "passed"}]}})", "/results/tests/0"},
      {R"({"results": {"tests": ["a"]}})", "/results/tests/0"},
  };
  for (const auto& [json, cause] : rows) {
    const Result<TestCounts> counted = CountCtrf(json);
    ASSERT_FALSE(counted.ok()) << json;
    EXPECT_EQ(counted.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(counted.error().cause, HasSubstr(cause));
  }
}

TEST(CountJUnit, RefusesWhatIsNoJUnit) {
  struct Row {
    std::string xml;
    const char* cause;
  };
  const Row rows[] = {
      {"", "No document element found at byte 0"},
      {"<html><testcase/></html>", "the root element is <html>, not <testsuites> or <testsuite>"},
      {"<testsuite><testcase></testsuite>", "Start-end tags mismatch at byte"},
      {"not xml", "No document element found"},
  };
  for (const Row& row : rows) {
    const Result<TestCounts> counts = CountJUnit(row.xml);
    ASSERT_FALSE(counts.ok()) << row.xml;
    EXPECT_EQ(counts.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(counts.error().cause, HasSubstr(row.cause));
  }
}

TEST(CountJUnit, LoadsNoEntities) {
  const Result<TestCounts> counts = CountJUnit(
      R"(<!DOCTYPE t [<!ENTITY lol "lol"><!ENTITY f SYSTEM "file:///etc/passwd">]>
         <testsuite name="&f;"><testcase name="&lol;"><failure/></testcase></testsuite>)");
  ASSERT_TRUE(counts.ok());
  EXPECT_THAT(counts->failing, ElementsAre("&f;.&lol;"));
}

TEST(CountJUnit, DeepAndWideDocumentsAreFine) {
  std::string deep = "<testsuite>";
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  deep += "<testcase/>";
  for (int i = 0; i < 100'000; ++i) deep += "</a>";
  EXPECT_EQ(CountJUnit(deep + "</testsuite>")->total, 1);
  std::string wide = "<testsuite name='s'>";
  for (int i = 0; i < 1000; ++i) wide += "<testcase name='t'><failure/></testcase>";
  const Result<TestCounts> counts = CountJUnit(wide + "</testsuite>");
  EXPECT_EQ(counts->failed, 1000);
  EXPECT_EQ(counts->failing.size(), kMaxFailingNames);
}

TEST(CountJUnit, NamesAreShortAndPrintable) {
  const Result<TestCounts> counts =
      CountJUnit(StrCat("<testsuite name='s\x1b[31m\xff'><testcase name='a&#10;b",
                        std::string(1000, 'x'), "'><error/></testcase></testsuite>"));
  ASSERT_EQ(counts->failing.size(), 1u);
  EXPECT_EQ(counts->failing[0].substr(0, 8), "s\xEF\xBF\xBD.a b");
  EXPECT_LT(counts->failing[0].size(), 320u);
}

TEST(TestCounts, AddUpWithoutOverflow) {
  TestCounts a = {
      .total = 3, .passed = 1, .failed = 1, .errors = 1, .skipped = 0, .failing = {"x", "y"}};
  TestCounts b = {
      .total = 2, .passed = 0, .failed = 1, .errors = 0, .skipped = 1, .failing = {"z"}};
  a += b;
  EXPECT_EQ(Show(a), "5 total, 1 passed, 2 failed, 1 errors, 1 skipped: x, y, z");
  a.total = a.passed = kMaxTestCount;
  a += a;
  EXPECT_EQ(a.total, kMaxTestCount);
}

// XML 1.0 section 2.2, over valid UTF-8.
bool IsXmlText(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') return false;
  }
  return IsValidUtf8(text) && text.find("\xEF\xBF\xBE") == std::string_view::npos &&
         text.find("\xEF\xBF\xBF") == std::string_view::npos;
}

TEST(WriteJUnit, FailedCaseSaysEverything) {
  const std::string xml = WriteJUnit({.phase = "edit",
                                      .command = "sh -c 'exit 3'",
                                      .exit_code = 3,
                                      .seconds = 2.0625,
                                      .failure = "exited with 3",
                                      .output_tail = "a < b & c\n"});
  EXPECT_EQ(xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"2.063\">\n"
            "  <testsuite name=\"ameide\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\" "
            "time=\"2.063\">\n"
            "    <properties>\n"
            "      <property name=\"command\" value=\"sh -c 'exit 3'\" />\n"
            "      <property name=\"exit_code\" value=\"3\" />\n"
            "    </properties>\n"
            "    <testcase classname=\"ameide\" name=\"edit\" time=\"2.063\">\n"
            "      <failure message=\"exited with 3\" type=\"ameide\" />\n"
            "      <system-out>a &lt; b &amp; c\n</system-out>\n"
            "    </testcase>\n"
            "  </testsuite>\n"
            "</testsuites>\n");
  EXPECT_EQ(Show(*CountJUnit(xml)),
            "1 total, 0 passed, 1 failed, 0 errors, 0 skipped: ameide.edit");
}

TEST(WriteJUnit, AnyBytesGiveValidXml) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  all += "]]><testcase/>\xEF\xBF\xBE\xEF\xBF\xBF\xED\xA0\x80\xC0\x80\x1b[2J";
  for (const double seconds : {0.0, -1.0, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
    const std::string xml = WriteJUnit({.phase = all,
                                        .command = all,
                                        .exit_code = 0,
                                        .seconds = seconds,
                                        .failure = all,
                                        .output_tail = all});
    EXPECT_TRUE(IsXmlText(xml));
    const Result<TestCounts> counts = CountJUnit(xml);
    ASSERT_TRUE(counts.ok()) << counts.error().ToString();
    EXPECT_EQ(counts->total, 1);
    EXPECT_EQ(counts->failed, 1);
  }
}

TEST(WriteJUnit, NoFailureMeansPassed) {
  const auto counts = CountJUnit(WriteJUnit({.phase = "verify", .command = "true"}));
  EXPECT_EQ(counts->passed, 1);
}

TEST(TestCountsJson, ComesBackEqualAndRefusesWhatDoesNotAddUp) {
  const TestCounts counts = {
      .total = 4, .passed = 1, .failed = 1, .errors = 1, .skipped = 1, .failing = {"a.b", "c"}};
  EXPECT_EQ(TestCountsFromJson(ToJson(counts), "").value, counts);
  Json lying = ToJson(counts);
  lying.Set("total", 9);
  EXPECT_EQ(ToError(TestCountsFromJson(lying, "/tests").problems, "", "").cause,
            "/tests/total: is 9, but the other counts add up to 4");
  lying.Set("total", -1);
  EXPECT_FALSE(TestCountsFromJson(lying, "").ok());
}

}  // namespace
}  // namespace ameide::task
