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
