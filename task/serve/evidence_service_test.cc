#include "task/serve/evidence_service.h"

#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "task/contract/manifest.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class EvidenceServiceTest : public ::testing::Test {
 protected:
  EvidenceServiceTest()
      : folders_{temp_.path() / "code", temp_.path() / "code" / "evidence",
                 temp_.path() / "publication"} {
    for (const char* folder : {"files", "takeover"}) {
      EXPECT_TRUE(MakeDirectories(folders_.evidence / folder).ok());
    }
    Write(folders_.workspace / "spec.json", "not evidence");
    Write(folders_.evidence / "run.log", "0123456789");
    Write(folders_.evidence / "files/a b.html", "<script>");
  }
  static void Write(const fs::path& path, const std::string& bytes) {
    EXPECT_TRUE(WriteFileAtomically(path, bytes).ok()) << path;
  }
  http::Response Ask(const std::string& target, const std::string& range = "") {
    http::Request request{.target = target};
    if (!range.empty()) request.headers.emplace_back("range", range);
    return AnswerRequest(folders_, request);
  }
  int Send(const std::string& method, const std::string& target, std::string body = "") {
    return AnswerRequest(folders_, {method, target, {}, std::move(body)}).status;
  }
  unsigned ModeOf(const fs::path& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777;
  }

  testing::TempDir temp_;
  ServedFolders folders_;
};

TEST_F(EvidenceServiceTest, HealthIsGoodOnceTheEvidenceIsSealed) {
  EXPECT_EQ(Ask("/health").status, 503);
  EXPECT_EQ(Ask("/health").body, "{\"evidence\":\"writing\"}");
  Write(folders_.evidence / kManifestFile, "{}");
  EXPECT_EQ(Ask("/health?x").status, 200);
  EXPECT_EQ(Ask("/health").body, "{\"evidence\":\"sealed\"}");
  folders_.evidence = temp_.path() / "none";
  EXPECT_EQ(Ask("/health").status, 503);
  EXPECT_EQ(Ask("/health").body, "{\"evidence\":\"absent\"}");
}

TEST_F(EvidenceServiceTest, FilesComeWholeAndInRanges) {
  const http::Response whole = Ask("/evidence/run.log");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, "0123456789");
  EXPECT_EQ(http::FindHeader(whole.headers, "Accept-Ranges"), "bytes");
  const http::Response part = Ask("/evidence/run.log", "bytes=2-4");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(http::FindHeader(part.headers, "Content-Range"), "bytes 2-4/10");
  const http::Response beyond = Ask("/evidence/run.log", "bytes=10-");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(http::FindHeader(beyond.headers, "Content-Range"), "bytes */10");
}

TEST_F(EvidenceServiceTest, NothingIsEverShownAsAPage) {
  for (const char* target : {"/evidence/files/a%20b.html", "/evidence/run.log"}) {
    const http::Response response = Ask(target);
    EXPECT_EQ(http::FindHeader(response.headers, "Content-Type"), "application/octet-stream");
    EXPECT_EQ(http::FindHeader(response.headers, "X-Content-Type-Options"), "nosniff");
  }
}

TEST_F(EvidenceServiceTest, ALargeFileIsHadInRangesOnly) {
  Write(folders_.evidence / "big", std::string(kMaxAnswerBytes, 'x') + "yz");
  EXPECT_EQ(Ask("/evidence/big").status, 400);
  EXPECT_THAT(Ask("/evidence/big").body, HasSubstr(StrCat(kMaxAnswerBytes + 2)));
  const http::Response first = Ask("/evidence/big", "bytes=0-");
  EXPECT_EQ(first.body.size(), kMaxAnswerBytes);
  EXPECT_EQ(http::FindHeader(first.headers, "Content-Range"),
            StrCat("bytes 0-", kMaxAnswerBytes - 1, "/", kMaxAnswerBytes + 2));
  EXPECT_EQ(Ask("/evidence/big", StrCat("bytes=", kMaxAnswerBytes, "-")).body, "yz");
}

TEST_F(EvidenceServiceTest, NoPathLeavesTheFolder) {
  fs::create_symlink("../spec.json", folders_.evidence / "link");
  fs::create_symlink("..", folders_.evidence / "up");
  fs::create_symlink("run.log", folders_.evidence / "inside");
  ASSERT_EQ(::mkfifo((folders_.evidence / "pipe").c_str(), 0600), 0);
  for (const char* target :
       {"/evidence/../spec.json", "/evidence/%2e%2e/spec.json", "/evidence/link",
        "/evidence/up/spec.json", "/evidence/inside", "/evidence/pipe", "/evidence/files",
        "/evidence/none", "/evidence/run.log/x", "/evidence//run.log", "/spec.json", "/"}) {
    const http::Response response = Ask(target);
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_THAT(response.body, Not(HasSubstr("not evidence"))) << target;
  }
  fs::rename(folders_.evidence, temp_.path() / "moved");
  fs::create_directory_symlink(temp_.path() / "moved", folders_.evidence);
  EXPECT_EQ(Ask("/evidence/run.log").status, 404) << "the folder itself is no link either";
}

TEST_F(EvidenceServiceTest, PipesInPlaceOfFilesAreNoneAndHoldNobody) {
  ASSERT_TRUE(MakeDirectories(folders_.publication).ok());
  fs::remove(folders_.evidence / "run.log");
  for (const fs::path& path :
       {folders_.evidence / kManifestFile, folders_.evidence / kFactsFile,
        folders_.evidence / kRunLogFile, folders_.evidence / kWorkBundleFile,
        folders_.publication / "publication.json", folders_.workspace / "agent.pid",
        folders_.workspace / "publish-order.json"}) {
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0) << path;
  }
  EXPECT_EQ(Ask("/health").body, "{\"evidence\":\"writing\"}");
  EXPECT_EQ(Ask("/status").status, 200);
  EXPECT_EQ(Ask("/publication").status, 404);
  EXPECT_EQ(Ask("/evidence/run.log").status, 404);
  EXPECT_EQ(Send("PUT", "/publish-order", "{}"), 204) << "it takes the pipe's place";
  EXPECT_EQ(ReadFile(folders_.workspace / "publish-order.json", 100).value(), "{}");
}

// Whoever swaps a folder for a link again and again never gets a look behind it.
TEST_F(EvidenceServiceTest, LinksPlantedBetweenTwoLooksAreNotFollowed) {
  const fs::path folder = folders_.evidence / "files";
  const fs::path outside = temp_.path() / "outside";
  ASSERT_TRUE(MakeDirectories(outside).ok());
  Write(outside / "f", "outside");
  Write(folder / "f", "inside");
  fs::create_directory_symlink(outside, folders_.evidence / "link");
  std::atomic<bool> done = false;
  std::jthread swapper([&] {
    while (!done) {
      ::renameat2(-100, folder.c_str(), -100, (folders_.evidence / "link").c_str(),
                  2 /* RENAME_EXCHANGE */);
    }
  });
  int inside = 0;
  for (int i = 0; i < 3000; ++i) {
    const http::Response response = Ask("/evidence/files/f");
    if (response.status == 200) inside += response.body == "inside" ? 1 : -1'000'000;
  }
  done = true;
  EXPECT_GT(inside, 0);
}

TEST_F(EvidenceServiceTest, AnOrderIsStoredWhole) {
  const fs::path order = folders_.workspace / "publish-order.json";
  EXPECT_EQ(Send("PUT", "/publish-order", "{\"first\":1}"), 204);
  EXPECT_EQ(Send("PUT", "/publish-order", "{\"second\":2}"), 204);
  EXPECT_EQ(ReadFile(order, 100).value(), "{\"second\":2}");
  EXPECT_EQ(Send("PUT", "/publish-order", std::string(kMaxOrderBytes + 1, 'x')), 413);
  EXPECT_EQ(ReadFile(order, 100).value(), "{\"second\":2}");
  EXPECT_EQ(Send("PUT", "/publish-order", std::string(kMaxOrderBytes, 'x')), 204);
}

TEST_F(EvidenceServiceTest, AnOrderLetsThePublisherReadTheWorkAndNothingElse) {
  const fs::path work = folders_.evidence / kWorkBundleFile;
  Write(work, "bundle");
  ::chmod(folders_.workspace.c_str(), 0700);
  EXPECT_EQ(Send("PUT", "/publish-order", "{}"), 204);
  EXPECT_EQ(ModeOf(folders_.workspace), 0711u);
  EXPECT_EQ(ModeOf(folders_.evidence), 0711u);
  EXPECT_EQ(ModeOf(work.parent_path()), 0711u);
  EXPECT_EQ(ModeOf(work), 0644u);
  EXPECT_EQ(ModeOf(folders_.workspace / "publish-order.json"), 0644u);
  EXPECT_EQ(ModeOf(folders_.evidence / "run.log"), 0600u);
}

TEST_F(EvidenceServiceTest, ThePublicationComesWhenItIsThere) {
  EXPECT_EQ(Ask("/publication").status, 404);
  ASSERT_TRUE(MakeDirectories(folders_.publication).ok());
  Write(folders_.publication / "publication.json", "{\"x\":1}");
  EXPECT_EQ(Ask("/publication").status, 200);
  EXPECT_EQ(Ask("/publication").body, "{\"x\":1}");
}

TEST_F(EvidenceServiceTest, OnlyReadingWorksButForTheOrder) {
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    EXPECT_EQ(Send(method, "/evidence/run.log"), 405) << method;
    EXPECT_EQ(Send(method, "/status"), 405) << method;
    EXPECT_EQ(Send(method, "/nothing"), 404) << method;
  }
  EXPECT_EQ(Send("GET", "/publish-order"), 405);
  EXPECT_EQ(Send("HEAD", "/evidence/run.log"), 200);
  EXPECT_TRUE(Exists(folders_.evidence / "run.log"));
}

}  // namespace
}  // namespace ameide::task
