#include "task/agent/log_writer.h"

#include "base/strings.h"
#include "base/testing/fake_clock.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"

namespace ameide::task {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string Text(const fs::path& path) { return *ReadFile(path, 1u << 20); }

TEST(LogWriter, KeepsStreamsApartAndRemarksOnOneLine) {
  ameide::testing::TempDir temp;
  ameide::testing::FakeClock clock;
  Result<LogWriter> log = LogWriter::Create(temp.path() / "run.log", 1u << 20, clock);
  ASSERT_TRUE(log.ok());
  log->Write(LogStream::kStdout, "out\npart");
  log->Write(LogStream::kStderr, "err\n");
  log->Remark("two\nlines \x1b[31mred");
  log->Finish();
  EXPECT_EQ(Text(temp.path() / "run.log"),
            "2026-01-02T03:04:05.000000Z stdout F out\n"
            "2026-01-02T03:04:05.000000Z stdout P part\n"
            "2026-01-02T03:04:05.000000Z stderr F err\n"
            "2026-01-02T03:04:05.000000Z agent F two | lines red\n");
  EXPECT_EQ(log->dropped_bytes(), 0u);
}

TEST(LogWriter, OverTheLimitItStopsWithoutAHoleAndSaysSo) {
  ameide::testing::TempDir temp;
  ameide::testing::FakeClock clock;
  constexpr uint64_t kLimit = 32u << 10;
  Result<LogWriter> log = LogWriter::Create(temp.path() / "run.log", kLimit, clock);
  ASSERT_TRUE(log.ok());
  const std::string line = std::string(999, 'x') + "\n";
  for (int i = 0; i < 100; ++i) log->Write(LogStream::kStdout, line);
  log->Write(LogStream::kStderr, "small, but later\n");
  log->Finish();
  const std::string text = Text(temp.path() / "run.log");
  EXPECT_LE(text.size(), kLimit);
  EXPECT_EQ(text.find("small, but later"), std::string::npos);
  EXPECT_THAT(text, HasSubstr("output from here on is not stored: the log's limit of 32768"));
  EXPECT_THAT(text, EndsWith(StrCat(log->dropped_bytes(),
                                    " bytes of output were not stored: ", log->loss(), "\n")));
  EXPECT_GT(log->dropped_bytes(), 80'000u);
}

TEST(LogWriter, TakesSecretsOutOfEachStreamAlsoWhenTheyComeInPieces) {
  ameide::testing::TempDir temp;
  ameide::testing::FakeClock clock;
  Result<LogWriter> log =
      LogWriter::Create(temp.path() / "run.log", 1u << 20, clock,
                        Redactor(std::map<std::string, std::string>{{"KEY", "fake-secret"}}));
  ASSERT_TRUE(log.ok());
  log->Write(LogStream::kStdout, "a fake-");
  log->Write(LogStream::kStderr, "other\n");
  log->Write(LogStream::kStdout, "secret b\nfake-se");
  log->EndOutput();
  log->Remark("it said fake-secret");
  const std::string text = Text(temp.path() / "run.log");
  EXPECT_THAT(text, HasSubstr("***KEY***"));
  EXPECT_THAT(text, HasSubstr("fake-se\n"));
  EXPECT_THAT(text, HasSubstr("it said ***KEY***\n"));
  EXPECT_EQ(text.find("fake-secret"), std::string::npos);
}

TEST(LogWriter, ALineThatEndsLikeASecretBeginsStaysOneLine) {
  ameide::testing::TempDir temp;
  ameide::testing::FakeClock clock;
  // In base64 the secret begins with Z, and base64 may go on in the next line.
  Result<LogWriter> log =
      LogWriter::Create(temp.path() / "run.log", 1u << 20, clock,
                        Redactor(std::map<std::string, std::string>{{"KEY", "fake-secret"}}));
  ASSERT_TRUE(log.ok());
  log->Write(LogStream::kStderr, "first\nA to Z\n");
  log->Write(LogStream::kStderr, "last Z\n");
  log->EndOutput();
  EXPECT_EQ(Text(temp.path() / "run.log"),
            "2026-01-02T03:04:05.000000Z stderr F first\n"
            "2026-01-02T03:04:05.000000Z stderr F A to Z\n"
            "2026-01-02T03:04:05.000000Z stderr F last Z\n");
}

TEST(LogWriter, RefusesAFileThatIsThere) {
  ameide::testing::TempDir temp;
  ameide::testing::FakeClock clock;
  fs::create_symlink("/nowhere", temp.path() / "run.log");
  const Result<LogWriter> log = LogWriter::Create(temp.path() / "run.log", 1u << 20, clock);
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace ameide::task
