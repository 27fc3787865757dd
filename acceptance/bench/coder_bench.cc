// Many tasks at once in workspaces of a simulated Coder server.
//
// `serve SECONDS` is the server: it prints its address and a token, its workspaces run nothing but
// take so many seconds and then have evidence, and when its standard input ends it prints what it
// saw, one name and number a line. `run TASKS FOLDER` is the client: as many tasks, each in a
// thread of its own, over one launcher; CODER_URL and CODER_SESSION_TOKEN say where.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "acceptance/coder_simulator/simulator.h"
#include "base/base64.h"
#include "base/descriptor_limit.h"
#include "base/strings.h"
#include "generator/render/render.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile.h"
#include "task/contract/run_log.h"
#include "task/contract/template_parameters.h"
#include "task/evidence/bundle.h"
#include "task/launcher/coder/coder_parts.h"
#include "task/launcher/launcher.h"

namespace ameide {
namespace {

using Parameters = std::map<std::string, std::string>;

constexpr char kRepository[] = "https://git.example/bench/repo.git";
constexpr uint64_t kMaxFile = 8u << 20;
constexpr int kLogLines = 1000;
const SystemClock kClock;

int Fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.ToString().c_str());
  return 1;
}

// The profile "code" with an image, as after a release.
task::Profile BenchProfile() {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    if (builtin.name != "code") continue;
    task::Profile profile = *task::ProfileFromYaml(builtin.yaml, builtin.file).value;
    profile.deployment.agent_image = StrCat("registry.example/image@sha256:", std::string(64, '1'));
    return profile;
  }
  std::abort();
}

// --- The server ---

Status WriteBundle(const task::TaskSpec& spec, const fs::path& folder) {
  task::TaskResult result;
  result.work_id = spec.work_id;
  result.run_id = spec.run_id;
  result.profile = spec.profile;
  result.kind = spec.kind;
  result.state = task::TaskState::kCompleted;
  result.outcome = task::Outcome::kSuccess;
  result.exit_code = 0;
  result.started_at = result.finished_at = kClock.Now();
  result.command = spec.command;
  result.repository_url = spec.repository.url;
  result.base_commit = std::string(40, '1');
  std::string output;
  for (int i = 0; i < kLogLines; ++i) {
    output += "a line of the usual length, as build tools and test runners print them\n";
  }
  AMEIDE_ASSIGN_OR_RETURN(task::BundleWriter writer, task::BundleWriter::Create(folder));
  AMEIDE_RETURN_IF_ERROR(writer.AddFile(
      task::kRunLogFile, task::EncodeLog(result.started_at, task::LogStream::kStdout, output)));
  AMEIDE_RETURN_IF_ERROR(writer.AddFile(task::kDiffFile, ""));
  return writer.Finish(result);
}

Result<simulator::EvidenceFiles> FilesOf(const fs::path& folder) {
  simulator::EvidenceFiles files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string path = fs::relative(entry.path(), folder).generic_string();
    AMEIDE_ASSIGN_OR_RETURN(files[path], ReadFile(entry.path(), kMaxFile));
  }
  return files;
}

Result<simulator::EvidenceFiles> EvidenceOf(const Parameters& parameters) {
  const std::string text =
      FromBase64(parameters.at(std::string(task::kParameterSpec))).value_or("");
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const auto spec = task::TaskSpecFromJson(json);
  if (!spec.ok()) return ToError(spec.problems, "read", "a workspace's task");
  AMEIDE_ASSIGN_OR_RETURN(const fs::path folder,
                          MakeTempDirectory(fs::temp_directory_path(), "ameide-bench-"));
  const absl::Cleanup remove = [&] { (void)RemoveTree(folder); };
  AMEIDE_RETURN_IF_ERROR(WriteBundle(*spec.value, folder / "evidence"));
  return FilesOf(folder / "evidence");
}

// Puts the profile's template there as if it had been pushed.
Status AddTemplate(simulator::Simulator& server) {
  const task::Profile profile = BenchProfile();
  const auto files = generator::Render(profile);
  AMEIDE_ASSIGN_OR_RETURN(simulator::TemplateModel model, simulator::ReadTemplate(files));
  server.store().Update([&](simulator::State& state, WallTime now) {
    simulator::Template item;
    item.id = state.NewId();
    item.name = StrCat("ameide-", profile.contract.name);
    item.created_by_id = state.users.front().id;
    item.created_at = item.updated_at = now;
    simulator::TemplateVersion version;
    version.id = item.active_version_id = state.NewId();
    version.name = "bench";
    version.template_id = item.id;
    version.job.id = state.NewId();
    version.job.created_at = now;
    version.job.started_at = version.job.completed_at = now;
    version.job.status = simulator::JobStatus::kSucceeded;
    version.model = std::make_shared<const simulator::TemplateModel>(std::move(model));
    state.templates.push_back(std::move(item));
    state.versions.push_back(std::move(version));
  });
  return Ok{};
}

// How many workspaces ran at the same time, from the connection of the agent to the delete.
size_t MostAtOnce(const simulator::State& state) {
  std::vector<std::pair<WallTime, int>> changes;
  for (const simulator::Workspace& workspace : state.workspaces) {
    const auto& agent = workspace.builds.front().agent;
    if (!agent || !agent->first_connected_at) continue;
    changes.emplace_back(*agent->first_connected_at, 1);
    if (workspace.builds.size() > 1) changes.emplace_back(workspace.Latest().created_at, -1);
  }
  std::sort(changes.begin(), changes.end());
  int running = 0, most = 0;
  for (const auto& [when, change] : changes) most = std::max(most, running += change);
  return static_cast<size_t>(most);
}

void PrintSeen(simulator::Simulator& server) {
  size_t limited = 0;
  const auto requests = server.requests();
  for (const auto& request : requests) limited += request.status == 429 ? 1 : 0;
  const auto left = server.store().Read([](const simulator::State& state, WallTime) {
    return std::count_if(state.workspaces.begin(), state.workspaces.end(),
                         [](const simulator::Workspace& each) { return !each.deleted; });
  });
  const auto [most_requests, at_once] =
      server.store().Read([](const simulator::State& state, WallTime) {
        return std::pair(state.most_requests, MostAtOnce(state));
      });
  std::printf("requests %zu\nlimited %zu\nmost_requests %zu\nat_once %zu\nleft %td\n",
              requests.size(), limited, most_requests, at_once, static_cast<ptrdiff_t>(left));
}

int Serve(int seconds) {
  simulator::Options options;
  options.environment = ProcessEnvironment();
  options.light = EvidenceOf;
  options.pace.script = std::chrono::seconds(seconds);
  options.pace.look = Millis(250);
  auto server = simulator::Simulator::Start(std::move(options));
  if (!server.ok()) return Fail(server.error());
  if (const Status added = AddTemplate(**server); !added.ok()) return Fail(added.error());
  std::printf("%s\n%s\n", (*server)->origin().c_str(), (*server)->token().c_str());
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  PrintSeen(**server);
  return 0;
}

// --- The client ---

// What was not as it should be, or nothing.
std::string RunTask(task::Launcher& launcher, const task::Profile& profile, int number,
                    const fs::path& folder) {
  task::TaskSpec spec;
  spec.work_id = StrCat("bench-", number);
  spec.profile = profile.contract.name;
  spec.repository.url = kRepository;
  spec.command = {"make", "test"};
  task::RunOptions options;
  options.evidence_root = folder / "evidence";
  options.also_allowed_repositories = {kRepository};
  // As verbose as a launcher is by itself, with nobody who reads it.
  const Log log(LogLevel::kInfo, "launcher", kClock, [](std::string_view) {});
  const auto record = launcher.Run({{}, kClock, log}, spec, profile, options);
  if (!record.ok()) return record.error().ToString();
  if (record->result.outcome != task::Outcome::kSuccess) return record->result.reason;
  if (!record->workspace_gone) return "its workspace is not gone";
  return StrJoin(record->warnings, "; ");
}

int Run(int tasks, const fs::path& folder) {
  RaiseDescriptorLimit();
  auto parts = task::MakeCoderParts({}, {}, folder / "state", ProcessEnvironment(), kClock);
  if (!parts.ok()) return Fail(parts.error());
  task::Launcher launcher(std::move(parts->backend), parts->records, std::move(parts->publisher));
  const task::Profile profile = BenchProfile();
  std::atomic<int> errors = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < tasks; ++i) {
      threads.emplace_back([&, i] {
        const std::string wrong = RunTask(launcher, profile, i, folder);
        if (wrong.empty()) return;
        ++errors;
        std::fprintf(stderr, "task %d: %s\n", i, wrong.c_str());
      });
    }
  }
  std::printf("errors %d\n", errors.load());
  return 0;
}

}  // namespace
}  // namespace ameide

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "serve" && argc == 3) return ameide::Serve(std::atoi(argv[2]));
  if (verb == "run" && argc == 4) return ameide::Run(std::atoi(argv[2]), argv[3]);
  return 2;
}
