#include "task/launcher/local/local_backend.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

#include "base/processes.h"
#include "base/strings.h"
#include "task/launcher/local/local_secrets.h"
#include "task/launcher/local/process_watch.h"
#include "task/launcher/local/supervisor.h"
#include "task/launcher/local/workspace_layout.h"

namespace ameide::task {
namespace {

constexpr char kNamePrefix[] = "ameide-";
// A supervisor needs milliseconds to start and to end; a loaded machine needs patience.
constexpr Millis kStartBound{30'000};
constexpr Millis kLeaveBound{30'000};
constexpr Millis kFirstPause{2};
constexpr Millis kLongestPause{50};

// Asks again and again, first quickly, then twenty times a second, until `done`. False when stopped
// or when `bound` is over (zero: no bound).
template <class Done>
bool PollUntil(const LaunchContext& context, Millis bound, const Done& done) {
  const MonoTime end = context.clock.Monotonic() + bound;
  Millis pause = kFirstPause;
  while (!done()) {
    if (bound != Millis(0) && context.clock.Monotonic() >= end) return false;
    if (!context.clock.WaitFor(context.stop, pause)) return false;
    pause = std::min(pause * 2, kLongestPause);
  }
  return true;
}

Error Stopped(const char* operation, const std::string& name) {
  return Error{ErrorKind::kCancelled, operation, name, "stopped", ""};
}

Status AsStatus(const EndedRun& ended, const std::string& name) {
  if (ended.by_ttl) {
    return Error{ErrorKind::kTimeout, "run task in", name,
                 "the hard TTL passed and the process tree was killed",
                 "raise ttl, or find out what the command waits for"};
  }
  if (ended.status.signal && !ended.by_cancel) {
    return Error{ErrorKind::kUnavailable, "run task in", name,
                 StrCat("the agent program was killed by signal ", *ended.status.signal),
                 "look for an out-of-memory kill"};
  }
  return Ok{};
}

class LocalBackend final : public Backend {
 public:
  explicit LocalBackend(LocalBackendOptions options) : options_(std::move(options)) {
    // As /proc shows working directories: absolute and without links.
    std::error_code ignored;
    options_.root = fs::weakly_canonical(fs::absolute(options_.root, ignored), ignored);
  }

  std::string name() const override { return "local"; }
  Status Check(const LaunchContext&, const TaskSpec& spec,
               const ProfileContract& contract) override {
    AMEIDE_RETURN_IF_ERROR(
        ReadLocalSecrets(options_.secrets_dir, spec, contract, SecretReader::kAgent));
    return Ok{};
  }
  Result<Workspace> Create(const LaunchContext& context, const WorkspaceRequest& request) override;
  Result<std::optional<Workspace>> Find(const LaunchContext& context,
                                        const std::string& work_id) override;
  Result<std::vector<Workspace>> List(const LaunchContext& context) override;
  Status AwaitEnd(const LaunchContext& context, const Workspace& workspace) override;
  Status Cancel(const LaunchContext& context, const Workspace& workspace) override;
  Status Collect(const LaunchContext& context, const Workspace& workspace,
                 const fs::path& to) override;
  Status Retain(const LaunchContext& context, const Workspace& workspace) override;
  Status Destroy(const LaunchContext& context, const Workspace& workspace) override;
  Status ProveGone(const LaunchContext& context, const Workspace& workspace) override;

 private:
  // A supervisor that this process started. While the object lives, so does its lifeline.
  struct Child {
    Subprocess process;
    UniqueFd lifeline;
  };

  WorkspaceLayout LayoutOf(const std::string& name) const { return {options_.root / name}; }
  Workspace Describe(const std::string& name) const;
  Status Populate(const LaunchContext& context, const WorkspaceRequest& request,
                  const WorkspaceLayout& layout) const;
  Result<Child> StartSupervisor(const std::string& run_id, const WorkspaceLayout& layout) const;
  void Keep(const std::string& name, Child child);
  void ReapEnded();

  LocalBackendOptions options_;
  std::mutex mutex_;
  std::map<std::string, std::vector<Child>> children_;  // by workspace name
};

// Folders and files of a new workspace; the supervisor finds everything there.
Status LocalBackend::Populate(const LaunchContext& context, const WorkspaceRequest& request,
                              const WorkspaceLayout& layout) const {
  SupervisorRequest orders;
  orders.work_id = request.spec.work_id;
  orders.run_id = request.spec.run_id;
  const auto self = IdentifyProcess(::getpid());
  if (!self) return ErrnoError(ESRCH, "read", "/proc/self/stat", "mount /proc");
  orders.launcher = *self;
  orders.evidence_directory = request.evidence_directory;
  orders.started_at = context.clock.Now();
  orders.ttl_reserve = options_.ttl_reserve;
  orders.cancel_grace = options_.cancel_grace;
  orders.agent = options_.agent;
  orders.environment = options_.environment;
  orders.environment["HOME"] = layout.home().string();
  orders.environment["TMPDIR"] = layout.temp().string();
  orders.environment["AMEIDE_RUN_ID"] = request.spec.run_id;
  AMEIDE_RETURN_IF_ERROR(WriteRequest(layout, orders));
  const fs::path profile = layout.profile_folder(request.spec.profile);
  for (const fs::path& folder : {layout.home(), layout.temp(), profile}) {
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(folder));
  }
  AMEIDE_ASSIGN_OR_RETURN(const auto secrets,
                          ReadLocalSecrets(options_.secrets_dir, request.spec,
                                           request.profile.contract, SecretReader::kAgent));
  if (!secrets.empty()) AMEIDE_RETURN_IF_ERROR(MakeDirectories(layout.secrets()));
  for (const auto& [variable, value] : secrets) {
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(layout.secrets() / variable, value));
  }
  AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(layout.spec(), ToJson(request.spec).DumpPretty()));
  AMEIDE_RETURN_IF_ERROR(
      WriteFileAtomically(layout.contract(), ToJson(request.profile.contract).DumpPretty()));
  return WriteFileAtomically(profile / "AGENTS.md", AgentsMd(request.profile));
}

Result<LocalBackend::Child> LocalBackend::StartSupervisor(const std::string& run_id,
                                                          const WorkspaceLayout& layout) const {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoError(errno, "make pipe", "");
  const UniqueFd theirs(ends[0]);
  UniqueFd ours(ends[1]);
  const UniqueFd log(::open(layout.supervisor_log().c_str(),
                            O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (!log.valid()) return ErrnoError(errno, "create", layout.supervisor_log().string());
  SpawnOptions options;
  options.argv = options_.supervisor;
  options.argv.push_back(layout.folder.string());
  options.environment = options_.environment;
  options.environment["AMEIDE_RUN_ID"] = run_id;  // so that ProveGone sees the supervisor, too
  options.directory = "/";
  options.new_session = true;
  options.stderr_fd = log.get();
  options.extra_fd = theirs.get();
  AMEIDE_ASSIGN_OR_RETURN(Subprocess process, Subprocess::Spawn(options));
  return Child{std::move(process), std::move(ours)};
}

Result<Workspace> LocalBackend::Create(const LaunchContext& context,
                                       const WorkspaceRequest& request) {
  ReapEnded();
  const std::string name = WorkspaceName(request.spec.work_id);
  const WorkspaceLayout layout = LayoutOf(name);
  if (context.stop.stop_requested()) return Stopped("create workspace", name);
  if (!IsSafeRelativePath(request.spec.profile) ||
      request.spec.profile.find('/') != std::string::npos) {
    return Error{ErrorKind::kInvalid, "create workspace", name,
                 "the profile's name cannot be a folder's name", "rename the profile"};
  }
  AMEIDE_RETURN_IF_ERROR(MakeDirectories(options_.root));
  if (::mkdir(layout.folder.c_str(), 0700) != 0) {
    return ErrnoError(errno, "create workspace", layout.folder.string());  // EEXIST: kConflict
  }
  const auto give_up = [&](Error why) {
    (void)Destroy(context, {name, "", request.spec.work_id, request.spec.run_id});
    return why;
  };
  if (Status made = Populate(context, request, layout); !made.ok()) return give_up(made.error());
  Result<Child> started = StartSupervisor(request.spec.run_id, layout);
  if (!started.ok()) return give_up(started.error());
  Child child = std::move(*started);
  const bool answered = PollUntil(context, kStartBound, [&] {
    return Exists(layout.supervisor()) || child.process.Poll().has_value();
  });
  const bool runs = Exists(layout.supervisor());
  Keep(name, std::move(child));
  if (runs) return Describe(name);
  if (context.stop.stop_requested()) return give_up(Stopped("create workspace", name));
  const auto words = ReadFileTail(layout.supervisor_log(), 2048);
  return give_up(Error{
      ErrorKind::kUnavailable, "start supervisor of", name,
      answered ? StrCat("it ended at once: ", words.ok() ? *words : "") : "it does not answer",
      "run the supervisor program by hand to see why"});
}

void LocalBackend::Keep(const std::string& name, Child child) {
  const std::lock_guard lock(mutex_);
  children_[name].push_back(std::move(child));
}

// Supervisors end by themselves, too; without this they would stay as zombies of a long-lived
// provider.
void LocalBackend::ReapEnded() {
  const std::lock_guard lock(mutex_);
  for (auto it = children_.begin(); it != children_.end();) {
    std::erase_if(it->second, [](Child& child) { return child.process.Poll().has_value(); });
    it = it->second.empty() ? children_.erase(it) : std::next(it);
  }
}

Workspace LocalBackend::Describe(const std::string& name) const {
  const WorkspaceLayout layout = LayoutOf(name);
  Workspace workspace{name, layout.folder.string(), "", ""};
  if (const auto request = ReadRequest(layout); request.ok()) {
    workspace.work_id = request->work_id;
    workspace.run_id = request->run_id;
  }
  return workspace;
}

Result<std::optional<Workspace>> LocalBackend::Find(const LaunchContext&,
                                                    const std::string& work_id) {
  const std::string name = WorkspaceName(work_id);
  if (!Exists(LayoutOf(name).folder)) return std::optional<Workspace>();
  return std::optional<Workspace>(Describe(name));
}

Result<std::vector<Workspace>> LocalBackend::List(const LaunchContext&) {
  std::vector<Workspace> workspaces;
  std::error_code error;
  for (fs::directory_iterator it(options_.root, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    std::error_code ignored;
    if (name.rfind(kNamePrefix, 0) != 0 || !fs::is_directory(it->symlink_status(ignored))) continue;
    workspaces.push_back(Describe(name));
  }
  if (error && error != std::errc::no_such_file_or_directory) {  // none was ever made
    return ErrnoError(error.value(), "list workspaces in", options_.root.string());
  }
  std::sort(workspaces.begin(), workspaces.end(),
            [](const Workspace& a, const Workspace& b) { return a.name < b.name; });
  return workspaces;
}

Status LocalBackend::AwaitEnd(const LaunchContext& context, const Workspace& workspace) {
  const WorkspaceLayout layout = LayoutOf(workspace.name);
  const MonoTime start_end = context.clock.Monotonic() + kStartBound;
  std::optional<EndedRun> ended;
  std::string lost;
  const bool settled = PollUntil(context, Millis(0), [&] {
    const auto id = ReadSupervisorId(layout);
    // In this order: what a dead supervisor wrote is final, what a living one did not yet.
    const bool lives = id ? IsAlive(*id) : context.clock.Monotonic() < start_end;
    ended = ReadEnded(layout);
    if (!Exists(layout.folder)) {
      lost = "its folder is gone";
      return true;
    }
    if (!lives) {
      if (!ended) lost = "its supervisor is gone";
      return true;
    }
    if (!ended) return false;
    // With its launcher gone the supervisor is about to save the evidence and leave: let it.
    const auto request = ReadRequest(layout);
    return request.ok() && (Exists(layout.retained()) || IsAlive(request->launcher));
  });
  if (!settled) return Stopped("await run in", workspace.name);
  if (!lost.empty()) {
    return Error{ErrorKind::kUnavailable, "await run in", workspace.name, lost,
                 "look for kills or out-of-memory in the system's log"};
  }
  return AsStatus(*ended, workspace.name);
}

Status LocalBackend::Cancel(const LaunchContext& context, const Workspace& workspace) {
  const WorkspaceLayout layout = LayoutOf(workspace.name);
  const auto id = ReadSupervisorId(layout);
  if (id && SignalProcess(*id, SIGTERM)) return Ok{};
  // Nobody is left who could end the run in good order.
  if (KillRun(workspace.run_id, layout.folder, context.clock, kKillBound)) return Ok{};
  return Error{ErrorKind::kUnavailable, "cancel run in", workspace.name,
               "some of its processes survive SIGKILL", "look at them with ps"};
}

Status LocalBackend::Collect(const LaunchContext&, const Workspace& workspace, const fs::path& to) {
  return CopyEvidence(LayoutOf(workspace.name), to);
}

Status LocalBackend::Retain(const LaunchContext&, const Workspace& workspace) {
  const WorkspaceLayout layout = LayoutOf(workspace.name);
  const auto id = ReadSupervisorId(layout);
  if (!id || !IsAlive(*id)) {
    return Error{ErrorKind::kUnavailable, "retain", workspace.name,
                 "no supervisor is left to remove it in time", ""};
  }
  return WriteFileAtomically(layout.retained(), "");
}

Status LocalBackend::Destroy(const LaunchContext& context, const Workspace& workspace) {
  const WorkspaceLayout layout = LayoutOf(workspace.name);
  // Cleaning up goes on after a stop, within its own bounds.
  const LaunchContext own{{}, context.clock, context.log};
  const auto id = ReadSupervisorId(layout);
  if (id && SignalProcess(*id, SIGUSR1)) {
    PollUntil(own, kLeaveBound, [&] { return !IsAlive(*id); });
    SignalProcess(*id, SIGKILL);
  }
  const std::string run_id =
      workspace.run_id.empty() ? Describe(workspace.name).run_id : workspace.run_id;
  const bool killed = KillRun(run_id, layout.folder, context.clock, kKillBound);
  AMEIDE_RETURN_IF_ERROR(RemoveWorkspace(layout));
  ReapEnded();
  if (killed) return Ok{};
  return Error{ErrorKind::kConflict, "destroy workspace", workspace.name,
               "some of its processes survive SIGKILL", "look at them with ps"};
}

Status LocalBackend::ProveGone(const LaunchContext&, const Workspace& workspace) {
  const WorkspaceLayout layout = LayoutOf(workspace.name);
  if (Exists(layout.folder)) {
    return Error{ErrorKind::kConflict, "prove that workspace is gone", workspace.name,
                 StrCat("folder ", layout.folder.string(), " is there"),
                 "run ameide-launcher sweep"};
  }
  const auto left = ProcessesOfRun(workspace.run_id, layout.folder);
  if (left.empty()) return Ok{};
  return Error{ErrorKind::kConflict, "prove that workspace is gone", workspace.name,
               StrCat("process ", left.front().pid, " of it is there"),
               "run ameide-launcher sweep"};
}

}  // namespace

std::unique_ptr<Backend> MakeLocalBackend(LocalBackendOptions options) {
  return std::make_unique<LocalBackend>(std::move(options));
}

}  // namespace ameide::task
