#include "task/launcher/local/process_watch.h"

#include <unistd.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "base/strings.h"
#include "task/launcher/local/workspace_layout.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxEnvironment = 4u << 20;

fs::path ProcFile(pid_t pid, std::string_view name) {
  return fs::path("/proc") / std::to_string(pid) / name;
}

bool HasVariable(pid_t pid, const std::string& variable) {
  const auto environment = ReadFile(ProcFile(pid, "environ"), kMaxEnvironment);
  if (!environment.ok()) return false;  // another user's, or gone
  const auto variables = StrSplit(*environment, '\0');
  return std::find(variables.begin(), variables.end(), variable) != variables.end();
}

bool WorksIn(pid_t pid, const fs::path& folder) {
  std::error_code error;
  // "<folder>/x (deleted)" once the folder is gone; the prefix is what we look at.
  const std::string directory = fs::read_symlink(ProcFile(pid, "cwd"), error).string();
  if (error) return false;
  const std::string prefix = folder.string();
  return directory.rfind(prefix, 0) == 0 &&
         (directory.size() == prefix.size() || directory[prefix.size()] == '/' ||
          directory[prefix.size()] == ' ');
}

}  // namespace

std::vector<ProcessId> ProcessesOfRun(const std::string& run_id, const fs::path& folder) {
  const std::vector<Process> all = AllProcesses();
  const std::string mark = StrCat("AMEIDE_RUN_ID=", run_id);
  const pid_t self = ::getpid();
  const std::optional<ProcessId> agent = ReadAgentId(WorkspaceLayout{folder});
  std::set<pid_t> members;
  for (const Process& process : all) {
    const pid_t pid = process.id.pid;
    if (pid == self || !process.Living()) continue;
    if ((agent && process.id == *agent) || (!run_id.empty() && HasVariable(pid, mark)) ||
        (process.terminal == 0 && WorksIn(pid, folder))) {
      members.insert(pid);
    }
  }
  for (const Process& process : DescendantsOf(members, all)) members.insert(process.id.pid);
  members.erase(self);
  std::vector<ProcessId> ids;
  for (const Process& process : all) {
    if (process.Living() && members.contains(process.id.pid)) ids.push_back(process.id);
  }
  std::sort(ids.begin(), ids.end(),
            [](const ProcessId& a, const ProcessId& b) { return a.pid < b.pid; });
  return ids;
}

bool KillRun(const std::string& run_id, const fs::path& folder, const Clock& clock, Millis limit) {
  return KillUntilNone([&] { return ProcessesOfRun(run_id, folder); }, clock, limit);
}

}  // namespace ameide::task
