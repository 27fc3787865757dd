// Secrets from the folder they come in to the bundle they must not be in.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <thread>

#include "base/strings.h"
#include "base/unique_fd.h"
#include "gmock/gmock.h"
#include "task/agent/testing/task_fixture.h"

namespace ameide::task {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Shell;

constexpr char kModelKey[] = "fake-model-key-4711";
constexpr char kModelKeyBase64[] = "ZmFrZS1tb2RlbC1rZXktNDcx";  // but its last, shared bits

// Asks everybody for a password and lets nobody in; remembers what it was told.
class AskingServer {
 public:
  AskingServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_.get(), 8), 0);
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~AskingServer() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    thread_.join();
  }
  AskingServer(const AskingServer&) = delete;
  AskingServer& operator=(const AskingServer&) = delete;
  std::string Url() const { return StrCat("http://127.0.0.1:", port_, "/repo.git"); }
  std::vector<std::string> Told() {
    const std::lock_guard lock(mutex_);
    return told_;
  }

 private:
  void Serve() {
    while (true) {
      const UniqueFd client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client.valid()) return;
      std::string request;
      char piece[4096];
      ssize_t got = 1;
      while (got > 0 && request.find("\r\n\r\n") == std::string::npos) {
        got = ::read(client.get(), piece, sizeof piece);
        if (got > 0) request.append(piece, static_cast<size_t>(got));
      }
      const size_t at = request.find("Authorization: Basic ");
      if (at != std::string::npos) {
        const std::lock_guard lock(mutex_);
        told_.push_back(request.substr(at + 21, request.find('\r', at) - at - 21));
      }
      const std::string answer = StrCat(
          "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n",
          "Connection: close\r\n\r\n");
      EXPECT_TRUE(WriteAll(client.get(), answer, "client").ok());
    }
  }

  UniqueFd socket_;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> told_;
  std::thread thread_;
};

class RunSecretsTest : public testing::TaskFixture {
 protected:
  RunSecretsTest() {
    profile_.secrets = {{"CLONE_TOKEN", "clone", "k", {Phase::kCheckout}},
                        {"MODEL_KEY", "model", "k", {Phase::kEdit}},
                        {"VERIFY_KEY", "verify", "k", {Phase::kVerify}},
                        {"PUSH_TOKEN", "push", "k", {Phase::kPr}}};
    options_.secrets = temp_.path() / "secrets";
    EXPECT_TRUE(MakeDirectories(options_.secrets).ok());
  }
  void Put(const std::string& name, const std::string& value) {
    EXPECT_TRUE(WriteFileAtomically(options_.secrets / name, value).ok());
  }
  // Files of the bundle, names included, in which `text` stands.
  std::vector<std::string> FilesWith(const std::string& text) {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(options_.evidence)) {
      const std::string path = entry.path().lexically_relative(options_.evidence).string();
      const bool holds =
          entry.is_regular_file() && FileInBundle(path).find(text) != std::string::npos;
      if (holds || path.find(text) != std::string::npos) found.push_back(path);
    }
    return found;
  }
};

TEST_F(RunSecretsTest, EachPhaseSeesItsOwnAndTheFolderIsGone) {
  Put("CLONE_TOKEN", "fake-clone-token");
  Put("MODEL_KEY", kModelKey);
  Put("VERIFY_KEY", "fake-verify-key");
  const std::string look =
      StrCat("echo ${CLONE_TOKEN-no} ${MODEL_KEY-no} ${VERIFY_KEY-no}; ls -d '",
             options_.secrets.string(), "' 2>/dev/null || echo gone");
  spec_.verify = {"sh", "-c", look};
  ASSERT_EQ(RunScript(look), 0) << Outcome().reason;
  EXPECT_EQ(LogOf(LogStream::kStdout),
            "no ***MODEL_KEY*** no\ngone\nno no ***VERIFY_KEY***\ngone\n");
}

TEST_F(RunSecretsTest, NoValueLeavesInTheBundle) {
  Put("MODEL_KEY", kModelKey);
  constexpr char kScript[] = R"(
echo "out $MODEL_KEY"; printf %s "$MODEL_KEY" | base64 >&2; printf 'split '; printf fake-model-
sleep 0.1; echo key-4711
echo "$MODEL_KEY" > "$AMEIDE_EVIDENCE_DIR/dump.txt"; echo x > "$AMEIDE_EVIDENCE_DIR/$MODEL_KEY"
echo "<testsuite><testcase name='$MODEL_KEY'><failure/></testcase></testsuite>" \
  > "$AMEIDE_EVIDENCE_DIR/unit.xml"
echo "May I use $MODEL_KEY?" > "$AMEIDE_EVIDENCE_DIR/question.md"; exit 75
)";
  EXPECT_EQ(RunScript(kScript), kExitInputRequired);
  EXPECT_EQ(Outcome().reason, "May I use ***MODEL_KEY***?");
  EXPECT_THAT(Outcome().artifact.tests.failing, Contains(HasSubstr("***MODEL_KEY***")));
  EXPECT_THAT(LogOf(LogStream::kStdout), HasSubstr("split ***MODEL_KEY***\n"));
  EXPECT_THAT(FilesWith(kModelKey), IsEmpty());
  EXPECT_THAT(FilesWith(kModelKeyBase64), IsEmpty());
  EXPECT_THAT(FileInBundle("files/dump.txt"), HasSubstr("***MODEL_KEY***"));
}

TEST_F(RunSecretsTest, NoValueLeavesInTheNameOfWhatIsLeftOut) {
  Put("MODEL_KEY", kModelKey);
  ASSERT_EQ(RunScript("ln -s /nowhere \"$AMEIDE_EVIDENCE_DIR/$MODEL_KEY\""), 0);
  EXPECT_THAT(FileInBundle(kManifestFile), HasSubstr("***MODEL_KEY***"));
  EXPECT_THAT(FilesWith(kModelKey), IsEmpty());
}

TEST_F(RunSecretsTest, AValueInTheChangeIsAViolationAndStaysHere) {
  Put("MODEL_KEY", kModelKey);
  EXPECT_EQ(RunScript("echo \"key=$MODEL_KEY\" > a.txt; mkdir \"$MODEL_KEY\"; "
                      "echo x > \"$MODEL_KEY/f\""),
            kExitGuardrailViolation);
  EXPECT_THAT(RulesFound(), ElementsAre("secret-in-change ."));
  EXPECT_THAT(FileInBundle(kDiffFile), HasSubstr("+key=***MODEL_KEY***\n"));
  EXPECT_FALSE(InBundle(kWorkBundleFile));
  EXPECT_THAT(FilesWith(kModelKey), IsEmpty());
}

TEST_F(RunSecretsTest, AValueInABinaryFileTakesThePatchAway) {
  Put("MODEL_KEY", kModelKey);
  EXPECT_EQ(RunScript("printf 'a\\000%s' \"$MODEL_KEY\" > blob"), kExitGuardrailViolation);
  EXPECT_FALSE(InBundle(kDiffFile));
  EXPECT_FALSE(InBundle(kWorkBundleFile));
  EXPECT_THAT(FilesWith(kModelKey), IsEmpty());
}

TEST_F(RunSecretsTest, WhatCannotBeHiddenIsRefusedBeforeAnythingRuns) {
  Put("MODEL_KEY", "tiny");
  EXPECT_EQ(RunScript("true"), kExitRefused);
  EXPECT_THAT(Outcome().reason, HasSubstr("MODEL_KEY"));
  EXPECT_FALSE(Exists(options_.workspace / "repo"));
  EXPECT_FALSE(Exists(options_.secrets));
}

TEST_F(RunSecretsTest, ADigestRunHasNoPushCredentialAndCannotPush) {
  spec_.kind = TaskKind::kRepoDigest;
  options_.environment["PUSH_TOKEN"] = "fake-push-token";
  const std::string before = Shell(origin_, "git for-each-ref");
  ASSERT_EQ(RunScript("env; git push origin HEAD:refs/heads/mine && exit 1; exit 0"), 0);
  EXPECT_THAT(LogOf(LogStream::kStdout), Not(HasSubstr("PUSH_TOKEN")));
  EXPECT_THAT(LogOf(LogStream::kStderr), HasSubstr("no-push"));
  EXPECT_EQ(Shell(origin_, "git for-each-ref"), before);
  options_.workspace = temp_.path() / "second";
  options_.evidence = temp_.path() / "second-evidence";
  ASSERT_TRUE(MakeDirectories(options_.secrets).ok());
  Put("PUSH_TOKEN", "fake-push-token");
  EXPECT_EQ(Run(), kExitRefused);
  EXPECT_THAT(Outcome().reason, HasSubstr("grants it to no phase before pr"));
}

TEST_F(RunSecretsTest, TheCheckoutAnswersItsServerWithTheToken) {
  AskingServer server;
  Put("CLONE_TOKEN", "fake-clone-token\n");
  spec_.repository.url = server.Url();
  EXPECT_EQ(RunScript("true"), kExitCheckoutFailed);
  // base64 of "x-access-token:fake-clone-token"
  EXPECT_THAT(server.Told(), Contains("eC1hY2Nlc3MtdG9rZW46ZmFrZS1jbG9uZS10b2tlbg=="));
  EXPECT_THAT(FilesWith("fake-clone-token"), IsEmpty());
}

}  // namespace
}  // namespace ameide::task
