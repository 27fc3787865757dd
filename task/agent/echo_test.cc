#include "task/agent/echo.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/strings.h"
#include "base/unique_fd.h"
#include "gmock/gmock.h"

namespace ameide::task {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Joined(const std::vector<EchoPiece>& pieces) {
  std::string text;
  for (const EchoPiece& piece : pieces) text += piece.bytes;
  return text;
}

TEST(EchoLimit, PassesTheBeginningAtOnceAndKeepsTheEnd) {
  const struct {
    uint64_t limit;
    std::vector<std::string> output;
    std::string at_once;
    std::string tail;
    uint64_t left_out;
  } kCases[] = {{10, {}, "", "", 0},
                {10, {"abc"}, "abc", "", 0},
                {10, {"abcde", "fghij"}, "abcde", "fghij", 0},
                {10, {"abcdefghij"}, "abcde", "fghij", 0},
                {10, {"abcdefghijk"}, "abcde", "ghijk", 1},
                {10, {"abcd", "efgh", "ijkl"}, "abcde", "hijkl", 2},
                {10, {"abcdefgh", "ijklmnopqrstuvwxyz"}, "abcde", "vwxyz", 16},
                {7, {"abcdefghij"}, "abc", "ghij", 3},
                {1, {"abc"}, "", "c", 2},
                {0, {"abc"}, "", "", 3}};
  for (const auto& test : kCases) {
    EchoLimit limit(test.limit);
    std::string at_once;
    for (const std::string& bytes : test.output) at_once += limit.Take(LogStream::kStdout, bytes);
    const EchoLimit::Rest rest = limit.Finish();
    EXPECT_EQ(at_once, test.at_once) << StrJoin(test.output, "|");
    EXPECT_EQ(Joined(rest.tail), test.tail) << StrJoin(test.output, "|");
    EXPECT_EQ(rest.left_out, test.left_out) << StrJoin(test.output, "|");
  }
}

TEST(EchoLimit, TheEndKeepsTheOrderOfTheStreams) {
  EchoLimit limit(12);
  EXPECT_EQ(limit.Take(LogStream::kStdout, "head-x"), "head-x");
  for (const char* bytes : {"a", "b"}) EXPECT_EQ(limit.Take(LogStream::kStdout, bytes), "");
  EXPECT_EQ(limit.Take(LogStream::kStderr, "E"), "");
  EXPECT_EQ(limit.Take(LogStream::kStdout, "cdef"), "");
  const EchoLimit::Rest rest = limit.Finish();
  EXPECT_THAT(rest.tail,
              ElementsAre(EchoPiece{LogStream::kStdout, "b"}, EchoPiece{LogStream::kStderr, "E"},
                          EchoPiece{LogStream::kStdout, "cdef"}));
  EXPECT_EQ(rest.left_out, 1u);
}

TEST(EchoLimit, AnyWayOfCuttingTheOutputGivesTheSameBytes) {
  std::string output;
  for (int i = 0; i < 20'000; ++i) StrAppend(&output, i, ",");
  for (const size_t step : {1u, 7u, 4096u, 4097u, 100'000u}) {
    EchoLimit limit(30'000);
    std::string at_once;
    for (size_t at = 0; at < output.size(); at += step) {
      at_once += limit.Take(LogStream::kStderr, std::string_view(output).substr(at, step));
    }
    const EchoLimit::Rest rest = limit.Finish();
    EXPECT_EQ(at_once, output.substr(0, 15'000)) << step;
    EXPECT_EQ(Joined(rest.tail), output.substr(output.size() - 15'000)) << step;
    EXPECT_EQ(rest.left_out, output.size() - 30'000) << step;
  }
}

TEST(EndLine, NamesTheRunItsEndAndItsEvidence) {
  EXPECT_EQ(EndLine({.run_id = "r1",
                     .outcome = Outcome::kFailure,
                     .exit_code = 3,
                     .reason = "no matter",
                     .manifest_sha256 = "abc"}),
            "ameide: run r1 ended: outcome=failure exit=3 manifest=sha256:abc");
  EXPECT_EQ(EndLine({}), "ameide: run - ended: outcome=error exit=0 manifest=none");
}

struct TestPipe {
  TestPipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read.Reset(ends[0]);
    write.Reset(ends[1]);
  }
  std::string All() {
    write.Reset();
    std::string text;
    char buffer[4096];
    for (ssize_t got = 1; got > 0;) {
      got = ::read(read.get(), buffer, sizeof buffer);
      if (got > 0) text.append(buffer, static_cast<size_t>(got));
    }
    return text;
  }
  UniqueFd read, write;
};

TEST(Echo, OurLinesStandOnLinesOfTheirOwnAndTheLastIsTheEnd) {
  TestPipe out, err;
  Echo echo(8, out.write.get(), err.write.get());
  echo.Output(LogStream::kStderr, "head-tail-END");
  echo.End({.run_id = "r1",
            .outcome = Outcome::kFailure,
            .exit_code = 3,
            .reason = "two\nlines",
            .manifest_sha256 = "ab"});
  EXPECT_EQ(err.All(),
            "head\n"
            "ameide: 5 bytes of output are left out here; run.log in the evidence has them\n"
            "-END\n"
            "ameide: two lines\n"
            "ameide: run r1 ended: outcome=failure exit=3 manifest=sha256:ab\n");
  EXPECT_THAT(out.All(), IsEmpty());
}

TEST(Echo, AReaderThatHasGoneEndsNothing) {
  ::signal(SIGPIPE, SIG_IGN);
  TestPipe out, err;
  out.read.Reset();
  Echo echo(1000, out.write.get(), err.write.get());
  echo.Output(LogStream::kStdout, "nobody reads this\n");
  echo.Output(LogStream::kStderr, "nor is this passed on\n");
  echo.End({.run_id = "r1", .outcome = Outcome::kSuccess});
  EXPECT_EQ(err.All(), "ameide: run r1 ended: outcome=success exit=0 manifest=none\n");
}

}  // namespace
}  // namespace ameide::task
