#include "task/evidence/report.h"

#include "absl/strings/escaping.h"
#include "base/digest.h"
#include "base/strings.h"
#include "base/testing/golden.h"
#include "base/text.h"
#include "gmock/gmock.h"
#include "task/evidence/report_parts.h"
#include "task/evidence/testing/sample_run.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kAttack[] = "</pre></script><script>alert(1)</script><img src=x onerror='a()'>\"";

// A terminal escape, a bell, a NUL, broken UTF-8 and a character that reverses text.
constexpr std::string_view kUgly("x\x1b[31m\x07\0\xff\xc3(y \xE2\x80\xAE z", 18);
static_assert(kUgly.ends_with(" z"));

ReportInput Input(TaskResult result) {
  return {
      std::move(result),
      {{"result.json", 2154, std::string(64, 'a')}, {"run.log", 5u << 20, std::string(64, 'b')}},
      {},
      testing::SampleLog(),
      false,
      testing::kSampleDiff,
      false};
}

size_t Count(std::string_view text, std::string_view what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(Report, SuccessLooksAsAgreed) {
  EXPECT_GOLDEN(RenderReport(Input(testing::SampleSuccess())),
                "task/evidence/testdata/report_success.html");
}

TEST(Report, GuardrailViolationLooksAsAgreed) {
  ReportInput input = Input(testing::SampleViolation());
  input.omissions = {{"files/cache", "it is a symbolic link"}};
  input.log_cut = true;
  input.diff_cut = true;
  EXPECT_GOLDEN(RenderReport(input), "task/evidence/testdata/report_violation.html");
}

TEST(Report, PolicyAllowsExactlyOurOneScript) {
  const std::string page = RenderReport(Input(testing::SampleSuccess()));
  ASSERT_EQ(Count(page, "<script"), 1u);
  const size_t start = page.find("<script>") + 8;
  const std::string script = page.substr(start, page.find("</script>") - start);
  const std::string hash = absl::Base64Escape(absl::HexStringToBytes(Sha256Hex(script)));
  EXPECT_THAT(page, HasSubstr(StrCat("default-src 'none'; style-src 'unsafe-inline'; "
                                     "script-src 'sha256-",
                                     hash, "'; base-uri 'none'; form-action 'none'")));
}

TEST(Report, LoadsNothingFromAnywhere) {
  const std::string page = RenderReport(Input(testing::SampleViolation()));
  for (const char* what : {" src=", "@import", "url(", "<link", "<iframe", "<object", "<form"}) {
    EXPECT_THAT(page, Not(HasSubstr(what)));
  }
}

struct Place {
  const char* name;
  void (*put)(ReportInput* input, const std::string& text);
};

const Place kPlaces[] = {
    {"WorkId", [](ReportInput* i, const std::string& t) { i->result.work_id = t; }},
    {"RunId", [](ReportInput* i, const std::string& t) { i->result.run_id = t; }},
    {"Profile", [](ReportInput* i, const std::string& t) { i->result.profile = t; }},
    {"Reason", [](ReportInput* i, const std::string& t) { i->result.reason = t; }},
    {"Command", [](ReportInput* i, const std::string& t) { i->result.command = {t}; }},
    {"Url", [](ReportInput* i, const std::string& t) { i->result.repository_url = t; }},
    {"WebUrl",
     [](ReportInput* i, const std::string& t) { i->result.artifact.pr_url = "https://x/" + t; }},
    {"Ref", [](ReportInput* i, const std::string& t) { i->result.repository_ref = t; }},
    {"Commit", [](ReportInput* i, const std::string& t) { i->result.base_commit = t; }},
    {"Summary", [](ReportInput* i, const std::string& t) { i->result.artifact.summary = t; }},
    {"Risk", [](ReportInput* i, const std::string& t) { i->result.artifact.risks = {t}; }},
    {"ChangedFile",
     [](ReportInput* i, const std::string& t) { i->result.artifact.changed_files = {t}; }},
    {"FailingTest",
     [](ReportInput* i, const std::string& t) { i->result.artifact.tests.failing = {t}; }},
    {"Finding",
     [](ReportInput* i, const std::string& t) {
       i->result.findings = {{t, t, t, t, t, {t}}};
     }},
    {"File",
     [](ReportInput* i, const std::string& t) {
       i->files = {{t, 1, t}};
     }},
    {"Omission",
     [](ReportInput* i, const std::string& t) {
       i->omissions = {{t, t}};
     }},
    {"Diff", [](ReportInput* i, const std::string& t) { i->diff = "@@ -1 +1 @@\n+" + t + "\n"; }},
    {"DiffName", [](ReportInput* i, const std::string& t) { i->diff = "diff --git a/x b/" + t; }},
    {"RawLog", [](ReportInput* i, const std::string& t) { i->log = t; }},
    {"Log",
     [](ReportInput* i, const std::string& t) {
       i->log = EncodeLog(i->result.started_at, LogStream::kStdout, t + "\n");
     }},
};

class ReportPlace : public ::testing::TestWithParam<Place> {};

TEST_P(ReportPlace, CannotInjectMarkup) {
  ReportInput input = Input(testing::SampleViolation());
  GetParam().put(&input, kAttack);
  const std::string page = RenderReport(input);
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_EQ(Count(page, "<script"), 1u);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("onerror='")));
}

TEST_P(ReportPlace, ShowsOnlyPrintableUtf8) {
  ReportInput input = Input(testing::SampleViolation());
  GetParam().put(&input, std::string(kUgly));
  const std::string page = RenderReport(input);
  EXPECT_TRUE(IsValidUtf8(page));
  EXPECT_EQ(ToPrintable(page), page);
  EXPECT_THAT(page, Not(HasSubstr("\xE2\x80\xAE")));
}

INSTANTIATE_TEST_SUITE_P(Report, ReportPlace, ::testing::ValuesIn(kPlaces),
                         [](const auto& place) { return place.param.name; });

TEST(Report, SpellsOutCharactersThatReorderText) {
  EXPECT_EQ(report::Escape("a\xE2\x80\xAE"
                           "b\xE2\x81\xA9"),
            "a[U+202E]b[U+2069]");
  EXPECT_EQ(report::Escape("a\xE2\x80\x94z\xE2\x81\xA0"), "a\xE2\x80\x94z\xE2\x81\xA0");
}

TEST(Report, LinksOnlyToTheWeb) {
  const auto html = [](std::string_view url) { return report::LinkOrText(url).Take(); };
  EXPECT_THAT(html("https://git.example.com/pull/1"), HasSubstr("href=\"https://git.example.com"));
  for (const char* url : {"javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "",
                          " https://x", "https://x\n"}) {
    EXPECT_THAT(html(url), Not(HasSubstr("href"))) << url;
  }
}

TEST(Report, JoinsPartsOfALineAndKeepsStreamsApart) {
  const std::string page = RenderReport(Input(testing::SampleSuccess()));
  EXPECT_THAT(page,
              HasSubstr("<div class=\"o\" data-n=\"03:04:17\">collecting ... 214 tests</div>"));
  EXPECT_THAT(page, HasSubstr("<div class=\"e\" data-n=\"03:04:16\">warning: tax table"));
  EXPECT_THAT(page, HasSubstr("<div class=\"g\" data-n=\"03:04:05\">checked out main"));
}

TEST(Report, NumbersDiffLinesOnTheirOwnSide) {
  const std::string page = RenderReport(Input(testing::SampleSuccess()));
  EXPECT_THAT(page, HasSubstr("<div class=\"r\" data-n=\"13\">-    return round(invoice"));
  EXPECT_THAT(page, HasSubstr("<div class=\"a\" data-n=\"14\">+    return sum("));
  EXPECT_THAT(page, HasSubstr("<code>billing/tax.py</code> <span class=\"mono plus\">+2</span>"));
}

TEST(Report, RemovedLineThatLooksLikeAHeaderStaysRemoved) {
  ReportInput input = Input(testing::SampleSuccess());
  input.diff = "diff --git a/q.sql b/q.sql\n@@ -1 +0,0 @@\n--- old comment\n";
  EXPECT_THAT(RenderReport(input),
              HasSubstr("<div class=\"r\" data-n=\"1\">--- old comment</div>"));
}

TEST(Report, SaysWhenSomethingWasCut) {
  ReportInput input = Input(testing::SampleSuccess());
  EXPECT_THAT(RenderReport(input), Not(HasSubstr(" has all")));
  input.log.clear();
  for (int i = 0; i < 5000; ++i) {
    input.log += EncodeLog(input.result.started_at, LogStream::kStdout, StrCat("line ", i, "\n"));
  }
  input.diff += std::string(kReportDiffBytes, '+');
  input.result.artifact.changed_files.assign(600, "x");
  const std::string page = RenderReport(input);
  EXPECT_THAT(page, HasSubstr("the last 2000 lines; <a href=\"run.log\">run.log</a> has all"));
  EXPECT_THAT(page, HasSubstr(">line 4999</div>"));
  EXPECT_THAT(page, Not(HasSubstr(">line 2999</div>")));
  EXPECT_THAT(page, HasSubstr("<a href=\"diff.patch\">diff.patch</a> has all"));
  EXPECT_THAT(page, HasSubstr("and 100 more, see result.json"));
}

TEST(Report, StaysSmallForHugeInput) {
  ReportInput input = Input(testing::SampleViolation());
  const std::string big(1u << 20, '<');
  input.log = big;
  input.diff = big;
  input.result.reason = input.result.work_id = input.result.artifact.summary = big;
  input.result.command = std::vector<std::string>(20, big);
  input.result.artifact.changed_files.assign(100, big);
  EXPECT_LT(RenderReport(input).size(), 8u << 20);
}

TEST(Report, SaysWhyARunIsNoSuccess) {
  TaskResult result = testing::SampleViolation();
  result.findings.clear();
  result.failure = FailureClass::kCommandFailed;
  result.exit_code = 139;
  result.signal = 11;
  result.reason = "segmentation fault";
  const std::string crashed = RenderReport(Input(result));
  EXPECT_THAT(crashed, HasSubstr("<h2>The command failed</h2>"));
  EXPECT_THAT(crashed, HasSubstr("ended by signal <b>11</b>"));
  result.exit_code.reset();
  result.signal.reset();
  result.failure = FailureClass::kInfrastructure;
  result.outcome = Outcome::kError;
  const std::string lost = RenderReport(Input(result));
  EXPECT_THAT(lost, HasSubstr("<h2>The workspace was lost</h2>"));
  EXPECT_THAT(lost, HasSubstr("never ran to an end of its own"));
}

TEST(Report, BarsStayInsideTheTrackWhateverTheTimesSay) {
  TaskResult result = testing::SampleSuccess();
  result.phases = {{Phase::kEdit, WallTime::min(), Millis::max(), Outcome::kSuccess},
                   {Phase::kVerify, WallTime::max(), Millis::min(), Outcome::kTimeout}};
  const std::string page = RenderReport(Input(result));
  EXPECT_THAT(page, HasSubstr("style=\"left:0.00%;width:100.00%\""));
  EXPECT_THAT(page, HasSubstr("style=\"left:100.00%;width:0.00%\""));
  result.finished_at = WallTime::max();
  result.started_at = WallTime::min();
  EXPECT_THAT(RenderReport(Input(result)), HasSubstr("</html>"));
}

TEST(ReportWords, ReadAsPeopleWouldSayThem) {
  EXPECT_EQ(report::HumanDuration(Millis(850)), "850 ms");
  EXPECT_EQ(report::HumanDuration(Millis(12'480)), "12.4 s");
  EXPECT_EQ(report::HumanDuration(Millis(187'400)), "3 min 07 s");
  EXPECT_EQ(report::HumanDuration(Millis(7'500'000)), "2 h 05 min");
  EXPECT_EQ(report::HumanDuration(Millis(-5)), "0 ms");
  EXPECT_EQ(report::HumanSize(0), "0 B");
  EXPECT_EQ(report::HumanSize(1023), "1023 B");
  EXPECT_EQ(report::HumanSize(1536), "1.5 KiB");
  EXPECT_EQ(report::HumanSize(5u << 20), "5.0 MiB");
  EXPECT_EQ(report::HumanSize(~0ull), "15.9 EiB");
  EXPECT_EQ(report::HumanTime(ameide::testing::FakeClock().Now()), "2026-01-02 03:04:05 UTC");
}

}  // namespace
}  // namespace ameide::task
