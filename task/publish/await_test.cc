// `publish await` as a process: orders come through a folder that anybody may write to.
#include <fcntl.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "gmock/gmock.h"
#include "task/contract/manifest.h"
#include "task/contract/template_parameters.h"
#include "task/evidence/order_envelope.h"
#include "task/evidence/signature.h"
#include "task/publish/testing/publish_fixture.h"

namespace ameide::task::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AwaitFixture : public PublishFixture {
 protected:
  AwaitFixture() : key_(*KeyFromSeed(std::string(32, 'k'))) {
    profile_.secrets = {{"PUSH_USERNAME", "push", "username", {Phase::kPr}},
                        {"PUSH_PASSWORD", "push", "password", {Phase::kPr}},
                        {"OTHER_TOKEN", "other", "token", {Phase::kEdit}}};
    EXPECT_TRUE(MakeDirectories(publication_).ok());
    bundle_ = workspace_ / "evidence" / kWorkBundleFile;
    EXPECT_TRUE(MakeDirectories(bundle_.parent_path()).ok());
    Work("echo two > src/a.txt; git add -A");
    Bundle();
    statement_ = {spec_.work_id, spec_.run_id, base_, *Sha256HexOfFile(bundle_),
                  clock_.Now() + std::chrono::minutes(10)};
  }
  ~AwaitFixture() override {
    if (!child_) return;
    child_->Signal(SIGKILL);
    child_->Wait();
  }

  std::string Sealed(const PublishStatement& statement) const {
    return *SealPublishOrder(statement, key_.private_pem);
  }
  void PutOrder(std::string_view bytes) const {
    ASSERT_TRUE(RemoveTree(order_).ok());
    ASSERT_TRUE(WriteFileAtomically(order_, bytes).ok());
  }
  std::map<std::string, std::string> Variables() const {
    std::map<std::string, std::string> variables = environment_;
    variables["AMEIDE_SPEC_BASE64"] = ToBase64(ToJson(spec_).Dump());
    variables["AMEIDE_CONTRACT_BASE64"] = ToBase64(ToJson(profile_).Dump());
    variables["AMEIDE_PUBLISH_KEY"] = ToBase64(key_.public_der);
    variables["PUSH_USERNAME"] = "bot";
    variables["PUSH_PASSWORD"] = password_;
    return variables;
  }
  void Start(const std::map<std::string, std::string>& variables) {
    const UniqueFd log(::open(log_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    SpawnOptions options;
    options.argv = {kPublisher,
                    "publish",
                    "await",
                    "--workspace",
                    workspace_.string(),
                    "--publication",
                    publication_.string(),
                    "--work",
                    (temp_.path() / "private").string()};
    options.environment = variables;
    options.directory = "/";
    options.stderr_fd = log.get();
    auto child = Subprocess::Spawn(options);
    ASSERT_TRUE(child.ok()) << child.error().ToString();
    child_.emplace(std::move(*child));
  }
  std::string Log() const {
    auto text = ReadFile(log_, 1u << 20);
    return text.ok() ? *text : "";
  }
  // Until the publisher has said so, or is gone.
  void AwaitWords(std::string_view words) {
    const MonoTime end = clock_.Monotonic() + Millis(60'000);
    while (Log().find(words) == std::string::npos && clock_.Monotonic() < end) {
      ASSERT_FALSE(child_->Poll()) << Log();
      clock_.WaitFor({}, Millis(20));
    }
    ASSERT_THAT(Log(), HasSubstr(words));
  }
  Publication AwaitAnswer() {
    const MonoTime end = clock_.Monotonic() + Millis(100'000);
    while (!child_->Poll() && clock_.Monotonic() < end) clock_.WaitFor({}, Millis(20));
    EXPECT_TRUE(child_->Poll()) << Log();
    const auto bytes = ReadFile(publication_ / kPublicationFile, 1u << 20);
    EXPECT_TRUE(bytes.ok()) << Log();
    if (!bytes.ok()) return {};
    EXPECT_THAT(*bytes + Log(), Not(HasSubstr(password_)));
    EXPECT_FALSE(Exists(temp_.path() / "private"));
    const auto publication = PublicationFromJson(*ParseJson(*bytes));
    EXPECT_TRUE(publication.ok()) << *bytes;
    return publication.value.value_or(Publication{});
  }

  KeyPair key_;
  fs::path workspace_ = temp_.path() / "workspaces" / "code";
  fs::path publication_ = temp_.path() / "publication";
  fs::path order_ = workspace_ / kPublishOrderFile;
  fs::path log_ = temp_.path() / "await.log";
  PublishStatement statement_;
  std::optional<Subprocess> child_;
};

TEST_F(AwaitFixture, AnOrderThatHoldsIsObeyed) {
  PutOrder(Sealed(statement_));
  Start(Variables());
  const Publication done = AwaitAnswer();
  ASSERT_EQ(done.failure, FailureClass::kNone) << done.reason << Log();
  EXPECT_EQ(Shell(remote_, "git rev-parse agent/fix"), done.commit);
  EXPECT_EQ(done.pr_url, "https://git.example/owner/repo/pull/7");
  struct stat info {};
  ASSERT_EQ(::stat((publication_ / kPublicationFile).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0644u) << "another user of the pod serves it";
}

struct BadOrder {
  const char* name;
  std::function<std::string(const PublishStatement&, const KeyPair&)> bytes;
  const char* said;
};

class BadOrders : public AwaitFixture, public ::testing::WithParamInterface<BadOrder> {};

TEST_P(BadOrders, ArePassedOverAndTheRightOneIsStillObeyed) {
  PutOrder(GetParam().bytes(statement_, key_));
  Start(Variables());
  AwaitWords(GetParam().said);
  ExpectNothingPushed();
  PutOrder(Sealed(statement_));
  EXPECT_EQ(AwaitAnswer().failure, FailureClass::kNone) << Log();
}

std::string SealedWith(const KeyPair& key, PublishStatement statement,
                       void (*change)(PublishStatement*)) {
  change(&statement);
  return *SealPublishOrder(statement, key.private_pem);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BadOrders,
    ::testing::Values(
        BadOrder{"OfAnotherKey",
                 [](const PublishStatement& s, const KeyPair&) {
                   return SealedWith(*KeyFromSeed(std::string(32, 'x')), s,
                                     [](PublishStatement*) {});
                 },
                 "not this key's"},
        BadOrder{"OfAnotherRun",
                 [](const PublishStatement& s, const KeyPair& key) {
                   return SealedWith(key, s, [](PublishStatement* o) { o->run_id = "run-0"; });
                 },
                 "for another run"},
        BadOrder{"OfAnotherWork",
                 [](const PublishStatement& s, const KeyPair& key) {
                   return SealedWith(key, s, [](PublishStatement* o) { o->work_id = "w"; });
                 },
                 "for another run"},
        BadOrder{"Expired",
                 [](const PublishStatement& s, const KeyPair& key) {
                   return SealedWith(key, s, [](PublishStatement* o) {
                     o->expires_at = *ParseTime("2026-01-02T03:04:05.000006Z");
                   });
                 },
                 "it expired at 2026-01-02"},
        BadOrder{"Garbage",
                 [](const PublishStatement&, const KeyPair&) { return std::string("\x1b[2J{{{"); },
                 "passed over"},
        BadOrder{"TooLong",
                 [](const PublishStatement&, const KeyPair&) {
                   return std::string(kMaxPublishOrderBytes + 1, ' ');
                 },
                 "passed over"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST_F(AwaitFixture, OrdersThatAreNoPlainFilesArePassedOver) {
  const fs::path aside = temp_.path() / "aside.json";
  ASSERT_TRUE(WriteFileAtomically(aside, Sealed(statement_)).ok());
  fs::create_symlink(aside, order_);
  Start(Variables());
  AwaitWords("link");
  ASSERT_TRUE(RemoveTree(order_).ok());
  ASSERT_EQ(::mkfifo(order_.c_str(), 0600), 0);
  AwaitWords("it is a device, pipe or socket");
  ASSERT_TRUE(RemoveTree(order_).ok());
  ASSERT_TRUE(MakeDirectories(order_ / "below").ok());
  AwaitWords("it is a directory");
  ExpectNothingPushed();
  PutOrder(Sealed(statement_));
  EXPECT_EQ(AwaitAnswer().failure, FailureClass::kNone) << Log();
}

TEST_F(AwaitFixture, WorkThatWasSwappedAfterTheOrderIsRefused) {
  PutOrder(Sealed(statement_));
  Shell(checkout_, "echo evil > src/evil.txt; git add -A; git commit -q -m evil");
  ASSERT_TRUE(RemoveTree(bundle_).ok());
  Bundle();
  Start(Variables());
  const Publication done = AwaitAnswer();
  EXPECT_EQ(done.failure, FailureClass::kPublishFailed);
  EXPECT_THAT(done.reason, HasSubstr("not the work that the order names"));
  ExpectNothingPushed();
}

// Signed, for this run and in time, but from before the work became what it is now.
TEST_F(AwaitFixture, AnEarlierOrderOfTheSameRunFetchesNoOtherWork) {
  const std::string earlier = Sealed(statement_);
  Shell(checkout_, "echo later > src/later.txt; git add -A; git commit -q -m later");
  ASSERT_TRUE(RemoveTree(bundle_).ok());
  Bundle();
  PutOrder(earlier);
  Start(Variables());
  EXPECT_EQ(AwaitAnswer().failure, FailureClass::kPublishFailed);
  ExpectNothingPushed();
}

TEST_F(AwaitFixture, WorkBehindALinkIsRefused) {
  PutOrder(Sealed(statement_));
  fs::rename(workspace_ / "evidence", temp_.path() / "elsewhere");
  fs::create_symlink(temp_.path() / "elsewhere", workspace_ / "evidence");
  Start(Variables());
  const Publication done = AwaitAnswer();
  EXPECT_EQ(done.failure, FailureClass::kPublishFailed);
  EXPECT_THAT(done.reason, HasSubstr("link"));
  ExpectNothingPushed();
}

TEST_F(AwaitFixture, TheCredentialIsNotInItsEnvironmentWhileItWaits) {
  PutOrder("no order");
  Start(Variables());
  AwaitWords("passed over");
  // Root reads it and finds it empty; others are not let in at all.
  const auto environ =
      ReadFile(fs::path("/proc") / std::to_string(child_->pid()) / "environ", 1u << 20);
  if (environ.ok()) {
    EXPECT_THAT(*environ, Not(HasSubstr(password_)));
    EXPECT_THAT(*environ, Not(HasSubstr("PUSH_PASSWORD")));
  } else {
    EXPECT_EQ(environ.error().kind, ErrorKind::kDenied);
  }
  child_->Signal(SIGTERM);
  EXPECT_EQ(child_->Wait().code, kExitCancelled);
  EXPECT_FALSE(Exists(publication_ / kPublicationFile));
}

TEST_F(AwaitFixture, WhatItCannotStartWithIsAnswered) {
  const std::pair<const char*, const char*> cases[] = {
      {"AMEIDE_SPEC_BASE64", "it is not set"},     {"AMEIDE_CONTRACT_BASE64", "it is not set"},
      {"AMEIDE_PUBLISH_KEY", "it is not set"},     {"PUSH_PASSWORD", "it is not set"},
      {"AMEIDE_SPEC_BASE64=*", "it is no base64"}, {"AMEIDE_PUBLISH_KEY=eHh4", "it is no DER"},
      {"AMEIDE_SPEC_BASE64=e30=", "/work_id"},
  };
  for (const auto& [change, said] : cases) {
    auto variables = Variables();
    const std::string_view text = change;
    const size_t at = text.find('=');
    const std::string name(text.substr(0, at));
    variables.erase(name);
    if (at != std::string_view::npos) variables[name] = text.substr(at + 1);
    Start(variables);
    const Publication done = AwaitAnswer();
    EXPECT_EQ(done.failure, FailureClass::kPublishFailed);
    EXPECT_THAT(done.reason, HasSubstr(name));
    EXPECT_THAT(done.reason, HasSubstr(said));
    ASSERT_TRUE(RemoveTree(publication_ / kPublicationFile).ok());
  }
  ExpectNothingPushed();
}

TEST_F(AwaitFixture, AnotherBotSignsItsCommits) {
  const Publication done =
      Publish({"--bot-name", "Build Robot", "--bot-email", "robot@example.invalid"});
  EXPECT_EQ(done.failure, FailureClass::kNone) << done.reason;
  EXPECT_EQ(Shell(remote_, "git log -1 --format='%an <%ae> %cn <%ce>' agent/fix"),
            "Build Robot <robot@example.invalid> Build Robot <robot@example.invalid>");
}

TEST(Bot, IsOneThatGitTakesAsItIs) {
  EXPECT_EQ(BotProblem({}), "");
  for (const BotIdentity& bad :
       {BotIdentity{"", "a@b"}, BotIdentity{"A", ""}, BotIdentity{"A\nB", "a@b"},
        BotIdentity{"A <x>", "a@b"}, BotIdentity{"A", "a@b> x"}, BotIdentity{" A", "a@b"},
        BotIdentity{"A.", "a@b"}, BotIdentity{"A", "a b"}, BotIdentity{std::string(201, 'a'), "a"},
        BotIdentity{"\x1b[2J", "a@b"}}) {
    EXPECT_NE(BotProblem(bad), "") << bad.name << bad.email;
  }
}

}  // namespace
}  // namespace ameide::task::testing
