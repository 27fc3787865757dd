#include "acceptance/coder_simulator/workspace_processes.h"

#include <unistd.h>

#include <set>

#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr uint64_t kMaxEnvironment = 4u << 20;
constexpr Millis kKillLimit{10'000};

bool HasMark(pid_t pid, const std::string& mark) {
  const Result<std::string> environment =
      ReadFile(StrCat("/proc/", pid, "/environ"), kMaxEnvironment);
  if (!environment.ok()) return false;
  const std::string wanted = StrCat(kMarkVariable, "=", mark);
  const size_t at = environment->find(wanted);
  return at != std::string::npos && (at == 0 || (*environment)[at - 1] == '\0');
}

bool IsBelow(const std::string& link, const fs::path& folder) {
  std::error_code error;
  const std::string target = fs::read_symlink(link, error).string();
  return !error && target.starts_with(folder.string() + "/");
}

}  // namespace

std::vector<ProcessId> ProcessesOf(const std::string& mark, const fs::path& folder) {
  std::set<pid_t> roots;
  const std::vector<Process> all = AllProcesses();
  for (const Process& process : all) {
    const pid_t pid = process.id.pid;
    if (!process.Living() || pid == ::getpid()) continue;
    const bool inside = !folder.empty() && (IsBelow(StrCat("/proc/", pid, "/exe"), folder) ||
                                            IsBelow(StrCat("/proc/", pid, "/cwd"), folder));
    if (inside || HasMark(pid, mark)) roots.insert(pid);
  }
  std::vector<ProcessId> found;
  for (const Process& process : all) {
    if (roots.contains(process.id.pid)) found.push_back(process.id);
  }
  for (const Process& process : DescendantsOf(roots, all)) {
    if (process.Living() && !roots.contains(process.id.pid)) found.push_back(process.id);
  }
  return found;
}

Status KillProcessesOf(const std::string& mark, const fs::path& folder, const Clock& clock) {
  if (KillUntilNone([&] { return ProcessesOf(mark, folder); }, clock, kKillLimit)) return Ok{};
  return Error{ErrorKind::kTimeout, "end workspace", mark, "some of its processes do not end", ""};
}

}  // namespace ameide::simulator
