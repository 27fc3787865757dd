#include "task/agent/process_tree.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// The header of glibc 2.36 forgot to say so itself.
extern "C" {
#include <sys/pidfd.h>
}

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <set>

#include "base/files.h"
#include "base/strings.h"
#include "base/unique_fd.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxStat = 4096;

template <class T>
bool ParseNumber(std::string_view text, T* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size();
}

bool ReadProcess(std::string_view pid, Process* out) {
  const Result<std::string> stat = ReadFile(StrCat("/proc/", pid, "/stat"), kMaxStat);
  return stat.ok() && ParseProcessStat(*stat, out);
}

std::vector<Process> AllProcesses() {
  std::vector<Process> all;
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    Process process;
    if (name[0] >= '1' && name[0] <= '9' && ReadProcess(name, &process)) all.push_back(process);
  }
  return all;
}

}  // namespace

bool ParseProcessStat(std::string_view stat, Process* out) {
  // The name stands in parentheses and may contain any of them: the last one ends it.
  const size_t open = stat.find('(');
  const size_t close = stat.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open + 1 ||
      open < 2 || close + 2 >= stat.size()) {
    return false;
  }
  const std::vector<std::string_view> fields = StrSplit(stat.substr(close + 2), ' ');
  constexpr size_t kParentField = 1;      // the 4th of proc(5)
  constexpr size_t kStartTimeField = 19;  // the 22nd
  if (fields.size() <= kStartTimeField || fields[0].size() != 1) return false;
  out->name = std::string(stat.substr(open + 1, close - open - 1));
  out->state = fields[0][0];
  return ParseNumber(stat.substr(0, open - 1), &out->pid) &&
         ParseNumber(fields[kParentField], &out->parent) &&
         ParseNumber(fields[kStartTimeField], &out->start_time);
}

std::vector<Process> DescendantsOf(pid_t root, const std::vector<Process>& all) {
  std::set<pid_t> family = {root};
  std::vector<Process> found;
  // Children may be listed before their parents (numbers wrap around): repeat until nothing new.
  for (size_t before = 0; before != family.size();) {
    before = family.size();
    for (const Process& process : all) {
      if (!family.contains(process.parent) || !family.insert(process.pid).second) continue;
      found.push_back(process);
    }
  }
  return found;
}

Status AdoptOrphans() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
    return ErrnoError(errno, "become reaper of orphans", "this process");
  }
  return Ok{};
}

std::vector<Process> LivingDescendants(pid_t awaited) {
  const pid_t self = ::getpid();
  std::vector<Process> living;
  for (const Process& process : DescendantsOf(self, AllProcesses())) {
    if (process.state != 'Z' && process.state != 'X') {
      living.push_back(process);
    } else if (process.parent == self && process.pid != awaited) {
      ::waitpid(process.pid, nullptr, WNOHANG);
    }
  }
  return living;
}

void SignalEach(const std::vector<Process>& processes, int signal) {
  for (const Process& process : processes) {
    const UniqueFd handle(::pidfd_open(process.pid, 0));
    Process now;
    if (!handle.valid() || !ReadProcess(std::to_string(process.pid), &now)) continue;
    if (now.start_time == process.start_time) {
      ::pidfd_send_signal(handle.get(), signal, nullptr, 0);
    }
  }
}

}  // namespace ameide::task
