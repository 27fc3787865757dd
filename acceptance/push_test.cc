// `ameide-templates push` as people run it, against the simulated Coder server; with --smoke a real
// task runs in a workspace of the new version.
#include <fcntl.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/testing/simulated.h"
#include "acceptance/test_repository.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/json.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "profiles/builtin_profiles.h"
#include "task/publish/testing/git_http_server.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kImage[] =
    "agent_image=registry.example/agent@sha256:"
    "1111111111111111111111111111111111111111111111111111111111111111";

struct Ran {
  int exit_code = -1;
  std::string out, err;
};

simulator::Options WithAgent(simulator::Options options) {
  options.agent_program = fs::path(AMEIDE_BUILD_DIR) / "bin/ameide-agent";
  return options;
}

class PushTest : public ::testing::Test {
 protected:
  explicit PushTest(simulator::Options options = {}) : coder_(WithAgent(std::move(options))) {
    environment_ = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                    {"HOME", folder_.path().string()},
                    {"CODER_URL", coder_.server().origin()},
                    {"CODER_SESSION_TOKEN", coder_.server().token()}};
    for (const BuiltinProfile& profile : BuiltinProfiles()) {
      if (profile.name == "code") yaml_ = profile.yaml;
    }
    Render();
  }
  ~PushTest() override {
    for (const auto& request : coder_.server().requests()) {
      EXPECT_THAT(request.violations, IsEmpty()) << request.target;
      EXPECT_THAT(request.target, Not(HasSubstr(coder_.server().token())));
    }
  }

  // The profile "code" with another description, rendered.
  void Render(const std::string& description = "Changes code.") {
    const size_t at = yaml_.find("  description: ");
    yaml_.replace(at, yaml_.find('\n', at) - at, "  description: " + description);
    MakeDirectories(folder_.path() / "profiles").value();
    WriteFileAtomically(folder_.path() / "profiles/code.yaml", yaml_).value();
    const Ran ran = Templates({"render", "--profiles", "profiles"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
  }
  SpawnOptions Program(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), std::string(AMEIDE_BUILD_DIR) + "/bin/ameide-templates");
    return {.argv = std::move(arguments),
            .environment = environment_,
            .directory = folder_.path(),
            .new_session = true};
  }
  Ran Templates(std::vector<std::string> arguments) {
    const auto result =
        RunCommand(Program(std::move(arguments)), {.timeout = Millis(180'000)}, clock_);
    if (!result.ok()) return {-1, "", result.error().ToString()};
    EXPECT_FALSE(result->timed_out);
    for (const std::string* text : {&result->out, &result->err}) {
      EXPECT_THAT(*text, Not(HasSubstr(environment_.at("CODER_SESSION_TOKEN"))));
    }
    return {result->status.ShellCode(), result->out, result->err};
  }
  Ran Push(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"push", "--profiles", "profiles", "--variable",
                                          kImage, "--message",  "a test"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Templates(std::move(arguments));
  }
  std::string Active() {
    return coder_.Get("/organizations/default/templates/ameide-code").Text("active_version_id");
  }
  // Of the template ameide-code.
  size_t Versions() {
    return coder_
        .Get(StrCat("/templates/",
                    coder_.Get("/organizations/default/templates/ameide-code").Text("id"),
                    "/versions"))
        .body.AsArray()
        ->size();
  }
  size_t Requests(std::string_view method) {
    size_t count = 0;
    for (const auto& request : coder_.server().requests()) count += request.method == method;
    return count;
  }

  testing::TempDir folder_;
  SystemClock clock_;
  simulator::testing::Simulated coder_;
  Environment environment_;
  std::string yaml_;
};

TEST_F(PushTest, TheFirstMakesTheTemplateTheSecondNothingAChangeOneVersion) {
  const Ran first = Push();
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("is active; the template is new"));
  EXPECT_THAT(first.err, HasSubstr("ameide-code: uploading "));
  const auto found = coder_.Get("/organizations/default/templates/ameide-code");
  EXPECT_EQ(found.Text("description"), "Changes code.");
  EXPECT_EQ(found.Text("display_name"), "Ameide code");
  EXPECT_EQ(found.body.Find("activity_bump_ms")->Dump(), "0");
  EXPECT_EQ(found.body.Find("allow_user_cancel_workspace_jobs")->Dump(), "true");
  const std::string active = Active();

  const size_t posts = Requests("POST");
  const size_t patches = Requests("PATCH");
  const Ran second = Push();
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("was active already"));
  EXPECT_EQ(Requests("POST"), posts);
  EXPECT_EQ(Requests("PATCH"), patches);

  Render("Changes code and more.");
  const Ran third = Push({"--json"});
  ASSERT_EQ(third.exit_code, 0) << third.err;
  const Json report = ParseJson(third.out).value();
  const Json& item = report.Find("templates")->AsArray()->at(0);
  EXPECT_EQ(item.Find("activated")->Dump(), "true");
  EXPECT_EQ(item.Find("settings_changed")->Dump(), "true");
  EXPECT_EQ(*item.Find("version_id"), Json(Active()));
  EXPECT_NE(Active(), active);
  EXPECT_EQ(Versions(), 2u);
}

TEST_F(PushTest, AFolderThatIsNoFreshRenderStaysHere) {
  WriteFileAtomically(folder_.path() / "templates/code/main.tf", "# mine\n").value();
  const Ran ran = Push();
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.out, HasSubstr("+++ templates/code/main.tf"));
  EXPECT_THAT(ran.err, HasSubstr("run ameide-templates render"));
  EXPECT_THAT(coder_.server().requests(), IsEmpty());
}

TEST_F(PushTest, WrongArgumentsAreToldBeforeAnythingIsSent) {
  const struct {
    std::vector<std::string> arguments;
    std::string want;
  } cases[] = {{{"--variable", "no_such=secret-value"}, "no template has a variable 'no_such'"},
               {{"--variable", "secret-value"}, "--variable takes NAME=VALUE"},
               {{"--name-prefix", "Not_A_Name-"}, "Coder takes no template called"},
               {{"--smoke", "missing.json"}, "missing.json"},
               {{"--smoke", "x", "--no-activate"}, "cannot go with --no-activate"},
               {{"nobody"}, "there is no profile 'nobody'"}};
  for (const auto& c : cases) {
    const Ran ran = Push(c.arguments);
    EXPECT_NE(ran.exit_code, 0);
    EXPECT_THAT(ran.err, HasSubstr(c.want));
    EXPECT_THAT(ran.err, Not(HasSubstr("secret-value")));
  }
  environment_.erase("CODER_SESSION_TOKEN");
  environment_["CODER_SESSION_TOKEN"] = "";
  const auto ran = RunCommand(Program({"push", "--profiles", "profiles"}), {}, clock_);
  EXPECT_THAT(ran->err, HasSubstr("CODER_SESSION_TOKEN"));
  environment_["CODER_SESSION_TOKEN"] = coder_.server().token();
  EXPECT_THAT(coder_.server().requests(), IsEmpty());
}

TEST_F(PushTest, AFailedImportLeavesTheActiveVersionAndTheNextPushGoesOn) {
  ASSERT_EQ(Push().exit_code, 0);
  const std::string active = Active();
  Render("Changes code and more.");
  ASSERT_TRUE(coder_.server().Turn("import-fails=1").ok());
  const Ran red = Push();
  EXPECT_EQ(red.exit_code, 1);
  EXPECT_THAT(red.err, HasSubstr("import template version gen-"));
  EXPECT_EQ(Active(), active);
  const Ran green = Push();
  EXPECT_EQ(green.exit_code, 0) << green.err;
  EXPECT_THAT(green.out, HasSubstr(".2 is active, it was gen-"));
}

TEST_F(PushTest, PassingFaultsAreWaitedOut) {
  for (const char* fault : {"rate-limit=2", "server-error=1", "websocket-drop=1",
                            "unknown-fields-and-enums", "new-server", "old-server"}) {
    ASSERT_TRUE(coder_.server().Turn(fault).ok());
    Render(StrCat("Changes code under ", fault, "."));
    const Ran ran = Push();
    EXPECT_EQ(ran.exit_code, 0) << fault << ": " << ran.err;
  }
  // Of the faults that a task meets, this one is none: nobody follows a log there.
  coder_.server().store().Read([](const simulator::State& state, WallTime) {
    EXPECT_TRUE(state.faults.Happened(simulator::Fault::kWebSocketDrop));
  });
}

TEST_F(PushTest, RefusalsSayWhatToDo) {
  ASSERT_EQ(Push().exit_code, 0);
  const std::string active = Active();
  Render("Changes code and more.");
  environment_["CODER_SESSION_TOKEN"] = coder_.server().AddUser("visitor", false);
  const Ran visitor = Push();
  EXPECT_EQ(visitor.exit_code, 1);
  EXPECT_THAT(visitor.err, HasSubstr("create template version"));
  environment_["CODER_SESSION_TOKEN"] = "fake-wrong-token";
  EXPECT_EQ(Push().exit_code, 1);
  environment_["CODER_SESSION_TOKEN"] = coder_.server().token();
  EXPECT_EQ(Active(), active);

  ASSERT_TRUE(coder_.server().Turn("provisioner-absent").ok());
  const Ran alone = Push();
  EXPECT_EQ(alone.exit_code, 1);
  EXPECT_THAT(alone.err, HasSubstr("no provisioner"));
  EXPECT_EQ(Active(), active);
  coder_.server().Clear(simulator::Fault::kProvisionerAbsent);
  ASSERT_TRUE(coder_.server().Turn("html-errors").ok());
  ASSERT_TRUE(coder_.server().Turn("server-error").ok());
  const Ran html = Push();
  EXPECT_EQ(html.exit_code, 1);
  EXPECT_THAT(html.err, Not(HasSubstr("<html")));
}

class SlowPushTest : public PushTest {
 protected:
  SlowPushTest() : PushTest({.pace = {.queue = Millis(20), .work = Millis(120'000)}}) {}
};

TEST_F(SlowPushTest, AnInterruptCancelsTheImport) {
  SpawnOptions options = Program({"push", "--profiles", "profiles", "--variable", kImage});
  const fs::path output = folder_.path() / "output";
  const UniqueFd out(::open(output.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  options.stdout_fd = options.stderr_fd = out.get();
  Subprocess push = Subprocess::Spawn(options).value();
  const auto job = [&] {
    return coder_.server().store().Read([](const simulator::State& state, WallTime) {
      return state.versions.empty()                  ? std::string("none")
             : state.versions[0].job.cancel_asked_at ? std::string("cancelled")
                                                     : std::string("there");
    });
  };
  const MonoTime until = clock_.Monotonic() + Millis(60'000);
  while (job() == "none" && clock_.Monotonic() < until) (void)clock_.WaitFor({}, Millis(20));
  push.Signal(SIGINT);
  EXPECT_EQ(push.Wait().ShellCode(), 1);
  EXPECT_EQ(job(), "cancelled");
  EXPECT_THAT(ReadFile(output, 1 << 20).value(), HasSubstr("its import is cancelled"));
}

class SmokeTest : public PushTest {
 protected:
  SmokeTest() : repository_(folder_.path() / "work") {
    MakeDirectories(folder_.path() / "remotes").value();
    repository_.Git({"clone", "-q", "--bare", ".", (folder_.path() / "remotes/repo.git").string()});
    git_ = std::make_unique<task::testing::GitHttpServer>(folder_.path() / "remotes", "x", "y");
    // A task of the profile uses no secret of the cluster here.
    for (size_t at; (at = yaml_.find("  - {env: ")) != std::string::npos;) {
      yaml_.erase(at, yaml_.find('\n', at) - at + 1);
    }
    const size_t secrets = yaml_.find("\nsecrets:");
    yaml_.insert(secrets + 9, " []");
    const size_t publisher = yaml_.find("  publisher_image:");
    yaml_.erase(publisher, yaml_.find('\n', publisher) - publisher + 1);
    Render();
  }
  std::string Spec(const std::string& script) {
    const Json spec = Json::Object{{"version", 1},
                                   {"work_id", "smoke"},
                                   {"kind", "run"},
                                   {"profile", "code"},
                                   {"repository", Json::Object{{"url", git_->Url("repo.git")}}},
                                   {"command", Json::Strings({"sh", "-c", script})},
                                   {"ttl", "10m"}};
    const fs::path file = folder_.path() / "smoke.json";
    WriteFileAtomically(file, spec.Dump()).value();
    return file.string();
  }
  TestRepository repository_;
  std::unique_ptr<task::testing::GitHttpServer> git_;
};

TEST_F(SmokeTest, ATaskDecidesWhetherAVersionBecomesActive) {
  const Ran removed = Push({"--smoke", Spec("exit 3")});
  EXPECT_EQ(removed.exit_code, 1);
  EXPECT_THAT(removed.err, HasSubstr("the template is removed again"));
  EXPECT_EQ(Active(), "");

  const Ran first = Push({"--smoke", Spec("true")});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("ameide-code: trying version gen-"));
  const std::string active = Active();

  Render("Changes code and more.");
  const Ran red = Push({"--smoke", Spec("exit 3")});
  EXPECT_EQ(red.exit_code, 1);
  EXPECT_THAT(red.err, HasSubstr("stays active"));
  EXPECT_EQ(Active(), active);

  const Ran green = Push({"--smoke", Spec("true")});
  EXPECT_EQ(green.exit_code, 0) << green.err;
  EXPECT_NE(Active(), active);
  for (const auto& workspace : coder_.server().workspaces()) {
    EXPECT_TRUE(workspace.deleted) << workspace.name;
  }
}

TEST_F(SmokeTest, AnInterruptDestroysTheWorkspaceAndTakesBack) {
  ASSERT_EQ(Push({"--smoke", Spec("true")}).exit_code, 0);
  const std::string active = Active();
  Render("Changes code and more.");
  const auto live = [&] {
    size_t running = 0;
    for (const auto& workspace : coder_.server().workspaces()) {
      running += !workspace.deleted && workspace.lifecycle == "starting";
    }
    return running;
  };
  SpawnOptions options = Program({"push", "code", "--profiles", "profiles", "--variable", kImage,
                                  "--smoke", Spec("sleep 500")});
  Subprocess push = Subprocess::Spawn(options).value();
  const MonoTime until = clock_.Monotonic() + Millis(120'000);
  while (live() == 0 && clock_.Monotonic() < until) (void)clock_.WaitFor({}, Millis(50));
  EXPECT_EQ(live(), 1u);
  push.Signal(SIGINT);
  EXPECT_EQ(push.Wait().ShellCode(), 1);
  EXPECT_EQ(Active(), active);
  for (const auto& workspace : coder_.server().workspaces()) {
    EXPECT_TRUE(workspace.deleted) << workspace.name;
  }
}

TEST_F(SmokeTest, TheCommandsOfTheManualWork) {
  const std::string page =
      ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "docs/templates.md", 1 << 20).value();
  Spec("true");
  environment_["PATH"] = StrCat(AMEIDE_BUILD_DIR, "/bin:", environment_["PATH"]);
  size_t count = 0;
  constexpr std::string_view kOpen = "\n```shell\n";
  for (size_t at = page.find(kOpen); at != std::string::npos; at = page.find(kOpen, at)) {
    at += kOpen.size();
    const std::string script = page.substr(at, page.find("\n```", at) - at);
    const auto run = RunCommand(
        {.argv = {"sh", "-euc", script}, .environment = environment_, .directory = folder_.path()},
        {.timeout = Millis(180'000)}, clock_);
    ASSERT_TRUE(run.ok() && run->status.Success()) << script << "\n" << run->err;
    EXPECT_THAT(run->out, HasSubstr("ameide-code: version gen-"));
    ++count;
  }
  EXPECT_EQ(count, 2u);
}

}  // namespace
}  // namespace ameide::acceptance
