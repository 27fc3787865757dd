#include "task/publish/testing/publish_fixture.h"

#include <fcntl.h>
#include <unistd.h>

namespace ameide::task::testing {
namespace {

constexpr char kMakeRemote[] = R"(
git init -q --bare -b main remotes/repo.git
git -C remotes/repo.git config http.receivepack true
git -C remotes/repo.git config receive.advertisePushOptions true
git init -q -b main checkout
cd checkout
mkdir -p src gitops vendor/lib
echo one > src/a.txt; echo '{}' > gitops/app.yaml; echo rules > AGENTS.md
git add -A; git commit -q -m zero
git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111,vendor/lib
git commit -q -m first
git push -q ../remotes/repo.git main
)";

// Records how it was called and which variables it saw, never their values.
constexpr char kStubGh[] = R"(#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/gh.calls"
env | cut -d= -f1 | sort > "$here/gh.names"
[ "$2" = create ] && echo https://git.example/owner/repo/pull/7
exit 0
)";

}  // namespace

PublishFixture::PublishFixture()
    : remote_(temp_.path() / "remotes" / "repo.git"),
      checkout_(temp_.path() / "checkout"),
      bundle_(temp_.path() / "work.bundle"),
      canary_(temp_.path() / "canary"),
      server_(temp_.path() / "remotes", "bot", password_) {
  Shell(temp_.path(), kMakeRemote);
  base_ = Shell(checkout_, "git rev-parse HEAD");
  refs_before_ = RemoteRefs();
  EXPECT_TRUE(MakeDirectories(temp_.path() / "bin").ok());
  EXPECT_TRUE(WriteFileAtomically(temp_.path() / "bin" / "gh", kStubGh, 0700).ok());
  environment_ = {
      {"PATH", StrCat((temp_.path() / "bin").string(), ":/usr/local/bin:/usr/bin:/bin")},
      {"HOME", temp_.path().string()}};
  spec_.work_id = "work-1";
  spec_.run_id = "run-1";
  spec_.kind = TaskKind::kPatch;
  spec_.profile = "code";
  spec_.repository.url = server_.Url("repo.git");
  spec_.command = {"true"};
  spec_.pull_request = PullRequest{"agent/fix", "main", "Fix it", "Because.", false};
  profile_.name = profile_.marker = "code";
  profile_.pull_requests = true;
  profile_.branch_prefix = "agent/";
  profile_.guardrails.allow_paths = {"src/**", "gitops/**", "vendor/**", "docs/**"};
  profile_.guardrails.deny_paths = {"gitops/**"};
  profile_.timeouts = {Millis(60'000), Millis(60'000), Millis(60'000), Millis(60'000),
                       Millis(60'000)};
  profile_.default_ttl = profile_.max_ttl = Millis(600'000);
}

std::string PublishFixture::Shell(const fs::path& directory, const std::string& script) const {
  std::map<std::string, std::string> environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                                                    {"HOME", "/nonexistent"},
                                                    {"GIT_CONFIG_NOSYSTEM", "1"},
                                                    {"BASE", base_}};
  for (const char* who : {"AUTHOR", "COMMITTER"}) {
    environment[StrCat("GIT_", who, "_NAME")] = "Test";
    environment[StrCat("GIT_", who, "_EMAIL")] = "test@example.invalid";
  }
  const auto ran = RunCommand(
      {.argv = {"sh", "-ec", script}, .environment = environment, .directory = directory}, {},
      clock_);
  EXPECT_TRUE(ran.ok() && ran->status.Success())
      << script << "\n"
      << (ran.ok() ? ran->out + ran->err : ran.error().ToString());
  return ran.ok() ? std::string(StripWhitespace(ran->out)) : "";
}

void PublishFixture::Work(const std::string& script) {
  Shell(checkout_, StrCat(script, "\ngit commit -q --allow-empty -m work\n"));
}

void PublishFixture::Bundle() {
  Shell(checkout_, StrCat("git update-ref ", kTakeoverRef, " HEAD\ngit bundle create -q '",
                          bundle_.string(), "' ", kTakeoverRef, " ^$BASE"));
}

Publication PublishFixture::Publish(const std::vector<std::string>& more) {
  const fs::path spec = temp_.path() / "spec.json";
  const fs::path contract = temp_.path() / "task.json";
  const fs::path result = temp_.path() / "publication.json";
  EXPECT_TRUE(WriteFileAtomically(spec, ToJson(spec_).DumpPretty()).ok());
  EXPECT_TRUE(WriteFileAtomically(contract, ToJson(profile_).DumpPretty()).ok());
  EXPECT_TRUE(RemoveTree(result).ok());
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd theirs(ends[0]);
  UniqueFd ours(ends[1]);
  EXPECT_TRUE(WriteAll(ours.get(), StrCat("bot\n", password_, "\n"), "pipe").ok());
  ours.Reset();
  SpawnOptions options;
  options.argv = {kPublisher,        "publish",
                  "--spec",          spec.string(),
                  "--contract",      contract.string(),
                  "--bundle",        bundle_.string(),
                  "--base",          base_,
                  "--result",        result.string(),
                  "--work",          (temp_.path() / "publish").string(),
                  "--credential-fd", "3"};
  options.argv.insert(options.argv.end(), more.begin(), more.end());
  options.environment = environment_;
  options.directory = checkout_;  // as hostile as can be
  options.extra_fd = theirs.get();
  const auto ran = RunCommand(options, {.timeout = Millis(100'000)}, clock_);
  EXPECT_TRUE(ran.ok());
  if (!ran.ok()) return {};
  last_words_ = ran->out + ran->err;
  EXPECT_EQ(last_words_, "");
  EXPECT_FALSE(Exists(temp_.path() / "publish")) << "the publisher's folder is still there";
  const auto bytes = ReadFile(result, 1u << 20);
  EXPECT_TRUE(bytes.ok()) << bytes.error().ToString();
  if (!bytes.ok()) return {};
  EXPECT_EQ(bytes->find(password_), std::string::npos);
  const auto json = ParseJson(*bytes);
  const Checked<Publication> publication =
      json.ok() ? PublicationFromJson(*json) : Checked<Publication>{};
  EXPECT_TRUE(publication.value.has_value()) << *bytes;
  if (!publication.value) return {};
  EXPECT_EQ(ran->status.code, AgentExitCode(publication.value->failure, 0));
  return *publication.value;
}

Publication PublishFixture::BundleAndPublish() {
  Bundle();
  return Publish();
}

void PublishFixture::ExpectNothingPushed() const {
  EXPECT_EQ(RemoteRefs(), refs_before_);
  EXPECT_FALSE(Exists(temp_.path() / "bin" / "gh.calls")) << "gh was called";
  EXPECT_FALSE(Exists(canary_)) << "something of the workspace ran";
}

}  // namespace ameide::task::testing
