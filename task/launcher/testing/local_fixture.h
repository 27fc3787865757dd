// The local backend with the test helper as its supervisor and its agent program.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/launcher/launcher.h"
#include "task/launcher/local/local_backend.h"
#include "task/launcher/local/process_watch.h"
#include "task/launcher/local/workspace_layout.h"
#include "task/launcher/testing/sample_task.h"

namespace ameide::task::testing {

inline const char kHelper[] = AMEIDE_BUILD_DIR "/bin/ameide_launcher_test_helper";

inline LocalBackendOptions HelperOptions(const fs::path& root) {
  LocalBackendOptions options;
  options.root = root;
  options.supervisor = {kHelper, "supervise"};
  options.agent = {kHelper, "agent"};
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  return options;
}

struct LocalFixture : ::testing::Test {
  LocalFixture()
      : state(fs::canonical(dir.path())),
        log(Log::Silent(clock)),
        note(state / "note"),
        local(HelperOptions(state / "workspaces")) {
    options.evidence_root = state / "evidence";
  }
  LaunchContext Context() { return {stop.get_token(), clock, log}; }
  std::unique_ptr<Backend> MakeBackend() { return MakeLocalBackend(local); }
  std::unique_ptr<Launcher> MakeLauncher() {
    return std::make_unique<Launcher>(MakeBackend(), state / "records");
  }
  TaskSpec Spec(const std::string& mode) { return SampleSpec("work-1", {mode, note.string()}); }
  Result<TaskRecord> Run(const TaskSpec& spec) {
    return MakeLauncher()->Run(Context(), spec, SampleProfile(), options);
  }
  WorkspaceLayout Layout() const { return {local.root / WorkspaceName("work-1")}; }

  // Waits for something that must come; the bound only keeps a broken test from hanging.
  bool Eventually(const std::function<bool()>& holds) const {
    const MonoTime end = clock.Monotonic() + Millis(90'000);
    while (!holds()) {
      if (clock.Monotonic() > end) return false;
      clock.WaitFor({}, Millis(10));
    }
    return true;
  }
  // The processes that the fake agent noted, once it did.
  std::vector<ProcessId> NotedProcesses() const {
    EXPECT_TRUE(Eventually([&] { return Exists(note); }));
    std::vector<ProcessId> processes;
    const std::string text = ReadFile(note, 4096).value();
    for (const std::string_view word : StrSplit(text, '\n')) {
      if (word.empty()) continue;
      const auto id = IdentifyProcess(static_cast<pid_t>(std::stol(std::string(word))));
      if (id) processes.push_back(*id);
    }
    return processes;
  }
  static bool NoneAlive(const std::vector<ProcessId>& processes) {
    for (const ProcessId& process : processes) {
      if (IsAlive(process)) return false;
    }
    return true;
  }
  // Good evidence, no folder, no process.
  void ExpectClosed(const TaskRecord& record) {
    EXPECT_TRUE(record.workspace_gone) << StrJoin(record.warnings, "\n");
    EXPECT_FALSE(Exists(Layout().folder));
    EXPECT_TRUE(ProcessesOfRun(record.spec.run_id, Layout().folder).empty());
    const auto bundle = VerifyBundle(record.evidence_directory);
    ASSERT_TRUE(bundle.ok()) << bundle.error().ToString();
    EXPECT_EQ(bundle->result, record.result);
  }

  ::ameide::testing::TempDir dir;
  fs::path state;
  SystemClock clock;
  Log log;
  fs::path note;
  LocalBackendOptions local;
  RunOptions options;
  std::stop_source stop;
};

}  // namespace ameide::task::testing
