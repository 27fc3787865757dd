#include "base/log.h"

#include <unistd.h>

#include "base/json.h"
#include "base/testing/fake_clock.h"
#include "base/text.h"
#include "gtest/gtest.h"

namespace ameide {
namespace {

class LogTest : public ::testing::Test {
 protected:
  Log Make(LogLevel level) {
    return Log(level, "task", clock_, [this](std::string_view line) { lines_.emplace_back(line); });
  }
  testing::FakeClock clock_;
  std::vector<std::string> lines_;
};

TEST_F(LogTest, LineHasTheFormThatTerraformReads) {
  Make(LogLevel::kInfo).Warn("disk is full", {{"path", "/tmp"}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_EQ(lines_[0], R"({"@level":"warn","@message":"disk is full","@module":"task",)"
                       R"("@timestamp":"2026-01-02T03:04:05.000000Z","path":"/tmp"})"
                       "\n");
}

TEST_F(LogTest, NothingBelowTheLevelIsWritten) {
  const Log log = Make(LogLevel::kWarn);
  log.Debug("x");
  log.Info("x");
  log.Warn("x");
  log.Error("x");
  log.Write(LogLevel::kOff, "x");
  EXPECT_EQ(lines_.size(), 2u);
  EXPECT_FALSE(log.Enabled(LogLevel::kInfo));
  EXPECT_TRUE(log.Enabled(LogLevel::kError));
}

TEST_F(LogTest, OffAndSilentWriteNothing) {
  Make(LogLevel::kOff).Error("x");
  Log::Silent(clock_).Error("x");
  EXPECT_TRUE(lines_.empty());
}

TEST_F(LogTest, LineIsBoundedEvenWhenEveryByteIsEscaped) {
  const std::string long_text(200'000, '"');
  Make(LogLevel::kTrace)
      .Error(long_text, {{"a", long_text},
                         {"b", long_text},
                         {"c", long_text},
                         {"d", long_text},
                         {"e", long_text},
                         {"f", long_text},
                         {"one too many", long_text}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_LT(lines_[0].size(), 64u << 10);
  EXPECT_TRUE(ParseJson(lines_[0]).ok());
}

TEST_F(LogTest, AnyBytesMakeOneValidLine) {
  Make(LogLevel::kTrace).Info("\x1b[31mred\xff\ntwo", {{"k", std::string_view("\0\x80", 2)}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_TRUE(IsValidUtf8(lines_[0]));
  EXPECT_EQ(lines_[0].find('\n'), lines_[0].size() - 1);
  EXPECT_EQ(*ParseJson(lines_[0])->Find("@message")->AsString(), "red\xEF\xBF\xBD\ntwo");
}

TEST(ParseLogLevel, KnowsTerraformsWords) {
  const std::pair<const char*, LogLevel> rows[] = {
      {"trace", LogLevel::kTrace}, {"DEBUG", LogLevel::kDebug}, {"Info", LogLevel::kInfo},
      {"warn", LogLevel::kWarn},   {"ERROR", LogLevel::kError}, {"off", LogLevel::kOff},
      {"JSON", LogLevel::kTrace},  {"", LogLevel::kOff},        {"loud", LogLevel::kOff}};
  for (const auto& [text, level] : rows) EXPECT_EQ(ParseLogLevel(text), level) << text;
}

TEST(FdSink, WritesTheWholeLine) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  FdSink(ends[1])("a line\n");
  ::close(ends[1]);
  char buffer[64];
  const ssize_t got = ::read(ends[0], buffer, sizeof buffer);
  ::close(ends[0]);
  EXPECT_EQ(std::string_view(buffer, static_cast<size_t>(got)), "a line\n");
  FdSink(-1)("nobody hears this\n");  // and nothing breaks
}

}  // namespace
}  // namespace ameide
