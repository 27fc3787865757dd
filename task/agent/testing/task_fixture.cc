#include "task/agent/testing/task_fixture.h"

#include "base/strings.h"
#include "base/subprocess.h"

namespace ameide::task::testing {
namespace {

constexpr uint64_t kMaxRead = 512u << 20;

constexpr char kMakeOrigin[] = R"(
git init -q -b main .
git config uploadpack.allowFilter true
mkdir docs sub
echo one > a.txt; echo read me > docs/readme.md
printf '#!/bin/sh\necho tool\n' > sub/tool.sh; chmod +x sub/tool.sh
printf '*.log\nbuild/\n' > .gitignore
git add -A; git commit -q -m first; git tag v1
git checkout -q -b feature; echo feature > feature.txt; git add -A; git commit -q -m feature
git checkout -q main; echo two > a.txt; git commit -q -a -m second
)";

}  // namespace

std::map<std::string, std::string> PlainEnvironment(const fs::path& home) {
  return {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", home.string()}, {"LANG", "C.UTF-8"}};
}

std::string Shell(const fs::path& directory, const std::string& script) {
  std::map<std::string, std::string> environment = PlainEnvironment(directory);
  environment["GIT_CONFIG_NOSYSTEM"] = "1";
  environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
  for (const char* who : {"AUTHOR", "COMMITTER"}) {
    environment[StrCat("GIT_", who, "_NAME")] = "Test";
    environment[StrCat("GIT_", who, "_EMAIL")] = "test@example.invalid";
  }
  const SystemClock clock;
  const Result<CommandResult> result = RunCommand(
      {.argv = {"sh", "-ec", script}, .environment = environment, .directory = directory}, {},
      clock);
  EXPECT_TRUE(result.ok()) << script;
  if (!result.ok()) return "";
  EXPECT_TRUE(result->status.Success()) << script << "\n" << result->out << result->err;
  std::string out = result->out;
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

TaskFixture::TaskFixture() : origin_(temp_.path() / "an origin with spaces") {
  EXPECT_TRUE(MakeDirectories(origin_).ok());
  EXPECT_TRUE(MakeDirectories(temp_.path() / "home").ok());
  Shell(origin_, kMakeOrigin);
  options_.workspace = temp_.path() / "workspaces" / "code";
  options_.evidence = temp_.path() / "evidence";
  options_.environment = PlainEnvironment(temp_.path() / "home");
  spec_.work_id = "work-1";
  spec_.run_id = "run-1";
  spec_.profile = "code";
  spec_.repository.url = origin_.string();
  spec_.command = {"true"};
  spec_.ttl = std::chrono::minutes(10);
  profile_.name = "code";
  profile_.marker = "code";
  profile_.guardrails.deny_paths = {"secret/**"};
  profile_.timeouts = {.readiness = Millis(60'000),
                       .checkout = Millis(300'000),
                       .edit = Millis(300'000),
                       .verify = Millis(300'000),
                       .pr = Millis(60'000)};
  profile_.default_ttl = std::chrono::minutes(10);
  profile_.max_ttl = std::chrono::minutes(20);
}

int TaskFixture::RunScript(const std::string& script, std::stop_token stop) {
  spec_.command = {"sh", "-c", script};
  return Run(std::move(stop));
}

int TaskFixture::Run(std::stop_token stop) {
  bundle_.reset();
  return RunTask(options_, spec_, profile_, clock_, std::move(stop));
}

const VerifiedBundle& TaskFixture::Bundle() {
  if (!bundle_) {
    Result<VerifiedBundle> verified = VerifyBundle(options_.evidence);
    EXPECT_TRUE(verified.ok()) << (verified.ok() ? "" : verified.error().ToString());
    bundle_ = verified.ok() ? std::move(*verified) : VerifiedBundle{};
  }
  return *bundle_;
}

bool TaskFixture::InBundle(const std::string& path) { return Exists(options_.evidence / path); }

std::string TaskFixture::FileInBundle(const std::string& path) {
  Result<std::string> text = ReadFile(options_.evidence / path, kMaxRead);
  EXPECT_TRUE(text.ok()) << path;
  return text.ok() ? std::move(*text) : "";
}

std::string TaskFixture::LogOf(LogStream stream) {
  const std::string log = FileInBundle(kRunLogFile);
  std::string_view rest = log;
  std::string bytes;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    LogLine line{};
    const bool parsed = end != std::string_view::npos && ParseLogLine(rest.substr(0, end), &line);
    EXPECT_TRUE(parsed) << rest.substr(0, 200);
    if (!parsed) return bytes;
    if (line.stream == stream) {
      bytes += line.bytes;
      if (!line.partial) bytes += '\n';
    }
    rest.remove_prefix(end + 1);
  }
  return bytes;
}

std::vector<std::string> TaskFixture::RulesFound() {
  std::vector<std::string> rules;
  for (const Finding& finding : Outcome().findings) {
    rules.push_back(StrCat(finding.rule, " ", finding.path));
  }
  return rules;
}

}  // namespace ameide::task::testing
