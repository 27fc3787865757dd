#include "task/contract/task_spec.h"

#include <random>

#include "gtest/gtest.h"
#include "task/contract/json_reader.h"

namespace ameide::task {
namespace {

constexpr char kSmallest[] = R"({"version": 1, "work_id": "w-1", "kind": "run", "profile": "code",
    "repository": {"url": "/srv/repo"}, "command": ["true"]})";

std::string CauseOf(std::string_view text) {
  return ToError(TaskSpecFromJson(*ParseJson(text)).problems, "", "").cause;
}

// The smallest spec with one member set or replaced.
std::string CauseWith(const char* key, const char* value) {
  Json json = *ParseJson(kSmallest);
  json.Set(key, *ParseJson(value));
  return ToError(TaskSpecFromJson(json).problems, "", "").cause;
}

TEST(TaskSpec, SmallestDocumentTakesDefaults) {
  const auto spec = TaskSpecFromJson(*ParseJson(kSmallest));
  ASSERT_TRUE(spec.ok()) << ToError(spec.problems, "", "").cause;
  EXPECT_EQ(spec.value->kind, TaskKind::kRun);
  EXPECT_EQ(spec.value->ttl, Millis(0));
  EXPECT_EQ(spec.value->context.trigger, "manual");
  EXPECT_EQ(spec.value->repository.clone, CloneStrategy::kFull);
}

TEST(TaskSpec, EveryProblemIsReportedAtOnce) {
  EXPECT_EQ(CauseOf("[]"), "must be an object, not a JSON array");
  EXPECT_EQ(CauseOf(R"({"version": 2, "work_id": "", "kind": "dance", "profile": "Code",
                        "repository": {}, "command": [], "surprise": 1})"),
            "/version: must be 1, not 2; "
            "/work_id: must not be empty; give each piece of work a key of its own; "
            "/kind: is \"dance\", which is unknown; use one of \"preflight\", \"patch\", "
            "\"triage\", \"repo_digest\", \"run\"; "
            "/profile: must be 1 to 63 lower-case letters, digits or '-', with no '-' at either "
            "end; "
            "/repository/url: is missing; add it; "
            "/command: must not be empty; name the program to run; "
            "/surprise: is unknown here; remove it or use one of version, work_id, profile, "
            "repository, command, run_id, kind, template, verify, environment, secrets, timeouts, "
            "ttl, guardrails, evidence, pull_request, context");
}

TEST(TaskSpec, EachMemberHasItsRule) {
  struct Row {
    const char* key;
    const char* value;
    const char* cause;
  };
  const Row rows[] = {
      {"ttl", "\"0s\"", "/ttl: must be longer than zero; leave it out to take the profile's"},
      {"ttl", "60", "/ttl: must be a string, not a JSON number"},
      {"timeouts", R"({"edit": "-1s"})",
       "/timeouts/edit: is \"-1s\": a duration cannot be negative; use a form such as \"90s\", "
       "\"45m\" or \"1h30m\""},
      {"timeouts", R"({"test": "1s"})",
       "/timeouts/test: is unknown here; remove it or use one of readiness, checkout, edit, "
       "verify, pr"},
      {"run_id", "\"Run_1\"",
       "/run_id: must be 1 to 63 lower-case letters, digits or '-', starting with a letter or "
       "digit"},
      {"repository", R"({"url": "/x", "depth": 3})",
       "/repository/depth: has a meaning only with \"clone\": \"shallow\"; remove it or add that"},
      {"repository", R"({"url": "/x", "clone": "shallow", "depth": 0})",
       "/repository/depth: must be a whole number from 1 to 1000000, not 0"},
      {"environment", R"({"GIT_DIR": "x", "OK": "y"})",
       "/environment/GIT_DIR: is reserved, as is every name that starts with GIT_; rename it"},
      {"environment", R"({"A": "x\u0000"})",
       "/environment/A: must not contain NUL bytes; remove them"},
      {"evidence", R"({"required": ["../x"]})",
       "/evidence/required/0: is no path pattern: '..' is in no repository path; write the path "
       "from the root"},
      {"context", R"({"trigger": "cron"})", "/context/trigger: must be \"auto\" or \"manual\""},
      {"guardrails", "null", "/guardrails: must be an object, not null"},
      {"verify", "[]", "/verify: must not be empty; name the program to run"},
      {"secrets", "[]", "/secrets: must be an object of environment names, not a JSON array"},
      {"secrets", R"({"A": {"secret": "s"}})", "/secrets/A/key: is missing; add it"},
      {"secrets", R"({"A": {"secret": "s", "key": "k", "value": "v"}})",
       "/secrets/A/value: is unknown here; remove it or use one of secret, key"},
      {"secrets", R"({"GIT_X": {"secret": "s", "key": "k"}})",
       "/secrets/GIT_X: must not start with GIT_; these names are reserved"},
      {"secrets", R"({"A": {"secret": "s", "key": "ghp_obviouslyfakeobviously"}})",
       "/secrets/A/key: looks like a GitHub token; revoke it, and write the name of the Secret "
       "that holds the new one"},
      {"pull_request", "{}",
       "/pull_request/branch: is missing; add it; "
       "/pull_request/title: is missing; add it"},
      {"pull_request", R"({"branch": "refs/heads/a", "title": "t"})",
       "/pull_request/branch: must be a branch's plain name; leave refs/heads/ out"},
      {"pull_request", R"({"branch": "a", "base": "a", "title": "t"})",
       "/pull_request/branch: must differ from base; a task never pushes to the branch it is for"},
      {"pull_request", R"({"branch": "a", "title": "one\ntwo", "body": "\u001b[31m"})",
       "/pull_request/title: must be printable text on one line; "
       "/pull_request/body: must be printable text; remove control characters and carriage "
       "returns"},
      {"command", R"(["sh", "-c", "a\u0000b"])",
       "/command: must not contain NUL bytes; remove them"},
  };
  for (const Row& row : rows) EXPECT_EQ(CauseWith(row.key, row.value), row.cause) << row.value;
}

TEST(TaskSpec, OnlyKindsThatEditVerifyAndPublish) {
  for (const TaskKind kind : AllTaskKinds()) {
    Json json = *ParseJson(kSmallest);
    json.Set("kind", ToString(kind));
    json.Set("verify", Json::Array{"true"});
    json.Set("pull_request", Json::Object{{"branch", "a"}, {"title", "t"}});
    const Problems problems = TaskSpecFromJson(json).problems;
    EXPECT_EQ(problems.size(), CommandPhase(kind) == Phase::kEdit ? 0u : 2u) << ToString(kind);
  }
}

TEST(TaskSpec, SecretIsNotAVariableToo) {
  Json json = *ParseJson(kSmallest);
  json.Set("environment", Json::Object{{"A", "x"}});
  json.Set("secrets", Json::Object{{"A", Json::Object{{"secret", "s"}, {"key", "k"}}}});
  EXPECT_EQ(ToError(TaskSpecFromJson(json).problems, "", "").cause,
            "/secrets/A: is in environment, too; remove one");
}

TEST(TaskSpec, RandomSpecsComeBackEqual) {
  std::mt19937 random(11);
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  const auto text = [&] {
    constexpr const char* kTexts[] = {"", "a", "two words", "\"quoted\"\n\t", "Grüße €", "a\\b"};
    return std::string(kTexts[below(6)]);
  };
  const auto texts = [&] {
    std::vector<std::string> all;
    for (int i = below(3); i > 0; --i) all.push_back(text());
    return all;
  };
  for (int i = 0; i < 500; ++i) {
    TaskSpec spec;
    spec.work_id = "w" + std::to_string(below(1000));
    if (below(2) == 0) spec.run_id = "r-" + std::to_string(below(1000));
    spec.kind = AllTaskKinds()[below(5)];
    spec.profile = "code";
    if (below(2) == 0) spec.profile_template = "other";
    spec.repository = {.url = "https://example.com/r.git",
                       .ref = below(2) == 0 ? "" : "main",
                       .clone = AllCloneStrategies()[below(3)],
                       .depth = 1,
                       .submodules = below(2) == 0};
    if (spec.repository.clone == CloneStrategy::kShallow) spec.repository.depth = 1 + below(9);
    spec.command = texts();
    spec.command.insert(spec.command.begin(), "run");
    for (int n = below(3); n > 0; --n) spec.environment["V" + std::to_string(n)] = text();
    spec.timeouts = {Millis(below(9)), Millis(below(9'000)), Millis(below(9'000'000)), Millis(0),
                     Millis(below(2))};
    spec.ttl = Millis(below(90'000'000));
    spec.guardrails = {{"a/**"}, {"b/", "*.md"}, below(2) == 0};
    if (below(2) == 0) spec.guardrails.max_file_bytes = static_cast<uint64_t>(1 + below(9));
    if (CommandPhase(spec.kind) == Phase::kEdit && below(2) == 0) {
      spec.verify = {"verify", text()};
      spec.pull_request = PullRequest{.branch = "agent/x",
                                      .base = below(2) == 0 ? "" : "main",
                                      .title = "A title",
                                      .body = text(),
                                      .draft = below(2) == 0};
    }
    if (below(2) == 0) spec.secrets["S"] = {.secret = "a-secret", .key = "auth.json"};
    spec.evidence = {{"out/*.xml"}, {}};
    spec.context = {text(),  text(),  text(), texts(), texts(),
                    texts(), texts(), text(), text(),  below(2) == 0 ? "auto" : "manual",
                    text()};
    const std::string written = ToJson(spec).Dump();
    const auto read = TaskSpecFromJson(*ParseJson(written));
    ASSERT_TRUE(read.ok()) << ToError(read.problems, "", "").cause << written;
    ASSERT_EQ(*read.value, spec) << written;
  }
}

TEST(WorkId, FollowsItsForm) {
  for (const std::string good : {"a", "wr-8f2c", "A.b_c-1", "0"}) {
    EXPECT_EQ(WorkIdProblem(good), "") << good;
  }
  for (const std::string bad : {"", "-a", ".a", "a/b", "a b", "ä", "a\n"}) {
    EXPECT_NE(WorkIdProblem(bad), "") << bad;
  }
  EXPECT_EQ(WorkIdProblem(std::string(128, 'a')), "");
  EXPECT_NE(WorkIdProblem(std::string(129, 'a')), "");
}

TEST(RepositoryUrl, AcceptsTheseForms) {
  for (const std::string good :
       {"https://github.com/ameideio/ameide.git", "https://host:8443/r", "ssh://git@host/team/r",
        "ssh://host:22/r.git", "http://127.0.0.1:8080/r", "http://localhost/r",
        "file:///srv/with space/r", "/home/me/my repo", "/r"}) {
    EXPECT_EQ(RepositoryUrlProblem(good), "") << good;
  }
}

TEST(RepositoryUrl, RefusesThese) {
  const std::string bad[] = {"",
                             "repo",
                             "./repo",
                             "git@host:team/r",
                             "http://host/r",
                             "http://127.0.0.1.evil/r",
                             "http://127.0.0.1@evil/r",
                             "http://localhost:80@evil/r",
                             "git://host/r",
                             "ext::sh -c touch",
                             "https://",
                             "https://host",
                             "https://host/",
                             "https:///r",
                             "https://me@host/r",
                             "https://me:pw@host/r",
                             "ssh://me:pw@host/r",
                             "ssh://-oProxyCommand=x/r",
                             "ssh://-x@host/r",
                             "https://host:port/r",
                             "https://host/a/../b",
                             "https://host/a/%2E%2e/b",
                             "https://host/a%2Fb",
                             "https://host/r?x",
                             "https://host/r#x",
                             "https://host/a b",
                             "https://host/a\\b",
                             "file://host/r",
                             "file://r",
                             "/srv/../etc",
                             "/a\nb",
                             "/a\x1b[0m",
                             "/\xff",
                             "https://host/" + std::string(3000, 'a')};
  for (const std::string& url : bad) EXPECT_NE(RepositoryUrlProblem(url), "") << url;
}

TEST(Ref, FollowsGitsRules) {
  for (const std::string good : {"", "main", "release/1.0", "refs/pull/1/head", "v1.0-rc.1",
                                 "0123456789012345678901234567890123456789", "a@b"}) {
    EXPECT_EQ(RefProblem(good), "") << good;
  }
  for (const std::string bad : {"-f",       "--upload-pack=x",
                                "a..b",     "a b",
                                "a~1",      "a^",
                                "a:b",      "a?",
                                "a*",       "a[b",
                                "a\\b",     "/a",
                                "a/",       "a//b",
                                ".a",       "a/.b",
                                "a.",       "a.lock",
                                "a.lock/b", "@",
                                "a@{1}",    "a\nb"}) {
    EXPECT_NE(RefProblem(bad), "") << bad;
  }
}

TEST(Command, NeedsAProgramAndFitsTheKernel) {
  EXPECT_EQ(CommandProblem({"sh", "-c", "echo \"a b\"\n", ""}), "");
  EXPECT_NE(CommandProblem({}), "");
  EXPECT_NE(CommandProblem({""}), "");
  EXPECT_NE(CommandProblem({std::string("a\0b", 3)}), "");
  EXPECT_NE(CommandProblem({"sh", std::string(128 << 10, 'x')}), "");
  EXPECT_NE(CommandProblem(std::vector<std::string>(5000, "x")), "");
}

TEST(EnvironmentName, KeepsReservedOnesOut) {
  for (const std::string good : {"A", "_x", "PATH", "HOME", "ENV", "MY_GIT_X", "ld_x"}) {
    EXPECT_EQ(EnvironmentNameProblem(good), "") << good;
  }
  for (const std::string bad : {"", "1A", "A-B", "A=B", "AMEIDE_X", "CODER_X", "GIT_DIR",
                                "LD_PRELOAD", "LD_AUDIT", "BASH_ENV", "GLIBC_TUNABLES", "Ä"}) {
    EXPECT_NE(EnvironmentNameProblem(bad), "") << bad;
  }
}

TEST(PhaseTimeouts, OfFindsThePhasesOwn) {
  const PhaseTimeouts timeouts = {Millis(1), Millis(2), Millis(3), Millis(4), Millis(5)};
  EXPECT_EQ(timeouts.Of(Phase::kCheckout), Millis(2));
  EXPECT_EQ(timeouts.Of(Phase::kEdit), Millis(3));
  EXPECT_EQ(timeouts.Of(Phase::kVerify), Millis(4));
  EXPECT_EQ(timeouts.Of(Phase::kPr), Millis(5));
}

}  // namespace
}  // namespace ameide::task
