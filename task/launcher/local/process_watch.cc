#include "task/launcher/local/process_watch.h"

extern "C" {  // glibc 2.36 forgot to say so itself
#include <sys/pidfd.h>
}

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>

#include "base/strings.h"
#include "base/unique_fd.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxProcFile = 4u << 20;
constexpr Millis kKillPause{5};

struct Stat {
  ProcessId id;
  char state = '?';
  pid_t parent = 0;
  bool has_terminal = false;
};

template <class Int>
Int NumberOr(std::string_view text, Int fallback) {
  Int number = fallback;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

fs::path ProcFile(pid_t pid, std::string_view name) {
  return fs::path("/proc") / std::to_string(pid) / name;
}

std::optional<Stat> ReadStat(pid_t pid) {
  const auto text = ReadFile(ProcFile(pid, "stat"), kMaxProcFile);
  if (!text.ok()) return std::nullopt;
  // The program's name is in parentheses and may itself hold ") R 1": the last one counts.
  const size_t name_end = text->rfind(')');
  if (name_end == std::string::npos || name_end + 2 > text->size()) return std::nullopt;
  // proc(5) numbers fields from 1; these start with field 3, the state.
  const auto fields = StrSplit(std::string_view(*text).substr(name_end + 2), ' ');
  constexpr size_t kState = 0, kParent = 1, kTerminal = 4, kStart = 19;
  if (fields.size() <= kStart || fields[kState].size() != 1) return std::nullopt;
  Stat stat;
  stat.id = {pid, NumberOr<uint64_t>(fields[kStart], 0)};
  stat.state = fields[kState][0];
  stat.parent = NumberOr<pid_t>(fields[kParent], 0);
  stat.has_terminal = NumberOr<int>(fields[kTerminal], 0) != 0;
  return stat;
}

bool Living(const Stat& stat) { return stat.state != 'Z' && stat.state != 'X'; }

std::map<pid_t, Stat> LivingProcesses() {
  std::map<pid_t, Stat> all;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto stat = ReadStat(NumberOr<pid_t>(name, 0));
    if (stat && Living(*stat)) all.emplace(stat->id.pid, *stat);
  }
  return all;
}

// Adds everything whose parent is in `members` already, to any depth.
void AddDescendants(const std::map<pid_t, Stat>& all, std::set<pid_t>* members) {
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& [pid, stat] : all) {
      if (members->count(stat.parent) != 0) grew = members->insert(pid).second || grew;
    }
  }
}

bool HasVariable(pid_t pid, const std::string& variable) {
  const auto environment = ReadFile(ProcFile(pid, "environ"), kMaxProcFile);
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

std::vector<ProcessId> Ids(const std::map<pid_t, Stat>& all, const std::set<pid_t>& members) {
  std::vector<ProcessId> ids;
  for (const pid_t pid : members) {
    if (const auto it = all.find(pid); it != all.end()) ids.push_back(it->second.id);
  }
  return ids;
}

template <class List>
bool KillUntilNone(const List& list, const Clock& clock, Millis limit) {
  const MonoTime deadline = clock.Monotonic() + limit;
  while (true) {
    const std::vector<ProcessId> left = list();
    if (left.empty()) return true;
    if (clock.Monotonic() >= deadline) return false;
    for (const ProcessId& process : left) SignalProcess(process, SIGKILL);
    clock.WaitFor({}, kKillPause);
  }
}

}  // namespace

std::optional<ProcessId> IdentifyProcess(pid_t pid) {
  const auto stat = ReadStat(pid);
  if (!stat || !Living(*stat)) return std::nullopt;
  return stat->id;
}

bool IsAlive(const ProcessId& process) { return IdentifyProcess(process.pid) == process; }

bool SignalProcess(const ProcessId& process, int signal) {
  const UniqueFd pidfd(::pidfd_open(process.pid, 0));
  // The descriptor is bound to whoever has the number now; only then is the start time decisive.
  if (!pidfd.valid() || !IsAlive(process)) return false;
  return ::pidfd_send_signal(pidfd.get(), signal, nullptr, 0) == 0;
}

std::vector<ProcessId> DescendantsOf(pid_t root) {
  const auto all = LivingProcesses();
  std::set<pid_t> members{root};
  AddDescendants(all, &members);
  members.erase(root);
  return Ids(all, members);
}

std::vector<ProcessId> ProcessesOfRun(const std::string& run_id, const fs::path& folder) {
  const auto all = LivingProcesses();
  const std::string mark = StrCat("AMEIDE_RUN_ID=", run_id);
  const pid_t self = ::getpid();
  std::set<pid_t> members;
  for (const auto& [pid, stat] : all) {
    if (pid == self) continue;
    if ((!run_id.empty() && HasVariable(pid, mark)) ||
        (!stat.has_terminal && WorksIn(pid, folder))) {
      members.insert(pid);
    }
  }
  AddDescendants(all, &members);
  members.erase(self);
  return Ids(all, members);
}

bool KillDescendants(pid_t root, const Clock& clock, Millis limit) {
  return KillUntilNone([&] { return DescendantsOf(root); }, clock, limit);
}

bool KillRun(const std::string& run_id, const fs::path& folder, const Clock& clock, Millis limit) {
  return KillUntilNone([&] { return ProcessesOfRun(run_id, folder); }, clock, limit);
}

}  // namespace ameide::task
