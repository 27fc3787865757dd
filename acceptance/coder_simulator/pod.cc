#include "acceptance/coder_simulator/pod.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "acceptance/coder_simulator/script_process.h"
#include "acceptance/coder_simulator/transitions.h"
#include "acceptance/coder_simulator/workspace_processes.h"
#include "base/strings.h"
#include "task/contract/template_parameters.h"

namespace ameide::simulator {
namespace {

constexpr uint64_t kMaxProgram = 1u << 30;
constexpr Millis kHealthTimeout{2'000};

// A folder that `user` owns; everybody may look into it, as into a volume of a pod.
Status MakeFolder(const fs::path& folder, unsigned user, bool change_user, mode_t mode = 0755) {
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(folder));
  if (::chmod(folder.c_str(), mode) != 0) return ErrnoError(errno, "chmod", folder.string());
  if (change_user && ::chown(folder.c_str(), user, user) != 0) {
    return ErrnoError(errno, "chown", folder.string());
  }
  return Ok{};
}

Status InstallProgram(const fs::path& program, const fs::path& folder) {
  const fs::path to = folder / "ameide-agent";
  AMEIDE_ASSIGN_OR_RETURN(const uint64_t bytes, CopyRegularFile(program, to, kMaxProgram));
  if (bytes == 0 || ::chmod(to.c_str(), 0755) != 0) {
    return ErrnoError(errno, "install agent program", to.string());
  }
  return Ok{};
}

// Free on 127.0.0.1.
Result<uint16_t> FreePort() {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (!fd.valid() || ::bind(fd.get(), any, size) != 0 || ::getsockname(fd.get(), any, &size) != 0) {
    return ErrnoError(errno, "find free port", "127.0.0.1");
  }
  return ntohs(address.sin_port);
}

}  // namespace

Result<std::unique_ptr<Pod>> Pod::Make(PodPlan plan, const PodSettings& settings, Store& store,
                                       const Clock& clock) {
  AMEIDE_ASSIGN_OR_RETURN(plan.port, FreePort());
  plan.environment["AMEIDE_EVIDENCE_PORT"] = std::to_string(plan.port);
  AMEIDE_ASSIGN_OR_RETURN(auto client,
                          http::MakeClient({.origin = StrCat("http://127.0.0.1:", plan.port)}));
  std::unique_ptr<Pod> pod(new Pod(std::move(plan), settings, store, clock, std::move(client)));
  AMEIDE_RETURN_IF_ERROR(pod->MakeFolders());
  return pod;
}

Pod::Pod(PodPlan plan, const PodSettings& settings, Store& store, const Clock& clock,
         std::unique_ptr<http::Client> client)
    : plan_(std::move(plan)),
      settings_(settings),
      store_(store),
      clock_(clock),
      client_(std::move(client)) {}

void Pod::Run() {
  const std::lock_guard lock(life_mutex_);
  if (killed_) return;
  scripts_ = std::jthread([this](std::stop_token stop) { RunScripts(stop); });
  apps_ = std::jthread([this](std::stop_token stop) { WatchApps(stop); });
  if (plan_.publisher) {
    publisher_ = std::jthread([this](std::stop_token stop) { RunPublisher(stop); });
  }
}

Pod::~Pod() {
  // Whoever calls Kill first learns what went wrong; here nobody is left to tell.
  if (!Kill().ok()) return;
}

Status Pod::MakeFolders() const {
  const bool change = settings_.change_user;
  const unsigned task = plan_.task_user;
  const unsigned publisher = plan_.publisher ? plan_.publisher->user : task;
  const fs::path program(StrCat(plan_.root.string(), task::kAgentProgramFolder));
  const fs::path publishers(StrCat(plan_.root.string(), task::kPublisherProgramFolder));
  const std::map<fs::path, unsigned> folders = {
      {plan_.root, 0},
      {program, 0},
      {plan_.root / "workspaces", task},
      {plan_.root / "home", task},
      {plan_.root / "tmp", task},
      {plan_.root / "coder", task},
      {plan_.root / "coder/bin", task},
      {plan_.root / "coder/data", task},
      {StrCat(plan_.root.string(), task::kPublicationFolder), publisher},
      {plan_.root / "publisher-tmp", publisher}};
  // MakeDirectories makes private parents: open those above, too.
  for (const auto& [folder, user] : folders) {
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(folder));
    for (fs::path up = folder.parent_path(); up != settings_.folder && up != up.root_path();
         up = up.parent_path()) {
      if (::chmod(up.c_str(), 0755) != 0) return ErrnoError(errno, "chmod", up.string());
    }
  }
  for (const auto& [folder, user] : folders) {
    AMEIDE_RETURN_IF_ERROR(MakeFolder(folder, user, change));
  }
  if (settings_.agent_program.empty()) return Ok{};
  AMEIDE_RETURN_IF_ERROR(InstallProgram(settings_.agent_program, program));
  if (!plan_.publisher) return Ok{};
  AMEIDE_RETURN_IF_ERROR(MakeFolder(publishers, publisher, change));
  AMEIDE_RETURN_IF_ERROR(MakeFolder(publishers.parent_path(), publisher, change));
  return InstallProgram(settings_.agent_program, publishers);
}

std::vector<std::string> Pod::AsUser(unsigned user, std::vector<std::string> argv) const {
  if (!settings_.change_user) return argv;
  std::vector<std::string> words = {"setpriv", StrCat("--reuid=", user), StrCat("--regid=", user),
                                    "--clear-groups", "--no-new-privs"};
  words.insert(words.end(), argv.begin(), argv.end());
  return words;
}

SpawnOptions Pod::CommandInside(std::vector<std::string> argv) const {
  SpawnOptions spawn;
  spawn.argv = AsUser(plan_.task_user, std::move(argv));
  spawn.environment = plan_.environment;
  spawn.directory = plan_.root / "home";
  return spawn;
}

void Pod::RunScripts(std::stop_token stop) {
  do {
    again_ = false;
    std::stop_source run;
    {
      const std::lock_guard lock(mutex_);
      run_ = run;
    }
    const std::stop_callback forward(stop, [run]() mutable { run.request_stop(); });
    std::vector<std::string> argv = InterpreterOf(plan_.script);
    argv.push_back(plan_.script);
    const auto log = [&](std::string_view level, std::string_view line) {
      store_.Update([&](State& state, WallTime now) {
        AppendAgentLog(&state, plan_.agent_id, level, line, now);
      });
    };
    const auto report = RunScript({.spawn = CommandInside(std::move(argv)),
                                   .timeout = plan_.timeout,
                                   .grace = settings_.grace,
                                   .log = log},
                                  clock_, run.get_token());
    if (!report) {
      // What the killed script had started goes with the old agent, but the publisher stays.
      if (again_) KillProcessesOf(plan_.workspace_id + "/task", {}, clock_).ok();
      continue;
    }
    store_.Update(
        [&](State& state, WallTime now) { ScriptEnded(&state, plan_.agent_id, *report, now); });
  } while (again_ && !stop.stop_requested());
}

void Pod::RunPublisher(std::stop_token stop) {
  SpawnOptions spawn;
  spawn.argv = AsUser(plan_.publisher->user, plan_.publisher->argv);
  spawn.environment = plan_.publisher->environment;
  spawn.directory = plan_.root / "publisher-tmp";
  // A container's output is the cluster's log, which nobody here reads; what it says to its last
  // line helps whoever runs the simulator.
  const auto log = [](std::string_view, std::string_view line) {
    (void)!::write(2, line.data(), line.size());
    (void)!::write(2, "\n", 1);
  };
  RunScript({.spawn = spawn, .timeout = Millis(0), .grace = settings_.grace, .log = log}, clock_,
            stop);
}

void Pod::WatchApps(std::stop_token stop) {
  std::map<std::string, int> failures;
  while (clock_.WaitFor(stop, settings_.health)) {
    for (const AppModel& app : plan_.apps) {
      const auto path = PathOfAppUrl(plan_, app.health_url);
      if (!path) continue;
      const auto answer =
          client_->Send({.method = "GET", .target = *path, .headers = {}, .body = ""},
                        {.stop = stop, .timeout = kHealthTimeout});
      const bool healthy = answer.ok() && answer->status < 400;
      failures[app.slug] = healthy ? 0 : failures[app.slug] + 1;
      if (!healthy && failures[app.slug] < app.health_threshold) continue;
      store_.Update(
          [&](State& state, WallTime) { SetAppHealth(&state, plan_.agent_id, app.slug, healthy); });
    }
  }
}

void Pod::Restart() {
  again_ = true;
  const std::lock_guard lock(mutex_);
  run_.request_stop();
}

Status Pod::Kill() {
  const std::lock_guard lock(life_mutex_);
  killed_ = true;
  again_ = false;
  scripts_.request_stop();
  publisher_.request_stop();
  apps_.request_stop();
  const Status killed = KillProcessesOf(plan_.workspace_id, plan_.root, clock_);
  for (std::jthread* thread : {&scripts_, &publisher_, &apps_}) {
    if (thread->joinable()) thread->join();
  }
  return killed;
}

}  // namespace ameide::simulator
