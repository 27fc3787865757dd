#include "generator/push/smoke_task.h"

#include <fcntl.h>

#include <cerrno>
#include <csignal>

#include "absl/cleanup/cleanup.h"
#include "base/digest.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/text.h"

namespace ameide::generator {
namespace {

constexpr uint64_t kMaxSpecBytes = 256u << 10;
constexpr Millis kAroundTheTask{3'600'000};  // provisioning, collecting, destroying
constexpr Millis kLongestTask{86'400'000};
constexpr Millis kToDestroy{900'000};  // after an interrupt
constexpr Millis kLook{200};
constexpr size_t kTailLines = 20;
constexpr size_t kTailBytes = 4'000;

// Whoever may push the template decides what it is tried on, so the profile's list is no limit.
std::vector<std::string> LauncherRun(const SmokeSetup& setup, const fs::path& spec,
                                     const coder::TemplateVersion& version) {
  std::vector<std::string> argv = {setup.launcher.string(),
                                   "run",
                                   spec.string(),
                                   "--backend",
                                   "coder",
                                   "--template-version",
                                   version.id,
                                   "--allow-repository",
                                   setup.spec.repository.url};
  if (!setup.profile_file.empty()) {
    argv.insert(argv.end(), {"--profile-file", setup.profile_file.string()});
  }
  return argv;
}

void Show(const fs::path& output, const PushWorld& world) {
  const Result<std::string> said = ReadFileTail(output, 4 * kTailBytes);
  if (!said.ok()) return;
  const std::string text = ToPrintable(*said);
  for (const std::string_view line : StrSplit(Tail(text, kTailLines, kTailBytes), '\n')) {
    if (!line.empty()) world.say(line);
  }
}

// To its end; an interrupt is passed on, and then it has time to destroy its workspace.
Result<ExitStatus> RunToEnd(SpawnOptions options, const fs::path& output, Millis timeout,
                            const PushWorld& world) {
  const UniqueFd out(::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!out.valid()) return ErrnoError(errno, "create", output.string());
  options.stdout_fd = options.stderr_fd = out.get();
  options.new_session = true;  // the terminal's interrupt reaches us alone
  AMEIDE_ASSIGN_OR_RETURN(Subprocess launcher, Subprocess::Spawn(options));
  MonoTime until = world.clock.Monotonic() + timeout;
  bool asked = false;
  while (true) {
    if (const auto ended = launcher.Poll()) return *ended;
    (void)world.clock.WaitFor({}, kLook);
    const bool late = world.clock.Monotonic() >= until;
    if (asked && late) break;
    if (asked || !(late || world.stop.stop_requested())) continue;
    launcher.Signal(SIGTERM);
    asked = true;
    until = world.clock.Monotonic() + kToDestroy;
  }
  launcher.SignalGroup(SIGKILL);
  return launcher.Wait();
}

}  // namespace

Result<task::TaskSpec> ReadSmokeSpec(const fs::path& file) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kMaxSpecBytes));
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  task::Checked<task::TaskSpec> spec = task::TaskSpecFromJson(json);
  if (!spec.value) return task::ToError(spec.problems, "read smoke task", file.string());
  return *std::move(spec.value);
}

Status RunSmokeTask(const SmokeSetup& setup, const std::string& template_name,
                    const coder::TemplateVersion& version, const PushWorld& world) {
  // A work id that was used before would only show that run's result again.
  task::TaskSpec spec = setup.spec;
  spec.work_id = StrCat("smoke-", version.name, "-", RandomHex(4));
  spec.profile_template = template_name;
  const std::string temp = Get(setup.environment, "TMPDIR");
  AMEIDE_ASSIGN_OR_RETURN(const fs::path folder,
                          MakeTempDirectory(temp.empty() ? "/tmp" : temp, "ameide-smoke-"));
  const auto cleanup = absl::MakeCleanup([&] { (void)RemoveTree(folder); });
  const fs::path file = folder / "spec.json";
  AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(file, ToJson(spec).Dump()));

  SpawnOptions options{.argv = LauncherRun(setup, file, version), .environment = setup.environment};
  options.environment["CODER_ORGANIZATION"] = setup.organization;
  const Millis timeout = (spec.ttl > Millis(0) ? spec.ttl : kLongestTask) + kAroundTheTask;
  AMEIDE_ASSIGN_OR_RETURN(const ExitStatus ended,
                          RunToEnd(options, folder / "output", timeout, world));
  Show(folder / "output", world);
  // The record, which nobody will ask for, and what an end by force left; its evidence stays.
  options.argv = {setup.launcher.string(), "destroy", spec.work_id, "--backend", "coder"};
  (void)RunCommand(options, {.timeout = kToDestroy}, world.clock);
  if (ended.Success()) return Ok{};
  const bool stopped = world.stop.stop_requested();
  return Error{stopped ? ErrorKind::kCancelled : ErrorKind::kInvalid, "try template version",
               version.name,
               stopped ? "stopped"
                       : StrCat("the smoke task failed: ", setup.launcher.filename().string(),
                                " ended with ", ended.ShellCode()),
               ""};
}

}  // namespace ameide::generator
