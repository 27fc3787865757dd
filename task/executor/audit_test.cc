#include "task/executor/audit.h"

#include <sys/stat.h>

#include <fstream>

#include "base/digest.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/executor/presence.h"

namespace ameide::task {
namespace {

using ::ameide::testing::TempDir;

AuditEntry Entry() {
  AuditEntry entry;
  entry.time = *ParseTime("2026-01-02T03:04:05.000006Z");
  entry.duration = Millis(1500);
  entry.task_id = "job-1";
  entry.session_id = "session-1";
  entry.operation_id = "0a";
  entry.tool = "fo.build";
  entry.arguments = Json::Object{{"scope", "all"}};
  entry.end = {.outcome = CallEnd::Outcome::kDone, .status = 200, .result = {}, .reason = ""};
  return entry;
}

TEST(Audit, ALineSaysWhatWasAskedAndHowItEnded) {
  EXPECT_EQ(ToJson(Entry()).Dump(),
            StrCat(R"({"time":"2026-01-02T03:04:05.000006Z","task_id":"job-1",)",
                   R"("session_id":"session-1","operation_id":"0a","tool":"fo.build",)",
                   R"("arguments_sha256":")", Sha256Hex(R"({"scope":"all"})"),
                   R"(","arguments":{"scope":"all"},"outcome":"done","duration_ms":1500,)",
                   R"("status":200})"));
  AuditEntry leaving = Entry();
  leaving.end.reset();
  EXPECT_EQ(*ToJson(leaving).Find("outcome"), Json("begun"));
  EXPECT_EQ(ToJson(leaving).Find("duration_ms"), nullptr);
  AuditEntry refused = Entry();
  refused.end = {
      .outcome = CallEnd::Outcome::kRefused, .status = 0, .result = {}, .reason = "no\nmore"};
  const Json json = ToJson(refused);
  EXPECT_EQ(*json.Find("outcome"), Json("refused"));
  EXPECT_EQ(json.Find("status"), nullptr);
  EXPECT_EQ(*json.Find("reason"), Json("no more"));
}

TEST(Audit, ArgumentsAreCutAndCredentialsHidden) {
  const Json long_text = Json::Object{{"a", std::string(1000, 'x')}};
  EXPECT_LE(RedactArguments(long_text).Find("a")->AsString()->size(), 203u);
  EXPECT_EQ(RedactArguments(*ParseJson(R"({"Password":"p","o":{"git_token":["t"]},"k":1})")).Dump(),
            R"({"Password":"***","o":{"git_token":"***"},"k":1})");
  Json::Array many(30, Json(1));
  const Json cut = RedactArguments(Json(many));
  ASSERT_EQ(cut.AsArray()->size(), 21u);
  EXPECT_EQ(cut.AsArray()->back(), Json("… 30 in all"));
  Json wide{Json::Object{}};
  for (int i = 0; i < 30; ++i) wide.Set(StrCat("m", i), i);
  EXPECT_EQ(RedactArguments(wide).AsObject()->size(), 21u);
  EXPECT_EQ(RedactArguments(Json("a\n\x1b[31mb")), Json("a b"));
}

TEST(AuditFile, AppendsPrivatelyAndFollowsNoLink) {
  const TempDir dir;
  const fs::path path = dir.path() / "executor/audit.jsonl";
  for (int round = 0; round < 2; ++round) {
    auto file = AuditFile::Open(path);
    ASSERT_TRUE(file.ok()) << file.error().ToString();
    EXPECT_TRUE((*file)->Append(Entry()).ok());
  }
  const std::string text = *ReadFile(path, 1 << 20);
  EXPECT_EQ(text, StrCat(ToJson(Entry()).Dump(), "\n", ToJson(Entry()).Dump(), "\n"));
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  fs::create_symlink(path, dir.path() / "link");
  EXPECT_FALSE(AuditFile::Open(dir.path() / "link").ok());
  EXPECT_FALSE(AuditFile::Open(path / "below").ok());
  ASSERT_EQ(::mkfifo((dir.path() / "fifo").c_str(), 0600), 0);
  EXPECT_FALSE(AuditFile::Open(dir.path() / "fifo").ok()) << "and does not wait for a reader";
}

TEST(AuditFile, CountsCallsWhoeverMadeThem) {
  const TempDir dir;
  const fs::path path = dir.path() / "audit.jsonl";
  auto one = *AuditFile::Open(path);
  auto other = *AuditFile::Open(path);
  EXPECT_EQ(*one->Begun("fo.build"), 0);
  AuditEntry begun = Entry();
  begun.end.reset();
  ASSERT_TRUE(one->Append(begun).ok());
  ASSERT_TRUE(one->Append(Entry()).ok()) << "the end of a call is no call";
  ASSERT_TRUE(other->Append(begun).ok());
  begun.task_id = "another";
  ASSERT_TRUE(other->Append(begun).ok());
  begun.tool = "fo.test";
  ASSERT_TRUE(other->Append(begun).ok());
  for (const char* odd : {"{\n", "\n", "[]\n",
                          R"({"outcome":"begun","tool":1})"
                          "\n"}) {
    std::ofstream(path, std::ios::app) << odd;
  }
  for (AuditFile* file : {one.get(), other.get(), one.get()}) {
    EXPECT_EQ(*file->Begun("fo.build"), 3);
    EXPECT_EQ(*file->Begun("fo.test"), 1);
  }
}

TEST(AuditFile, DoesNotCountWhenItWasCutOrRemoved) {
  const TempDir dir;
  const fs::path path = dir.path() / "audit.jsonl";
  const auto file = *AuditFile::Open(path);
  ASSERT_TRUE(file->Append(Entry()).ok());
  ASSERT_TRUE(file->Begun("fo.build").ok());
  fs::resize_file(path, 1);
  EXPECT_EQ(file->Begun("fo.build").error().kind, ErrorKind::kConflict);
  const auto second = *AuditFile::Open(path);
  fs::remove(path);
  EXPECT_EQ(second->Begun("fo.build").error().kind, ErrorKind::kConflict);
}

TEST(AuditFile, OneServerHasTheTurn) {
  const TempDir dir;
  const SystemClock clock;
  const auto one = *AuditFile::Open(dir.path() / "audit.jsonl");
  const auto other = *AuditFile::Open(dir.path() / "audit.jsonl");
  ASSERT_TRUE(one->TakeTurn(Millis(0), clock, {}).ok());
  EXPECT_EQ(other->TakeTurn(Millis(0), clock, {}).error().kind, ErrorKind::kTimeout);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(other->TakeTurn(std::chrono::hours(1), clock, stop.get_token()).error().kind,
            ErrorKind::kCancelled);
  one->EndTurn();
  EXPECT_TRUE(other->TakeTurn(Millis(0), clock, {}).ok());
}

TEST(Presence, TheLastOneToLeaveKnows) {
  const TempDir dir;
  const SystemClock clock;
  auto one = Presence::Join(dir.path() / "executor", clock, {}).value();
  auto other = Presence::Join(dir.path() / "executor", clock, {}).value();
  EXPECT_FALSE(one.LeaveAsLast());
  EXPECT_TRUE(other.LeaveAsLast());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(Presence::Join(dir.path() / "executor", clock, stop.get_token()).error().kind,
            ErrorKind::kCancelled)
      << "the last one is still closing the session";
}

}  // namespace
}  // namespace ameide::task
