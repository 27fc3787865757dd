#include "task/contract/publication.h"

#include "gtest/gtest.h"

namespace ameide::task {
namespace {

Publication Good() {
  return {FailureClass::kNone, "", "agent/x", std::string(40, 'a'), "https://git.example/p/1", {}};
}

TEST(Publication, ComesBackFromJson) {
  Publication refused;
  refused.failure = FailureClass::kGuardrailViolation;
  refused.reason = "no";
  refused.findings = {{"path-denied", "gitops/x", "what", "why", "where", {"step"}}};
  for (const Publication& one : {Good(), refused, Publication{}}) {
    const Checked<Publication> back = PublicationFromJson(ToJson(one));
    ASSERT_TRUE(back.ok()) << ToError(back.problems, "", "").ToString();
    EXPECT_EQ(*back.value, one);
  }
}

TEST(Publication, ClaimsNoSuccessWithoutItsProof) {
  for (std::string Publication::*member :
       {&Publication::branch, &Publication::commit, &Publication::pr_url}) {
    Publication lying = Good();
    (lying.*member).clear();
    EXPECT_FALSE(PublicationFromJson(ToJson(lying)).ok());
  }
  Publication lying = Good();
  lying.findings = {{"path-denied", "x", "what", "", "", {}}};
  EXPECT_FALSE(PublicationFromJson(ToJson(lying)).ok());
}

TEST(PushCredential, IsATokenOrTwoLines) {
  EXPECT_EQ(PushCredentialText({}), "");
  EXPECT_EQ(PushCredentialText({{"GH_TOKEN", " t\n"}}), "t");
  EXPECT_EQ(PushCredentialText({{"GIT_PASSWORD", "p\n"}, {"GIT_USERNAME", "u"}}), "u\np");
}

TEST(PullRequestUrl, IsAPlainWebAddress) {
  EXPECT_EQ(PullRequestUrlProblem("https://git.example/o/r/pull/1"), "");
  for (const char* bad : {"", "javascript:alert(1)", "https://x/ y", "https://x/\"", "https://x/<",
                          "https://x/\x1b[2J", "ftp://x"}) {
    EXPECT_NE(PullRequestUrlProblem(bad), "") << bad;
  }
}

}  // namespace
}  // namespace ameide::task
