#include "task/agent/secrets.h"

#include <unistd.h>

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"

namespace ameide::task {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class SecretsTest : public ::testing::Test {
 protected:
  SecretsTest() : folder_(temp_.path() / "secrets") {
    profile_.name = "code";
    profile_.secrets = {{"CLONE_TOKEN", "clone", "k", {Phase::kCheckout}},
                        {"MODEL_KEY", "model", "k", {Phase::kEdit, Phase::kVerify}},
                        {"PUSH_TOKEN", "push", "k", {Phase::kPr}}};
    EXPECT_TRUE(MakeDirectories(folder_).ok());
  }
  void Put(const std::string& name, std::string_view value) {
    EXPECT_TRUE(WriteFileAtomically(folder_ / name, value).ok());
  }
  Error Refusal() {
    const Result<SecretValues> taken = TakeSecrets(folder_, profile_, {});
    EXPECT_FALSE(taken.ok());
    EXPECT_FALSE(Exists(folder_));
    return taken.ok() ? Error{} : taken.error();
  }

  ameide::testing::TempDir temp_;
  fs::path folder_;
  ProfileContract profile_;
};

TEST_F(SecretsTest, AreTakenFromFolderAndEnvironmentAndTheFolderIsGone) {
  Put("MODEL_KEY", "fake-model-key\n");
  const Result<SecretValues> taken = TakeSecrets(
      folder_, profile_, {{"MODEL_KEY", "fake-old-key"}, {"CLONE_TOKEN", "fake-token"}});
  ASSERT_TRUE(taken.ok()) << taken.error().ToString();
  EXPECT_THAT(*taken, UnorderedElementsAre(Pair("MODEL_KEY", "fake-model-key\n"),
                                           Pair("CLONE_TOKEN", "fake-token")));
  EXPECT_FALSE(Exists(folder_));
}

TEST_F(SecretsTest, PhasesAndTheTaskDecideWhoGetsWhich) {
  const SecretValues all = {
      {"CLONE_TOKEN", "fake-1"}, {"MODEL_KEY", "fake-2"}, {"PUSH_TOKEN", "fake-3"}};
  TaskSpec spec;
  EXPECT_THAT(SecretsOf(Phase::kCheckout, spec, profile_, all),
              UnorderedElementsAre(Pair("CLONE_TOKEN", "fake-1")));
  for (const Phase phase : {Phase::kEdit, Phase::kVerify}) {
    EXPECT_THAT(SecretsOf(phase, spec, profile_, all),
                UnorderedElementsAre(Pair("MODEL_KEY", "fake-2")));
  }
  spec.secrets = {{"CLONE_TOKEN", {"clone", "k"}}};
  EXPECT_TRUE(SecretsOf(Phase::kEdit, spec, profile_, all).empty());
}

TEST_F(SecretsTest, ThePushCredentialIsRefused) {
  Put("PUSH_TOKEN", "fake-push-token");
  const Error error = Refusal();
  EXPECT_EQ(error.kind, ErrorKind::kDenied);
  EXPECT_THAT(error.ToString(), HasSubstr("take secret PUSH_TOKEN"));
  EXPECT_THAT(error.ToString(), Not(HasSubstr("fake-push-token")));
}

TEST_F(SecretsTest, WhatIsNotGrantedIsRefused) {
  Put("OTHER", "fake-other");
  EXPECT_EQ(Refusal().kind, ErrorKind::kDenied);
}

TEST_F(SecretsTest, ValuesThatCannotBeCarriedOrHiddenAreRefused) {
  const struct {
    std::string value;
    const char* why;
  } kCases[] = {{std::string("with\0nul", 8), "NUL"},
                {std::string(kMaxSecretBytes + 1, 'x'), "larger than 65536 bytes"},
                {"short", "MODEL_KEY"}};
  for (const auto& test : kCases) {
    ASSERT_TRUE(MakeDirectories(folder_).ok());
    Put("MODEL_KEY", test.value);
    EXPECT_THAT(Refusal().ToString(), HasSubstr(test.why));
  }
}

TEST_F(SecretsTest, LinksAreNotFollowed) {
  const fs::path outside = temp_.path() / "outside";
  ASSERT_TRUE(WriteFileAtomically(outside, "somebody-elses").ok());
  fs::create_symlink(outside, folder_ / "MODEL_KEY");
  Refusal();
  EXPECT_TRUE(Exists(outside));
}

TEST_F(SecretsTest, AFolderThatIsNotThereIsAnError) {
  folder_ = temp_.path() / "nowhere";
  EXPECT_EQ(Refusal().kind, ErrorKind::kNotFound);
}

TEST(CheckoutCredential, IsChosenByName) {
  const char* const kUrl = "https://git.example.invalid/a/b.git";
  const struct {
    SecretValues secrets;
    std::string url;
    std::string expected;  // "name:password", or empty for none
  } kCases[] = {
      {{{"GIT_USERNAME", "me"}, {"GIT_PASSWORD", "fake-pw\n"}}, kUrl, "me:fake-pw"},
      {{{"CLONE_TOKEN", "fake-token"}}, kUrl, "x-access-token:fake-token"},
      {{{"A_TOKEN", "fake-a"}, {"GIT_PASSWORD", "fake-pw"}}, kUrl, "x-access-token:fake-pw"},
      {{{"HTTPS_PROXY", "http://proxy"}}, kUrl, ""},
      {{}, kUrl, ""},
      {{{"CLONE_TOKEN", "fake-token"}}, "ssh://git@git.example.invalid/b.git", ""},
      {{{"CLONE_TOKEN", "fake-token"}}, "/srv/b.git", ""},
      {{{"CLONE_TOKEN", "fake-token"}}, "https://me:pw@git.example.invalid/b.git", ""}};
  for (const auto& test : kCases) {
    const auto found = CheckoutCredential(test.secrets, test.url);
    EXPECT_EQ(found ? StrCat(found->username, ":", found->password) : "", test.expected);
  }
}

}  // namespace
}  // namespace ameide::task
