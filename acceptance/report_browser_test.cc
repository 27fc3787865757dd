// report.html in a real browser: it fits phones and screens, its search and its folds work, and its
// policy lets it work without a complaint.
#include "acceptance/report_browser.h"

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/evidence/report.h"
#include "task/evidence/testing/sample_run.h"

namespace ameide::task {
namespace {

using ::ameide::testing::BrowserPage;
using ::testing::IsEmpty;

constexpr size_t kLogLines = 300;

// A failed run with everything a page can have, long words included.
ReportInput FullReport() {
  ReportInput input;
  input.result = testing::SampleViolation();
  input.result.reason = StrCat("a word without an end: ", std::string(400, 'x'));
  input.result.artifact.summary = "Rounds tax per line.";
  input.result.artifact.changed_files.push_back(StrCat("deep/", std::string(200, 'y'), ".py"));
  input.result.command.push_back(std::string(300, 'z'));
  input.files = {{"result.json", 2154, std::string(64, 'a')},
                 {StrCat("files/", std::string(150, 'w')), 5u << 20, std::string(64, 'b')}};
  input.omissions = {{"files/cache", "it is a symbolic link"}};
  const WallTime time = input.result.started_at;
  for (size_t i = 0; i < kLogLines; ++i) {
    const std::string text = StrCat("line ", i, i % 100 == 0 ? " with a Needle" : "", "\n");
    input.log += EncodeLog(time, i % 2 == 0 ? LogStream::kStdout : LogStream::kStderr, text);
  }
  input.diff = StrCat(testing::kSampleDiff, "+", std::string(500, 'v'), "\n");
  return input;
}

struct ReportInBrowser : ::testing::Test {
  void SetUp() override {
    auto opened = BrowserPage::Open(dir.path());
    if (!opened.ok() && opened.error().kind == ErrorKind::kNotFound) {
      GTEST_SKIP() << "chromium is not on PATH; install the package chromium";
    }
    ASSERT_TRUE(opened.ok()) << opened.error().ToString();
    page = std::move(*opened);
    file = dir.path() / "report.html";
    ASSERT_TRUE(WriteFileAtomically(file, RenderReport(FullReport())).ok());
  }
  void Show(int width, int height) {
    Must(page->Resize(width, height));
    Must(page->Load(file));
  }
  static void Must(const Status& status) { ASSERT_TRUE(status.ok()) << status.error().ToString(); }
  Json Value(const std::string& expression) {
    auto value = page->Evaluate(expression);
    EXPECT_TRUE(value.ok()) << value.error().ToString();
    return value.ok() ? *value : Json();
  }
  ameide::testing::TempDir dir;
  fs::path file;
  std::unique_ptr<BrowserPage> page;
};

TEST_F(ReportInBrowser, FitsPhonesAndScreens) {
  for (const auto& [width, height] : {std::pair(390, 844), std::pair(1200, 900)}) {
    Show(width, height);
    EXPECT_EQ(Value("window.innerWidth"), Json(width));
    EXPECT_EQ(Value("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
              Json(0));
    // What is wider scrolls inside its own box and pushes nothing else out of the page.
    EXPECT_EQ(Value("[...document.querySelectorAll('section, header, h1, h2, .badge, table')]"
                    ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
                    ".map(e => e.tagName + '.' + e.className).join(' ')"),
              Json(""))
        << width;
    EXPECT_EQ(Value("getComputedStyle(document.querySelector('.badge')).display !== 'none'"),
              Json(true));
  }
  EXPECT_THAT(page->complaints(), IsEmpty());
}

TEST_F(ReportInBrowser, SearchHidesOtherLinesAndGivesThemBack) {
  const std::string shown =
      "[...document.querySelectorAll('#log-lines > div')].filter(e => e.offsetHeight > 0).length";
  Show(390, 844);
  EXPECT_EQ(Value(shown), Json(static_cast<int64_t>(kLogLines)));
  Must(page->Click("#log-search"));
  Must(page->Type("nEEdle"));
  EXPECT_EQ(Value(shown), Json(3));
  EXPECT_EQ(Value("document.getElementById('log-count').textContent"), Json("3 of 300 lines"));
  Must(page->Type(" in a haystack"));
  EXPECT_EQ(Value(shown), Json(0));
  EXPECT_EQ(Value("document.getElementById('log-search').select()"), Json());
  Must(page->Type("line 2"));
  EXPECT_EQ(Value(shown), Json(111));  // 2, 20 to 29 and 200 to 299
  EXPECT_THAT(page->complaints(), IsEmpty());
}

TEST_F(ReportInBrowser, FoldsOpenAndCloseByClick) {
  Show(1200, 900);
  const std::string first = "document.querySelector('details').open";
  const Json before = Value(first);
  ASSERT_NE(before.AsBool(), nullptr);
  Must(page->Click("details > summary"));
  EXPECT_EQ(Value(first), Json(!*before.AsBool()));
  Must(page->Click("details > summary"));
  EXPECT_EQ(Value(first), before);
  EXPECT_THAT(page->complaints(), IsEmpty());
}

TEST_F(ReportInBrowser, FailingTestsAndFindingsComeBeforeTheLog) {
  Show(1200, 900);
  const auto top = [](const std::string& text) {
    return StrCat("([...document.querySelectorAll('section')].find(e => e.textContent.includes('",
                  text, "'))?.getBoundingClientRect().top ?? 1e9)");
  };
  EXPECT_EQ(Value(StrCat(top("path-denied"), " < ", top("Needle"))), Json(true));
  EXPECT_EQ(Value(StrCat(top("billing.tax.rounds_up"), " < ", top("Needle"))), Json(true));
}

// The tests above would see a complaint if there were one.
TEST_F(ReportInBrowser, APolicyViolationIsSeen) {
  std::string html = RenderReport(FullReport());
  html.insert(html.rfind("</body>"), "<script>document.title = 'taken over'</script>");
  ASSERT_TRUE(WriteFileAtomically(file, html).ok());
  Show(1200, 900);
  EXPECT_NE(Value("document.title"), Json("taken over"));
  EXPECT_THAT(page->complaints(), ::testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace ameide::task
