#include "task/contract/run_log.h"

#include <random>

#include "base/strings.h"
#include "base/testing/fake_clock.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

constexpr std::string_view kAt = "2026-01-02T03:04:05.000000Z ";

std::string Encode(LogStream stream, std::string_view bytes) {
  return EncodeLog(ameide::testing::FakeClock().Now(), stream, bytes);
}

// What was written to one stream, joined from its parts.
std::string Decode(std::string_view log, LogStream stream) {
  std::string bytes;
  while (!log.empty()) {
    const size_t end = log.find('\n');
    LogLine line{};
    EXPECT_TRUE(ParseLogLine(log.substr(0, end), &line)) << log.substr(0, end);
    if (line.stream == stream) StrAppend(&bytes, line.bytes, line.partial ? "" : "\n");
    log.remove_prefix(end + 1);
  }
  return bytes;
}

TEST(EncodeLog, WritesOneLinePerLine) {
  EXPECT_EQ(Encode(LogStream::kStdout, "a\n\nb"),
            StrCat(kAt, "stdout F a\n", kAt, "stdout F \n", kAt, "stdout P b\n"));
  EXPECT_EQ(Encode(LogStream::kStderr, "x\n"), StrCat(kAt, "stderr F x\n"));
  EXPECT_EQ(Encode(LogStream::kAgent, ""), "");
}

TEST(EncodeLog, CutsLongLinesIntoParts) {
  const std::string part(kMaxLogPart, 'x');
  EXPECT_EQ(Encode(LogStream::kStdout, part + "\n"), StrCat(kAt, "stdout F ", part, "\n"));
  EXPECT_EQ(Encode(LogStream::kStdout, part + "y\n"),
            StrCat(kAt, "stdout P ", part, "\n", kAt, "stdout F y\n"));
}

TEST(EncodeLog, EveryByteComesBackHoweverThePipeCutsIt) {
  std::mt19937 random(3);
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  for (int run = 0; run < 50; ++run) {
    std::string written[2];
    std::string log;
    for (int piece = below(20); piece > 0; --piece) {
      std::string bytes(static_cast<size_t>(below(5) == 0 ? 40'000 : below(40)), '\0');
      for (char& c : bytes) c = below(8) == 0 ? '\n' : static_cast<char>(below(256));
      const int stream = below(2);
      written[stream] += bytes;
      log += Encode(stream == 0 ? LogStream::kStdout : LogStream::kStderr, bytes);
    }
    EXPECT_EQ(Decode(log, LogStream::kStdout), written[0]);
    EXPECT_EQ(Decode(log, LogStream::kStderr), written[1]);
  }
}

TEST(ParseLogLine, TakesNothingElse) {
  LogLine line{};
  const std::string good = StrCat(kAt, "stderr P two words");
  ASSERT_TRUE(ParseLogLine(good, &line));
  EXPECT_EQ(line.time, kAt.substr(0, 27));
  EXPECT_EQ(line.stream, LogStream::kStderr);
  EXPECT_TRUE(line.partial);
  EXPECT_EQ(line.bytes, "two words");
  for (const std::string& bad :
       {std::string(), std::string("hello"), StrCat(kAt, "stdout F"), StrCat(kAt, "stdin F x"),
        StrCat(kAt, "stdout X x"), StrCat(kAt, "stdout  F x"), StrCat(kAt, "stdout F x\n"),
        StrCat("2026-01-02T03:04:05Z stdout F x"), StrCat(" ", kAt, "stdout F x")}) {
    EXPECT_FALSE(ParseLogLine(bad, &line)) << bad;
  }
}

TEST(ReadableLog, ShowsLinesAsTheyWereMeant) {
  const std::string log =
      Encode(LogStream::kStdout, "half") + Encode(LogStream::kStderr, "\x1b[31mwarning\x1b[0m\n") +
      Encode(LogStream::kStdout, " whole\n") + Encode(LogStream::kAgent, "ended 2 processes\n") +
      Encode(LogStream::kStdout, "no newline \xff");
  EXPECT_EQ(ReadableLog(log), "warning\nhalf whole\nended 2 processes\nno newline \xEF\xBF\xBD\n");
}

TEST(ReadableLog, KeepsPiecesThatAreNoLogLines) {
  EXPECT_EQ(ReadableLog("5Z stdout F cut\n" + Encode(LogStream::kStdout, "x\n")),
            "5Z stdout F cut\nx\n");
  EXPECT_EQ(ReadableLog(""), "");
}

}  // namespace
}  // namespace ameide::task
