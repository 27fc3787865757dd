#include "task/contract/authorize.h"

#include "gtest/gtest.h"

namespace ameide::task {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

ProfileContract CodeProfile() {
  ProfileContract profile;
  profile.name = "code";
  profile.repositories = {"https://github.com/ameideio/ameide.git"};
  profile.timeouts = {minutes(5), minutes(10), minutes(50), minutes(20), minutes(5)};
  profile.default_ttl = hours(1);
  profile.max_ttl = hours(4);
  profile.pull_requests = true;
  profile.branch_prefix = "agent/";
  profile.secrets = {{"TOKEN", "gh-auth", "token", {Phase::kCheckout}}};
  profile.evidence = {{"reports/**"}, {"reports/junit.xml"}};
  return profile;
}

TaskSpec CodeTask() {
  TaskSpec spec;
  spec.work_id = "w-1";
  spec.profile = "code";
  spec.repository.url = "https://github.com/ameideio/ameide";
  spec.command = {"true"};
  return spec;
}

std::string CauseOf(const Checked<TaskSpec>& checked) {
  return ToError(checked.problems, "", "").cause;
}

TEST(Authorize, FillsInTheProfilesDefaults) {
  TaskSpec spec = CodeTask();
  spec.evidence = {{"out/**", "reports/**"}, {"out/done"}};
  spec.timeouts.edit = minutes(30);
  const auto filled = Authorize(spec, CodeProfile());
  ASSERT_TRUE(filled.ok()) << CauseOf(filled);
  EXPECT_EQ(filled.value->ttl, hours(1));
  EXPECT_EQ(filled.value->timeouts.checkout, minutes(10));
  EXPECT_EQ(filled.value->timeouts.edit, minutes(30));
  EXPECT_EQ(filled.value->evidence.paths, (std::vector<std::string>{"reports/**", "out/**"}));
  EXPECT_EQ(filled.value->evidence.required,
            (std::vector<std::string>{"reports/junit.xml", "out/done"}));
}

TEST(Authorize, FilledSpecIsAuthorizedUnchanged) {
  const auto once = Authorize(CodeTask(), CodeProfile());
  const auto twice = Authorize(*once.value, CodeProfile());
  EXPECT_EQ(*twice.value, *once.value);
}

TEST(Authorize, ProfilesClocksAreCutToAShortTtl) {
  TaskSpec spec = CodeTask();
  spec.ttl = minutes(15);
  const auto filled = Authorize(spec, CodeProfile());
  ASSERT_TRUE(filled.ok());
  EXPECT_EQ(filled.value->timeouts.edit, minutes(15));
  EXPECT_EQ(filled.value->timeouts.checkout, minutes(10));
}

TEST(Authorize, ReportsEveryReasonAtOnce) {
  TaskSpec spec = CodeTask();
  spec.profile = "sre";
  spec.repository.url = "https://github.com/other/repo";
  spec.ttl = hours(5);
  spec.timeouts.verify = hours(6);
  spec.guardrails.allow_gitlinks = true;
  EXPECT_EQ(CauseOf(Authorize(spec, CodeProfile(), {"/srv/mine"})),
            "/profile: is \"sre\", but the profile given is \"code\"; give the one that the task "
            "names; "
            "/repository/url: is no repository of profile \"code\"; use one of "
            "https://github.com/ameideio/ameide.git, /srv/mine; "
            "/ttl: is 5h, but profile \"code\" allows at most 4h; lower it; "
            "/timeouts/verify: is 6h, longer than the whole task's ttl of 5h; lower it or raise "
            "ttl; "
            "/guardrails/allow_gitlinks: is true, but profile \"code\" denies gitlinks and a task "
            "can only narrow that; set it to false");
}

TEST(Authorize, LimitsOfATaskOnlyNarrow) {
  ProfileContract profile = CodeProfile();
  TaskSpec spec = CodeTask();
  spec.guardrails.max_file_bytes = 10;
  spec.guardrails.max_changed_files = 10;
  EXPECT_TRUE(Authorize(spec, profile).ok()) << "the profile has no limit";
  profile.guardrails.max_file_bytes = 10;
  EXPECT_TRUE(Authorize(spec, profile).ok());
  profile.guardrails.max_changed_files = 9;
  EXPECT_EQ(CauseOf(Authorize(spec, profile)),
            "/guardrails/max_changed_files: is 10, but profile \"code\" allows 9 and a task can "
            "only narrow that; lower it");
}

TEST(Authorize, SecretMustBeAGrantInEveryPart) {
  TaskSpec spec = CodeTask();
  spec.secrets = {{"TOKEN", {"gh-auth", "token"}}};
  EXPECT_TRUE(Authorize(spec, CodeProfile()).ok());
  for (const auto& [name, reference] :
       {std::pair<std::string, SecretReference>{"OTHER", {"gh-auth", "token"}},
        {"TOKEN", {"gh-push", "token"}},
        {"TOKEN", {"gh-auth", "other"}}}) {
    spec.secrets = {{name, reference}};
    EXPECT_EQ(CauseOf(Authorize(spec, CodeProfile())),
              "/secrets/" + name +
                  ": is no grant of profile \"code\"; use one of its own, with the same name, "
                  "secret and key");
  }
}

struct PullRequestCase {
  const char* branch;
  const char* base;
  const char* ref;
  const char* cause;
};

TEST(Authorize, PullRequestBranchIsTheProfilesAndNoBase) {
  const char* const kPrefix =
      "/pull_request/branch: must start with \"agent/\", the part of the branch names that profile "
      "\"code\" owns";
  const char* const kSame =
      "/pull_request/branch: must differ from the branch that the change is for; name a new one";
  const PullRequestCase cases[] = {
      {"agent/x", "", "", ""},           {"agent/x", "main", "agent/x", ""},
      {"agentx", "", "", kPrefix},       {"main", "dev", "", kPrefix},
      {"agent/x", "", "agent/x", kSame}, {"agent/x", "", "refs/heads/agent/x", kSame},
  };
  for (const PullRequestCase& one : cases) {
    TaskSpec spec = CodeTask();
    spec.repository.ref = one.ref;
    spec.pull_request =
        PullRequest{.branch = one.branch, .base = one.base, .title = "t", .body = ""};
    EXPECT_EQ(CauseOf(Authorize(spec, CodeProfile())), one.cause) << one.branch;
  }
}

TEST(Authorize, ProfileWithoutPullRequestsRefusesThem) {
  ProfileContract profile = CodeProfile();
  profile.pull_requests = false;
  TaskSpec spec = CodeTask();
  spec.pull_request = PullRequest{.branch = "agent/x", .base = "", .title = "t", .body = ""};
  EXPECT_EQ(CauseOf(Authorize(spec, profile)),
            "/pull_request: is not for profile \"code\", which has pull requests off; remove it or "
            "use another profile");
}

TEST(Authorize, RepositoryMustBeOnTheList) {
  struct Row {
    const char* entry;
    const char* url;
    bool allowed;
  };
  const Row rows[] = {
      {"*", "https://anything.example/x", true},
      {"https://github.com/a/b.git", "https://github.com/a/b", true},
      {"https://github.com/a/b", "https://github.com/a/b.git/", true},
      {"https://github.com/a/b", "https://GitHub.com/a/b", true},
      {"https://github.com/a/b", "https://github.com/A/b", false},
      {"https://github.com/a/b", "ssh://git@github.com/a/b", false},
      {"ssh://github.com/a/b", "ssh://git@github.com/a/b", true},
      {"https://github.com/a/*", "https://github.com/a/b.git", true},
      {"https://github.com/a/*", "https://github.com/a/b/c", false},
      {"https://github.com/a/**", "https://github.com/a/b/c", true},
      {"https://github.com/a/**", "https://github.com.evil.example/a/b", false},
      {"https://github.com/a/**", "https://evil.example/github.com/a/b", false},
      {"/srv/git/**", "/srv/git/team/r", true},
      {"/srv/git/**", "file:///srv/git/team/r", true},
      {"/srv/git/**", "/srv/other", false},
      {"/srv/git/**", "https://srv/git/r", false},
  };
  for (const Row& row : rows) {
    ProfileContract profile = CodeProfile();
    profile.repositories = {row.entry};
    TaskSpec spec = CodeTask();
    spec.repository.url = row.url;
    EXPECT_EQ(Authorize(spec, profile).ok(), row.allowed) << row.entry << " " << row.url;
    profile.repositories = {"https://never.example/x"};
    EXPECT_EQ(Authorize(spec, profile, {row.entry}).ok(), row.allowed) << row.entry;
  }
}

TEST(Authorize, EmptyListAllowsAnyRepositoryWhateverTheOperatorAdds) {
  ProfileContract profile = CodeProfile();
  profile.repositories.clear();
  EXPECT_TRUE(Authorize(CodeTask(), profile).ok());
  EXPECT_TRUE(Authorize(CodeTask(), profile, {"/srv/mine"}).ok());
}

}  // namespace
}  // namespace ameide::task
