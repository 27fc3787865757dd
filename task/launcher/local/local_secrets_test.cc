#include "task/launcher/local/local_secrets.h"

#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

struct LocalSecrets : ::testing::Test {
  LocalSecrets() {
    contract.secrets = {{"CLONE_TOKEN", "clone", "token", {Phase::kCheckout}},
                        {"MODEL_KEY", "model", "key", {Phase::kEdit, Phase::kVerify}},
                        {"PUSH_TOKEN", "push", "token", {Phase::kPr}}};
    spec.pull_request = PullRequest{};
    for (const char* file : {"clone/token", "model/key", "push/token"}) {
      EXPECT_TRUE(MakeDirectories((dir.path() / file).parent_path()).ok());
      EXPECT_TRUE(WriteFileAtomically(dir.path() / file, std::string("value of ") + file).ok());
    }
  }
  Result<std::map<std::string, std::string>> Read(SecretReader reader) {
    return ReadLocalSecrets(folder, spec, contract, reader);
  }
  ::ameide::testing::TempDir dir;
  fs::path folder = dir.path();
  TaskSpec spec;
  ProfileContract contract;
};

TEST_F(LocalSecrets, ThePushCredentialGoesToThePublisherAlone) {
  EXPECT_EQ(Read(SecretReader::kAgent).value(),
            (std::map<std::string, std::string>{{"CLONE_TOKEN", "value of clone/token"},
                                                {"MODEL_KEY", "value of model/key"}}));
  EXPECT_EQ(Read(SecretReader::kPublisher).value(),
            (std::map<std::string, std::string>{{"PUSH_TOKEN", "value of push/token"}}));
  spec.pull_request.reset();
  EXPECT_TRUE(Read(SecretReader::kPublisher).value().empty());
}

TEST_F(LocalSecrets, ATaskThatNamesSomeGetsThoseOnly) {
  spec.secrets["MODEL_KEY"] = {"model", "key"};
  EXPECT_EQ(Read(SecretReader::kAgent).value().size(), 1u);
  EXPECT_TRUE(Read(SecretReader::kPublisher).value().empty());
}

TEST_F(LocalSecrets, EveryMissingOneIsNamed) {
  EXPECT_TRUE(RemoveTree(dir.path() / "clone").ok());
  EXPECT_TRUE(WriteFileAtomically(dir.path() / "model/key", "").ok());
  const auto read = Read(SecretReader::kAgent);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(read.error().cause.find("CLONE_TOKEN (clone/token), MODEL_KEY (model/key)"),
            std::string::npos);
}

TEST_F(LocalSecrets, WithoutAFolderThereAreNoneUnlessTheTaskNamesOne) {
  folder.clear();
  EXPECT_TRUE(Read(SecretReader::kAgent).value().empty());
  spec.secrets["MODEL_KEY"] = {"model", "key"};
  EXPECT_FALSE(Read(SecretReader::kAgent).ok());
}

TEST_F(LocalSecrets, NoGrantLeadsOutOfTheFolder) {
  contract.secrets = {{"X", "..", "clone", {Phase::kEdit}}};
  EXPECT_FALSE(Read(SecretReader::kAgent).ok());
}

}  // namespace
}  // namespace ameide::task
