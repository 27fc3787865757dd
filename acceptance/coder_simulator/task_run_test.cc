// One real task, by raw calls alone: the template "code" as it is committed, the real agent
// program, a real repository; from the upload to the proof that nothing is left.
#include <unistd.h>

#include "acceptance/coder_simulator/testing/simulated.h"
#include "acceptance/coder_simulator/workspace_processes.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/contract/template_parameters.h"

namespace ameide::simulator::testing {
namespace {

using ::testing::HasSubstr;

Options WithAgent() {
  Options options;
  options.agent_program = fs::path(AMEIDE_BUILD_DIR) / "bin/ameide-agent";
  return options;
}

class TaskRun : public ::testing::Test {
 protected:
  TaskRun() : simulated_(WithAgent()) {
    fs::permissions(folder_.path(), fs::perms::others_exec, fs::perm_options::add);
    MakeDirectories(simulated_.secrets() / "codex-auth-rotating-0").value();
    WriteFileAtomically(simulated_.secrets() / "codex-auth-rotating-0/auth.json",
                        "fake-model-credential")
        .value();
    MakeRepository();
  }

  fs::path repository() const { return folder_.path() / "origin"; }

  // Git reads only repositories of its own user, so as root it becomes that of the pod.
  void MakeRepository() {
    const std::string script =
        StrCat("set -e; umask 022; mkdir -p '", repository().string(), "/services'; cd '",
               repository().string(),
               "'; git init -q -b main; echo one >services/app.txt; git add -A; "
               "git -c user.name=Test -c user.email=test@example.invalid commit -q -m first; ",
               ::geteuid() == 0 ? "chown -R 65534:65534 ." : ":");
    const auto made = RunCommand(
        {.argv = {"/bin/sh", "-c", script},
         .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")}, {"HOME", "/nonexistent"}}},
        {}, SystemClock());
    ASSERT_TRUE(made.ok() && made->status.Success()) << (made.ok() ? made->err : "");
  }

  // The committed template, which may check out this repository.
  TemplateFiles Template() const {
    TemplateFiles files = FolderFiles(fs::path(AMEIDE_SOURCE_DIR) / "templates/code");
    Json contract = ParseJson(files.at("task.json")).value();
    contract.Set("repositories", Json::Strings({repository().string()}));
    files["task.json"] = contract.DumpPretty();
    return files;
  }

  Json Body(const std::string& version, const std::string& command) const {
    const Json spec =
        Json::Object{{"version", 1},
                     {"work_id", "W-1"},
                     {"run_id", "r-1"},
                     {"kind", "run"},
                     {"profile", "code"},
                     {"repository", Json::Object{{"url", repository().string()}, {"ref", "main"}}},
                     {"command", Json::Strings({"sh", "-c", command})}};
    const auto value = [](std::string_view name, const std::string& text) {
      return Json(Json::Object{{"name", name}, {"value", text}});
    };
    return Json::Object{
        {"name", "t-1"},
        {"template_version_id", version},
        {"ttl_ms", 7'200'000},
        {"rich_parameter_values",
         Json::Array{value(task::kParameterWorkId, "W-1"), value(task::kParameterKind, "run"),
                     value(task::kParameterSpec, ToBase64(spec.Dump())),
                     value(task::kParameterTtl, "600")}}};
  }

  ameide::testing::TempDir folder_;
  Simulated simulated_;
};

TEST_F(TaskRun, FromTheUploadToTheProofThatNothingIsLeft) {
  const std::string version = simulated_.PushTemplate("code", Template());
  const Reply made =
      simulated_.Call("POST", "/users/me/workspaces",
                      Body(version, "echo said; echo two >>services/app.txt; exit 3"));
  ASSERT_EQ(made.status, 201) << made.text;
  const std::string id = made.Text("id");
  const std::string path = "/workspaces/" + id;

  const Reply ended = simulated_.UntilEnded(id);
  const std::string agent = ended.Text(StrCat(kAgent, ".id"));
  const Reply logs = simulated_.Get("/workspaceagents/" + agent + "/logs");
  EXPECT_EQ(ended.Text(StrCat(kAgent, ".scripts.0.exit_code")), "3") << logs.text;
  EXPECT_EQ(ended.Text(StrCat(kAgent, ".scripts.0.status")), "exit_failure");
  EXPECT_THAT(logs.text, HasSubstr("said"));

  simulated_.Until(path, StrCat(kAgent, ".apps.0.health"), {"healthy"});
  const std::string app = StrCat("/@task-runner/t-1.main/apps/", task::kEvidenceAppSlug);
  const Reply manifest = simulated_.Send({.target = app + "/evidence/manifest.json"});
  ASSERT_EQ(manifest.status, 200) << manifest.text;
  const std::string last = logs.body.AsArray()->back().Find("output")->Dump();
  EXPECT_EQ(last, StrCat("\"ameide: run r-1 ended: outcome=failure exit=3 manifest=sha256:",
                         Sha256Hex(manifest.text), "\""));
  const Reply part = simulated_.Send(
      {.target = app + "/evidence/manifest.json", .headers = {{"Range", "bytes=0-0"}}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.text, "{");

  const fs::path folder = simulated_.server().workspaces()[0].folder;
  EXPECT_FALSE(ProcessesOf(id, folder).empty());  // the evidence service, at least
  simulated_.Call("POST", path + "/builds", Json::Object{{"transition", "delete"}});
  simulated_.Until(path + "?include_deleted=true", "latest_build.status", {"deleted"});
  EXPECT_EQ(simulated_.Get(path).status, 410);
  EXPECT_FALSE(Exists(folder));
  EXPECT_TRUE(ProcessesOf(id, folder).empty());
}

TEST_F(TaskRun, AnAgentThatRestartsDoesNotRunTheTaskAgain) {
  ASSERT_TRUE(simulated_.server().Turn("agent-restarts=1").ok());
  const std::string version = simulated_.PushTemplate("code", Template());
  const Reply made = simulated_.Call("POST", "/users/me/workspaces", Body(version, "sleep 600"));
  ASSERT_EQ(made.status, 201) << made.text;
  const Reply ended = simulated_.UntilEnded(made.Text("id"));
  EXPECT_EQ(ended.Text(StrCat(kAgent, ".scripts.0.exit_code")), "242");
  const std::string agent = ended.Text(StrCat(kAgent, ".id"));
  EXPECT_THAT(simulated_.Get("/workspaceagents/" + agent + "/logs").text,
              HasSubstr("this workspace has had its task"));
}

}  // namespace
}  // namespace ameide::simulator::testing
