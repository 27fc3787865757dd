#include "base/processes.h"

#include <signal.h>

#include <charconv>

#include "base/files.h"
#include "base/pidfd.h"
#include "base/strings.h"
#include "base/unique_fd.h"

namespace ameide {
namespace {

constexpr uint64_t kMaxStat = 4096;
constexpr Millis kKillPause{5};

template <class Int>
bool ParseNumber(std::string_view text, Int* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<Process> ReadProcess(std::string_view pid) {
  const Result<std::string> stat = ReadFile(StrCat("/proc/", pid, "/stat"), kMaxStat);
  return stat.ok() ? ParseProcessStat(*stat) : std::nullopt;
}

}  // namespace

std::optional<Process> ParseProcessStat(std::string_view stat) {
  // The name stands in parentheses and may contain any of them: the last one ends it.
  const size_t open = stat.find('(');
  const size_t close = stat.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      open < 2 || close + 2 >= stat.size()) {
    return std::nullopt;
  }
  const std::vector<std::string_view> fields = StrSplit(stat.substr(close + 2), ' ');
  // proc(5) counts from 1; these start with its third, the state.
  constexpr size_t kState = 0, kParent = 1, kTerminal = 4, kThreads = 17, kStart = 19;
  if (fields.size() <= kStart || fields[kState].size() != 1) return std::nullopt;
  Process process;
  process.state = fields[kState][0];
  process.name = std::string(stat.substr(open + 1, close - open - 1));
  if (!ParseNumber(stat.substr(0, open - 1), &process.id.pid) ||
      !ParseNumber(fields[kStart], &process.id.start_ticks) ||
      !ParseNumber(fields[kParent], &process.parent) ||
      !ParseNumber(fields[kTerminal], &process.terminal) ||
      !ParseNumber(fields[kThreads], &process.threads)) {
    return std::nullopt;
  }
  return process;
}

std::vector<Process> DescendantsOf(const std::set<pid_t>& roots, const std::vector<Process>& all) {
  std::set<pid_t> family = roots;
  std::vector<Process> found;
  // Children may be listed before their parents (numbers wrap around): repeat until nothing new.
  for (size_t before = 0; before != family.size();) {
    before = family.size();
    for (const Process& process : all) {
      if (!family.contains(process.parent) || !family.insert(process.id.pid).second) continue;
      found.push_back(process);
    }
  }
  return found;
}

std::vector<Process> AllProcesses() {
  std::vector<Process> all;
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name[0] < '1' || name[0] > '9') continue;
    if (auto process = ReadProcess(name)) all.push_back(std::move(*process));
  }
  return all;
}

std::optional<ProcessId> IdentifyProcess(pid_t pid) {
  const auto process = ReadProcess(std::to_string(pid));
  if (!process || !process->Living()) return std::nullopt;
  return process->id;
}

bool IsAlive(const ProcessId& process) { return IdentifyProcess(process.pid) == process; }

bool SignalProcess(const ProcessId& process, int signal) {
  const UniqueFd pidfd(::pidfd_open(process.pid, 0));
  // The descriptor is bound to whoever has the number now; only then is the start time decisive.
  if (!pidfd.valid() || !IsAlive(process)) return false;
  return ::pidfd_send_signal(pidfd.get(), signal, nullptr, 0) == 0;
}

bool KillUntilNone(const std::function<std::vector<ProcessId>()>& list, const Clock& clock,
                   Millis limit) {
  const MonoTime deadline = clock.Monotonic() + limit;
  while (true) {
    const std::vector<ProcessId> left = list();
    if (left.empty()) return true;
    if (clock.Monotonic() >= deadline) return false;
    for (const ProcessId& process : left) SignalProcess(process, SIGKILL);
    clock.WaitFor({}, kKillPause);
  }
}

bool KillDescendants(pid_t root, const Clock& clock, Millis limit) {
  const auto living = [root] {
    std::vector<ProcessId> ids;
    for (const Process& process : DescendantsOf({root}, AllProcesses())) {
      if (process.Living()) ids.push_back(process.id);
    }
    return ids;
  };
  return KillUntilNone(living, clock, limit);
}

}  // namespace ameide
