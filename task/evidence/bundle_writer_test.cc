#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "task/contract/run_log.h"
#include "task/evidence/bundle.h"
#include "task/evidence/testing/sample_run.h"

namespace ameide::task {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class BundleWriterTest : public ::testing::Test {
 protected:
  BundleWriter NewWriter(BundleLimits limits = {}) {
    return std::move(BundleWriter::Create(bundle_, limits)).value();
  }
  void Put(const fs::path& path, std::string_view bytes) {
    ASSERT_TRUE(MakeDirectories(path.parent_path()).ok());
    ASSERT_TRUE(WriteFileAtomically(path, bytes).ok());
  }
  // Finishes and reads back: what Finish wrote must always verify under the same limits.
  Manifest Finish(BundleWriter* writer, BundleLimits limits = {}) {
    const Status finished = writer->Finish(testing::SampleSuccess());
    EXPECT_TRUE(finished.ok()) << finished.error().ToString();
    Result<VerifiedBundle> verified = VerifyBundle(bundle_, limits);
    EXPECT_TRUE(verified.ok()) << verified.error().ToString();
    return verified.ok() ? std::move(verified->manifest) : Manifest{};
  }
  static std::vector<std::string> Paths(const Manifest& manifest) {
    std::vector<std::string> paths;
    for (const ManifestFile& file : manifest.files) paths.push_back(file.path);
    return paths;
  }
  static std::vector<std::string> Omitted(const Manifest& manifest) {
    std::vector<std::string> paths;
    for (const Omission& omission : manifest.omissions) {
      EXPECT_FALSE(omission.reason.empty());
      paths.push_back(omission.path);
    }
    return paths;
  }

  ameide::testing::TempDir temp_;
  fs::path bundle_ = temp_.path() / "bundle";
  fs::path checkout_ = temp_.path() / "checkout";
};

TEST_F(BundleWriterTest, ManifestNamesEveryFileWithSizeAndDigest) {
  BundleWriter writer = NewWriter();
  ASSERT_TRUE(writer.AddFile("junit/ameide.xml", "<testsuites/>").ok());
  Put(bundle_ / kRunLogFile, testing::SampleLog());  // written by somebody else
  Put(bundle_ / kDiffFile, testing::kSampleDiff);
  const Manifest manifest = Finish(&writer);
  EXPECT_THAT(Paths(manifest), ElementsAre("diff.patch", "junit/ameide.xml", "provenance.json",
                                           "report.html", "result.json", "run.log"));
  EXPECT_THAT(manifest.omissions, IsEmpty());
  EXPECT_EQ(manifest.work_id, testing::SampleSuccess().work_id);
  EXPECT_EQ(manifest.files[1], (ManifestFile{"junit/ameide.xml", 13, Sha256Hex("<testsuites/>")}));
}

TEST_F(BundleWriterTest, ReportShowsLogAndDiffOfTheBundle) {
  BundleWriter writer = NewWriter();
  Put(bundle_ / kRunLogFile, testing::SampleLog());
  Put(bundle_ / kDiffFile, testing::kSampleDiff);
  Finish(&writer);
  const std::string page = ReadFile(bundle_ / kReportFile, 1 << 20).value();
  EXPECT_THAT(page, HasSubstr("collecting ... 214 tests"));
  EXPECT_THAT(page, HasSubstr("+    lines = invoice.lines"));
  EXPECT_THAT(page, HasSubstr(Sha256Hex(testing::kSampleDiff)));
}

TEST_F(BundleWriterTest, LongLogIsShownFromItsEnd) {
  BundleWriter writer = NewWriter();
  std::string log;
  for (int i = 0; i < 20'000; ++i) {
    log += EncodeLog(testing::SampleSuccess().started_at, LogStream::kStdout,
                     StrCat("line ", i, "\n"));
  }
  Put(bundle_ / kRunLogFile, log);
  Finish(&writer);
  const std::string page = ReadFile(bundle_ / kReportFile, 4 << 20).value();
  EXPECT_THAT(page, HasSubstr(">line 19999</div>"));
  EXPECT_THAT(page, Not(HasSubstr(">line 100</div>")));
  EXPECT_THAT(page, HasSubstr("has all"));
}

TEST_F(BundleWriterTest, DirectoryIsPrivateAndMustBeEmpty) {
  NewWriter();
  struct stat info {};
  ASSERT_EQ(::stat(bundle_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_TRUE(BundleWriter::Create(bundle_).ok());  // empty is fine
  Put(bundle_ / "old", "x");
  EXPECT_EQ(BundleWriter::Create(bundle_).error().kind, ErrorKind::kConflict);
}

TEST_F(BundleWriterTest, RefusesPathsThatNoBundleMayHave) {
  BundleWriter writer = NewWriter();
  for (const char* path :
       {"", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "./a", "a\nb", "a\\b", "\xff",
        "\x1b[2J", "manifest.json", "result.json", "report.html"}) {
    EXPECT_EQ(writer.AddFile(path, "x").error().kind, ErrorKind::kInvalid) << path;
    EXPECT_EQ(writer.AddCopy(path, "/etc/hostname").error().kind, ErrorKind::kInvalid) << path;
  }
  ASSERT_TRUE(writer.AddFile("a", "x").ok());
  EXPECT_EQ(writer.AddFile("a", "y").error().kind, ErrorKind::kConflict);
  EXPECT_EQ(ReadFile(bundle_ / "a", 10).value(), "x");
}

TEST_F(BundleWriterTest, WhatIsNoRegularFileBecomesAnOmission) {
  Put(checkout_ / "real", "secret");
  fs::create_symlink(checkout_ / "real", checkout_ / "link");
  ASSERT_EQ(::mkfifo((checkout_ / "pipe").c_str(), 0600), 0);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = (checkout_ / "socket").string();
  ASSERT_LT(name.size(), sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  BundleWriter writer = NewWriter();
  for (const char* what : {"link", "pipe", "socket", "absent", ""}) {
    EXPECT_TRUE(writer.AddCopy(StrCat("copy/", what, "x"), checkout_ / what).ok()) << what;
  }
  EXPECT_TRUE(writer.AddCopy("copy/null", "/dev/null").ok());
  const Manifest manifest = Finish(&writer);
  EXPECT_THAT(Omitted(manifest), ElementsAre("copy/linkx", "copy/pipex", "copy/socketx",
                                             "copy/absentx", "copy/x", "copy/null"));
  EXPECT_THAT(Paths(manifest), ElementsAre("provenance.json", "report.html", "result.json"));
}

TEST_F(BundleWriterTest, LimitsTurnIntoOmissions) {
  const BundleLimits limits{
      .file_bytes = 1 << 20, .log_bytes = 1 << 20, .total_bytes = 4 << 20, .files = 12};
  BundleWriter writer = NewWriter(limits);
  ASSERT_TRUE(writer.AddFile("too-big", std::string((1 << 20) + 1, 'x')).ok());
  Put(checkout_ / "sparse", "");
  fs::resize_file(checkout_ / "sparse", 1ull << 40);
  ASSERT_TRUE(writer.AddCopy("sparse", checkout_ / "sparse").ok());
  const std::string megabyte(1 << 20, 'm');
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(writer.AddFile(StrCat("m", i), megabyte).ok());
  ASSERT_TRUE(writer.AddFile("last", "l").ok());
  ASSERT_TRUE(writer.AddFile("one-too-many", "l").ok());
  const Manifest manifest = Finish(&writer, limits);
  EXPECT_THAT(Omitted(manifest), ElementsAre("too-big", "sparse", "m3", "one-too-many"));
  EXPECT_THAT(Paths(manifest), ElementsAre("last", "m0", "m1", "m2", "provenance.json",
                                           "report.html", "result.json"));
}

TEST_F(BundleWriterTest, OmissionsThemselvesAreBounded) {
  BundleWriter writer = NewWriter();
  for (int i = 0; i < 1500; ++i) writer.Omit(StrCat("x", i), std::string(5000, 'r'));
  const Manifest manifest = Finish(&writer);
  ASSERT_EQ(manifest.omissions.size(), kMaxOmissions + 1);
  EXPECT_EQ(manifest.omissions.back().reason, "500 more");
}

TEST_F(BundleWriterTest, OmissionsArePrintable) {
  BundleWriter writer = NewWriter();
  writer.Omit("\xff\x1b[31mred", "bad\x07");
  EXPECT_EQ(Finish(&writer).omissions[0], (Omission{"\xEF\xBF\xBDred", "bad"}));
}

TEST_F(BundleWriterTest, CollectsWhatGlobsMatchAndNothingElse) {
  Put(checkout_ / "out/a.xml", "a");
  Put(checkout_ / "out/deep/er/b.xml", "b");
  Put(checkout_ / "out/c.txt", "c");
  Put(checkout_ / "other/d.xml", "d");
  Put(checkout_ / ".git/config.xml", "token");
  Put(checkout_ / "sub/.git/x.xml", "token");
  fs::create_directory_symlink("/etc", checkout_ / "out/etc");
  fs::create_symlink("/etc/hostname", checkout_ / "out/host.xml");
  BundleWriter writer = NewWriter();
  ASSERT_TRUE(writer.CollectGlobs(checkout_, {"out/**/*.xml", "out/*.xml", "**/x.xml"}).ok());
  ASSERT_TRUE(writer.CollectGlobs(checkout_, {"out/a.xml"}).ok());  // again: taken once
  EXPECT_TRUE(writer.Has("out/**"));
  EXPECT_TRUE(writer.Has("out/a.xml"));
  EXPECT_FALSE(writer.Has("other/**"));
  EXPECT_FALSE(writer.Has("files/out/a.xml"));
  const Manifest manifest = Finish(&writer);
  EXPECT_THAT(Paths(manifest), ElementsAre("files/out/a.xml", "files/out/deep/er/b.xml",
                                           "provenance.json", "report.html", "result.json"));
  EXPECT_THAT(Omitted(manifest), ElementsAre("files/out/host.xml"));
}

TEST_F(BundleWriterTest, HasLooksAtJUnitToo) {
  BundleWriter writer = NewWriter();
  ASSERT_TRUE(writer.AddFile("junit/ameide.xml", "<x/>").ok());
  ASSERT_TRUE(writer.AddFile("notes.txt", "n").ok());
  EXPECT_TRUE(writer.Has("*.xml"));
  EXPECT_FALSE(writer.Has("notes.txt"));
}

TEST_F(BundleWriterTest, NeverCollectsItself) {
  bundle_ = checkout_ / "artifacts/agent-ci/run";
  Put(checkout_ / "artifacts/a.txt", "a");
  BundleWriter writer = NewWriter();
  ASSERT_TRUE(writer.AddFile("note", "n").ok());
  ASSERT_TRUE(writer.CollectGlobs(checkout_, {"**"}).ok());
  EXPECT_THAT(Paths(Finish(&writer)), ElementsAre("files/artifacts/a.txt", "note",
                                                  "provenance.json", "report.html", "result.json"));
}

TEST_F(BundleWriterTest, NamesThatNobodyCanReadBecomeOmissions) {
  Put(checkout_ / "bad\xff.xml", "a");
  Put(checkout_ / "new\nline.xml", "a");
  Put(checkout_ / "esc\x1b[2J.xml", "a");
  Put(checkout_ / "back\\slash.xml", "a");
  BundleWriter writer = NewWriter();
  ASSERT_TRUE(writer.CollectGlobs(checkout_, {"*"}).ok());
  Put(bundle_ / "stray\xfe", "a");
  const Manifest manifest = Finish(&writer);
  EXPECT_THAT(Paths(manifest), ElementsAre("provenance.json", "report.html", "result.json"));
  EXPECT_EQ(manifest.omissions.size(), 5u);
}

TEST_F(BundleWriterTest, FinishRemovesWhatCanBeNoEvidence) {
  BundleWriter writer = NewWriter();
  Put(temp_.path() / "outside", "secret");
  fs::create_symlink(temp_.path() / "outside", bundle_ / kRunLogFile);
  fs::create_directory_symlink(temp_.path(), bundle_ / "junit");
  ASSERT_EQ(::mkfifo((bundle_ / "pipe").c_str(), 0600), 0);
  fs::create_directory(bundle_ / kReportFile);
  fs::create_directory(bundle_ / kManifestFile);
  const Manifest manifest = Finish(&writer);
  EXPECT_THAT(Paths(manifest), ElementsAre("provenance.json", "report.html", "result.json"));
  EXPECT_THAT(Omitted(manifest), UnorderedElementsAre("run.log", "junit", "pipe"));
  EXPECT_THAT(ReadFile(bundle_ / kReportFile, 1 << 20).value(), Not(HasSubstr("secret")));
  EXPECT_TRUE(Exists(temp_.path() / "outside"));
}

TEST_F(BundleWriterTest, OverlongLogIsCutAndSaysSo) {
  const BundleLimits limits{.log_bytes = 1000};
  BundleWriter writer = NewWriter(limits);
  Put(bundle_ / kRunLogFile, std::string(5000, 'l'));
  const Manifest manifest = Finish(&writer, limits);
  EXPECT_EQ(fs::file_size(bundle_ / kRunLogFile), 1000u);
  EXPECT_EQ(manifest.omissions[0], (Omission{"run.log", "cut after 1000 of 5000 bytes"}));
}

TEST_F(BundleWriterTest, RunLogHasALimitOfItsOwn) {
  const BundleLimits limits{.file_bytes = 1 << 20};
  BundleWriter writer = NewWriter(limits);
  Put(bundle_ / kRunLogFile, "");
  fs::resize_file(bundle_ / kRunLogFile, 64 << 20);
  EXPECT_THAT(Paths(Finish(&writer, limits)), Contains("run.log"));
}

TEST_F(BundleWriterTest, OwnFilesWinWhenStrangersFillTheBundle) {
  const BundleLimits limits{.files = 6};
  BundleWriter writer = NewWriter(limits);
  for (int i = 0; i < 20; ++i) Put(bundle_ / StrCat("a", i), "x");
  Put(bundle_ / kRunLogFile, "log");
  const Manifest manifest = Finish(&writer, limits);
  EXPECT_EQ(manifest.files.size(), 6u);
  EXPECT_THAT(Paths(manifest), Contains("run.log"));
  EXPECT_EQ(manifest.omissions.size(), 18u);
}

TEST_F(BundleWriterTest, FinishCanBeRepeated) {
  BundleWriter writer = NewWriter();
  ASSERT_TRUE(writer.AddFile("a", "x").ok());
  const Manifest first = Finish(&writer);
  EXPECT_EQ(Finish(&writer), first);
}

TEST_F(BundleWriterTest, AReopenedBundleKeepsItsFilesAndTakesMore) {
  BundleWriter writer = NewWriter();
  ASSERT_TRUE(writer.AddFile("files/a.txt", "a").ok());
  writer.Omit("files/b.txt", "too large");
  Finish(&writer);
  Result<BundleWriter> again = BundleWriter::Reopen(bundle_);
  ASSERT_TRUE(again.ok()) << again.error().ToString();
  EXPECT_FALSE(again->AddFile("files/a.txt", "other").ok());
  EXPECT_TRUE(again->Has("a.txt"));
  ASSERT_TRUE(again->AddFile("publication.json", "{}").ok());
  const Manifest manifest = Finish(&*again);
  EXPECT_THAT(Paths(manifest), Contains("files/a.txt"));
  EXPECT_THAT(Paths(manifest), Contains("publication.json"));
  EXPECT_THAT(Omitted(manifest), ElementsAre("files/b.txt"));
}

TEST_F(BundleWriterTest, AReopenedBundleTakesLinesAndReplacements) {
  BundleWriter writer = NewWriter();
  ASSERT_TRUE(writer.AddFile("facts.jsonl", "one").ok());
  ASSERT_TRUE(writer.AddFile("note/deep", "x").ok());
  Finish(&writer);
  Result<BundleWriter> again = BundleWriter::Reopen(bundle_);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->AppendLine("facts.jsonl", "two").ok());
  EXPECT_TRUE(again->AppendLine("facts.jsonl", "three").ok());
  EXPECT_TRUE(again->AppendLine("more.jsonl", "first").ok());
  EXPECT_TRUE(again->Replace("note", "ours").ok());
  EXPECT_FALSE(again->Replace("result.json", "x").ok());
  const Manifest manifest = Finish(&*again);
  EXPECT_EQ(ReadFile(bundle_ / "facts.jsonl", 100).value(), "one\ntwo\nthree\n");
  EXPECT_EQ(ReadFile(bundle_ / "more.jsonl", 100).value(), "first\n");
  EXPECT_EQ(ReadFile(bundle_ / "note", 100).value(), "ours");
  EXPECT_THAT(Omitted(manifest), ElementsAre("note"));
}

TEST_F(BundleWriterTest, ALineThatDoesNotFitBecomesAnOmission) {
  const BundleLimits limits{.file_bytes = 10};
  BundleWriter writer = NewWriter(limits);
  ASSERT_TRUE(writer.AddFile("a", "12345\n").ok());
  EXPECT_TRUE(writer.AppendLine("a", "678901").ok());
  EXPECT_EQ(ReadFile(bundle_ / "a", 100).value(), "12345\n");
  ASSERT_TRUE(MakeDirectories(bundle_ / "folder").ok());
  EXPECT_FALSE(writer.AppendLine("folder", "x").ok());
}

TEST_F(BundleWriterTest, OmissionsNameNoSecrets) {
  const std::string secret = StrCat("fake-", Sha256Hex("a").substr(0, 20));
  BundleWriter writer = NewWriter();
  writer.Omit(StrCat("files/", secret), "early");
  writer.RedactWith(Redactor({{"TOKEN", secret}}));
  writer.Omit("x", StrCat(std::string(990, 'x'), secret));  // would be cut in two
  const Manifest manifest = Finish(&writer);
  ASSERT_EQ(manifest.omissions.size(), 2u);
  EXPECT_EQ(manifest.omissions[0].path, "files/***TOKEN***");
  EXPECT_THAT(manifest.omissions[1].reason, Not(HasSubstr(secret.substr(0, 8))));
}

TEST_F(BundleWriterTest, ABundleThatDoesNotVerifyIsNotReopened) {
  BundleWriter writer = NewWriter();
  ASSERT_TRUE(writer.AddFile("files/a.txt", "a").ok());
  Finish(&writer);
  Put(bundle_ / "files/a.txt", "b");
  EXPECT_FALSE(BundleWriter::Reopen(bundle_).ok());
}

TEST_F(BundleWriterTest, MillionChangedFilesStillLeaveAReadableResult) {
  TaskResult result = testing::SampleSuccess();
  result.artifact.changed_files.assign(40'000, std::string(250, 'n'));
  BundleWriter writer = NewWriter();
  ASSERT_TRUE(writer.Finish(result).ok());
  const Result<VerifiedBundle> verified = VerifyBundle(bundle_);
  ASSERT_TRUE(verified.ok()) << verified.error().ToString();
  EXPECT_EQ(verified->result.artifact.changed_files.size(), 1000u);
  EXPECT_THAT(verified->manifest.omissions[0].reason, HasSubstr("1000 of 40000 changed files"));
}

}  // namespace
}  // namespace ameide::task
