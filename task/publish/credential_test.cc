#include "task/publish/credential.h"

#include "gtest/gtest.h"

namespace ameide::task {
namespace {

TEST(CredentialText, IsATokenOrTwoLines) {
  EXPECT_EQ(CredentialFromText(" tok\n").value().password, "tok");
  EXPECT_EQ(CredentialFromText("tok").value().username, "x-access-token");
  EXPECT_EQ(CredentialFromText("me\r\npw\r\n").value().username, "me");
  EXPECT_EQ(CredentialFromText("me\r\npw\r\n").value().password, "pw");
  for (const std::string& bad :
       {std::string("a\nb\nc"), std::string("a\x01"), std::string(), std::string(70000, 'x')}) {
    const auto result = CredentialFromText(bad);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().ToString().find(bad.empty() ? "\x01" : bad), std::string::npos);
  }
}

TEST(Origin, IsSchemeHostAndPort) {
  EXPECT_EQ(OriginOf("https://me@git.example:8443/a/b.git"), "https://git.example:8443");
  EXPECT_EQ(OriginOf("http://h"), "http://h");
  EXPECT_EQ(OriginOf("/path"), "");
}

TEST(Answer, GoesToTheOneServerOnly) {
  const Credential credential{"me", "pw"};
  const auto ask = [&](std::string_view prompt) {
    return AnswerTo(prompt, credential, "https://git.example");
  };
  EXPECT_EQ(ask("Username for 'https://git.example': "), "me");
  EXPECT_EQ(ask("Password for 'https://me@git.example': "), "pw");
  for (const char* prompt :
       {"Password for 'https://git.example.evil': ", "Password for 'http://git.example': ",
        "Password for 'https://git.example@evil': ", "Password for 'https://git.example:444': ",
        "Password for ", "", "'https://git.example'",
        "Enter passphrase for 'https://git.example': "}) {
    EXPECT_EQ(ask(prompt), "") << prompt;
  }
}

TEST(CredentialAnswers, ServeHttpOnly) {
  EXPECT_FALSE(CredentialAnswers::Start({"a", "b"}, "ssh://git@h/x", {"x"}, "/nonexistent").ok());
  EXPECT_FALSE(CredentialAnswers::Start({"a", "b"}, "/path", {"x"}, "/nonexistent").ok());
}

}  // namespace
}  // namespace ameide::task
