#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "base/digest.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "task/evidence/bundle.h"
#include "task/evidence/testing/sample_run.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;

const BundleLimits kLimits{
    .file_bytes = 1 << 20, .log_bytes = 2 << 20, .total_bytes = 3 << 20, .files = 12};

// A good bundle on disk and the means to spoil it: `manifest` is written again by Sign.
struct Bundle {
  fs::path at;
  Manifest manifest;

  void Put(std::string_view path, std::string_view bytes) const {
    ASSERT_TRUE(MakeDirectories((at / path).parent_path()).ok());
    ASSERT_TRUE(WriteFileAtomically(at / path, bytes).ok());
  }
  // A file that the manifest names, too.
  void PutNamed(std::string path, std::string_view bytes) {
    Put(path, bytes);
    manifest.files.push_back({std::move(path), bytes.size(), Sha256Hex(bytes)});
  }
  ManifestFile* Find(std::string_view path) {
    for (ManifestFile& file : manifest.files) {
      if (file.path == path) return &file;
    }
    ADD_FAILURE() << "no " << path;
    return &manifest.files.front();
  }
  void Sign() {
    std::stable_sort(manifest.files.begin(), manifest.files.end(),
                     [](const auto& a, const auto& b) { return a.path < b.path; });
    Put(kManifestFile, ToJson(manifest).DumpPretty());
  }
};

Bundle GoodBundle(const fs::path& at) {
  BundleWriter writer = std::move(BundleWriter::Create(at, kLimits)).value();
  EXPECT_TRUE(writer.AddFile("files/out/a.txt", "evidence").ok());
  EXPECT_TRUE(writer.AddFile(kRunLogFile, testing::SampleLog()).ok());
  EXPECT_TRUE(writer.Finish(testing::SampleSuccess()).ok());
  return {at, VerifyBundle(at, kLimits).value().manifest};
}

struct Attack {
  const char* name;
  std::function<void(Bundle* bundle)> spoil;
  const char* says;  // part of the error
};

const Attack kAttacks[] = {
    {"ChangedBytes", [](Bundle* b) { b->Put("files/out/a.txt", "evidencE"); }, "SHA-256"},
    {"LyingDigest",
     [](Bundle* b) {
       b->Find("run.log")->sha256 = std::string(64, '0');
       b->Sign();
     },
     "SHA-256"},
    {"LyingSize",
     [](Bundle* b) {
       b->Find("files/out/a.txt")->size = 7;
       b->Sign();
     },
     "its size is 8, the manifest says 7"},
    {"MissingFile", [](Bundle* b) { fs::remove(b->at / "files/out/a.txt"); }, "a.txt"},
    {"ExtraFile", [](Bundle* b) { b->Put("files/extra", "x"); }, "files/extra"},
    {"ExtraFileInHiddenFolder", [](Bundle* b) { b->Put(".x/y", "x"); }, "does not name it"},
    {"LinkInsteadOfFile",
     [](Bundle* b) {
       fs::rename(b->at / "files/out/a.txt", b->at.parent_path() / "moved");
       fs::create_symlink(b->at.parent_path() / "moved", b->at / "files/out/a.txt");
     },
     "symbolic link"},
    {"LinkInsteadOfFolder",
     [](Bundle* b) {
       fs::rename(b->at / "files/out", b->at.parent_path() / "moved");
       fs::create_directory_symlink(b->at.parent_path() / "moved", b->at / "files/out");
     },
     "symbolic link"},
    {"LinkAsManifest",
     [](Bundle* b) {
       fs::rename(b->at / kManifestFile, b->at.parent_path() / "moved");
       fs::create_symlink(b->at.parent_path() / "moved", b->at / kManifestFile);
     },
     "symbolic link"},
    {"UnnamedDanglingLink", [](Bundle* b) { fs::create_symlink("/nowhere", b->at / "l"); },
     "symbolic link"},
    {"UnnamedPipe", [](Bundle* b) { ASSERT_EQ(::mkfifo((b->at / "pipe").c_str(), 0600), 0); },
     "device, pipe or socket"},
    {"PipeAsManifest",
     [](Bundle* b) {
       fs::remove(b->at / kManifestFile);
       ASSERT_EQ(::mkfifo((b->at / kManifestFile).c_str(), 0600), 0);
     },
     "device, pipe or socket"},
    {"PipeInsteadOfFile",
     [](Bundle* b) {
       fs::remove(b->at / kRunLogFile);
       ASSERT_EQ(::mkfifo((b->at / kRunLogFile).c_str(), 0600), 0);
     },
     "device, pipe or socket"},
    {"FolderInsteadOfFile",
     [](Bundle* b) {
       fs::remove(b->at / kRunLogFile);
       fs::create_directory(b->at / kRunLogFile);
     },
     "run.log"},
    {"SparseBomb", [](Bundle* b) { fs::resize_file(b->at / "files/out/a.txt", 1ull << 40); },
     "its size is"},
    {"NamedSparseBomb",
     [](Bundle* b) {
       fs::resize_file(b->at / "files/out/a.txt", 1ull << 40);
       b->Find("files/out/a.txt")->size = 1ull << 40;
       b->Sign();
     },
     "over the limit"},
    {"OverlongLog",
     [](Bundle* b) {
       b->Find("run.log")->size = (2 << 20) + 1;
       b->Sign();
     },
     "over the limit"},
    {"OverTotal",
     [](Bundle* b) {
       for (const char* name : {"x1", "x2", "x3"}) b->PutNamed(name, std::string(1 << 20, 'x'));
       b->Sign();
     },
     "over the limit"},
    {"SizesThatOverflow",
     [](Bundle* b) {
       for (ManifestFile& file : b->manifest.files) file.size = ~0ull >> 1;
       b->Sign();
     },
     "limit"},
    {"TooManyFiles",
     [](Bundle* b) {
       for (int i = 0; i < 12; ++i) b->PutNamed(StrCat("n", i), "");
       b->Sign();
     },
     "files"},
    {"TooManyFolders",
     [](Bundle* b) {
       for (int i = 0; i < 300; ++i) fs::create_directory(b->at / StrCat("d", i));
     },
     "more than"},
    {"FoldersTooDeep",
     [](Bundle* b) {
       fs::path deep = b->at;
       for (int i = 0; i < 80; ++i) deep /= "d";
       ASSERT_TRUE(MakeDirectories(deep).ok());
     },
     "too deep"},
    {"Traversal",
     [](Bundle* b) {
       b->PutNamed("../outside", "x");
       b->Sign();
     },
     "no plain relative path"},
    {"AbsolutePath",
     [](Bundle* b) {
       b->manifest.files.push_back({"/etc/hostname", 1, std::string(64, '0')});
       b->Sign();
     },
     "no plain relative path"},
    {"TerminalEscapeInPath",
     [](Bundle* b) {
       b->PutNamed("esc\x1b[2J", "x");
       b->Sign();
     },
     "not printable"},
    {"NonUtf8Path", [](Bundle* b) { b->Put("bad\xff", "x"); }, "does not name it"},
    {"DuplicateName",
     [](Bundle* b) {
       b->manifest.files.push_back(*b->Find("files/out/a.txt"));
       b->Sign();
     },
     "name each once"},
    {"ManifestNamesItself",
     [](Bundle* b) {
       b->manifest.files.push_back({kManifestFile, 1, std::string(64, '0')});
       b->Sign();
     },
     "is the manifest itself"},
    {"NoResult",
     [](Bundle* b) {
       fs::remove(b->at / kResultFile);
       std::erase_if(b->manifest.files, [](const auto& f) { return f.path == kResultFile; });
       b->Sign();
     },
     "result.json"},
    {"MalformedResult",
     [](Bundle* b) {
       std::erase_if(b->manifest.files, [](const auto& f) { return f.path == kResultFile; });
       b->PutNamed(kResultFile, "{\"state\": ");
       b->Sign();
     },
     "result.json"},
    {"ResultOfAnotherRun",
     [](Bundle* b) {
       b->manifest.run_id = "another-run";
       b->Sign();
     },
     "another run"},
    {"MalformedManifest", [](Bundle* b) { b->Put(kManifestFile, "{"); }, "manifest.json"},
    {"ManifestOfAnotherShape", [](Bundle* b) { b->Put(kManifestFile, "[1]"); }, "manifest.json"},
    {"HugeManifest", [](Bundle* b) { fs::resize_file(b->at / kManifestFile, (16 << 20) + 1); },
     "too large"},
};

class HostileBundle : public ::testing::TestWithParam<Attack> {};

TEST_P(HostileBundle, IsRefusedByVerifyAndByCopyAndLeavesNothing) {
  const ameide::testing::TempDir temp;
  Bundle bundle = GoodBundle(temp.path() / "run/bundle");
  GetParam().spoil(&bundle);
  const auto verified = VerifyBundle(bundle.at, kLimits);
  ASSERT_FALSE(verified.ok());
  EXPECT_EQ(verified.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(verified.error().ToString(), HasSubstr(GetParam().says));
  const fs::path to = temp.path() / "store/copy";
  const auto copied = CopyBundle(bundle.at, to, kLimits);
  ASSERT_FALSE(copied.ok());
  EXPECT_EQ(copied.error().kind, ErrorKind::kInvalid);
  EXPECT_FALSE(Exists(to));
}

INSTANTIATE_TEST_SUITE_P(Bundle, HostileBundle, ::testing::ValuesIn(kAttacks),
                         [](const auto& place) { return place.param.name; });

class BundleTest : public ::testing::Test {
 protected:
  ameide::testing::TempDir temp_;
  Bundle bundle_ = GoodBundle(temp_.path() / "bundle");
};

TEST_F(BundleTest, VerifyGivesResultManifestAndItsDigest) {
  const VerifiedBundle verified = VerifyBundle(bundle_.at, kLimits).value();
  EXPECT_EQ(verified.result, testing::SampleSuccess());
  EXPECT_EQ(verified.manifest, bundle_.manifest);
  EXPECT_EQ(verified.manifest_sha256, Sha256HexOfFile(bundle_.at / kManifestFile).value());
}

TEST_F(BundleTest, WithoutManifestIsNotFound) {
  fs::remove(bundle_.at / kManifestFile);
  EXPECT_EQ(VerifyBundle(bundle_.at).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(CopyBundle(bundle_.at, temp_.path() / "copy").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(VerifyBundle(temp_.path() / "absent").error().kind, ErrorKind::kNotFound);
}

TEST_F(BundleTest, LinkToABundleIsNoBundle) {
  fs::create_directory_symlink(bundle_.at, temp_.path() / "link");
  EXPECT_FALSE(VerifyBundle(temp_.path() / "link").ok());
}

TEST_F(BundleTest, EmptyFoldersAreHarmlessAndNotCopied) {
  fs::create_directory(bundle_.at / "empty");
  ASSERT_TRUE(CopyBundle(bundle_.at, temp_.path() / "copy", kLimits).ok());
  EXPECT_FALSE(Exists(temp_.path() / "copy/empty"));
}

TEST_F(BundleTest, CopyIsTheSameBundleAndPrivate) {
  fs::permissions(bundle_.at / "files/out/a.txt", fs::perms::all | fs::perms::set_uid);
  const fs::path to = temp_.path() / "store/a/copy";
  const auto copied = CopyBundle(bundle_.at, to, kLimits);
  ASSERT_TRUE(copied.ok()) << copied.error().ToString();
  const VerifiedBundle again = VerifyBundle(to, kLimits).value();
  EXPECT_EQ(again.manifest_sha256, copied->manifest_sha256);
  EXPECT_EQ(again.manifest, bundle_.manifest);
  struct stat info {};
  ASSERT_EQ(::stat((to / "files/out/a.txt").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  ASSERT_EQ(::stat((to / "files").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700u);
}

TEST_F(BundleTest, CopyNeverTouchesWhatIsAlreadyThere) {
  const fs::path to = temp_.path() / "copy";
  fs::create_directory(to);
  EXPECT_EQ(CopyBundle(bundle_.at, to, kLimits).error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(Exists(to));
  EXPECT_FALSE(Exists(to / kResultFile));
}

TEST_F(BundleTest, ErrorsArePrintableAndSayWhatToDo) {
  bundle_.Put("bad\x1b[31m\xff", "x");
  const std::string text = VerifyBundle(bundle_.at).error().ToString();
  EXPECT_THAT(text, HasSubstr("bad\xEF\xBF\xBD: the manifest does not name it; do not trust"));
}

}  // namespace
}  // namespace ameide::task
