#include "task/agent/process_tree.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/files.h"

namespace ameide::task {

Status AdoptOrphans() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
    return ErrnoError(errno, "become reaper of orphans", "this process");
  }
  return Ok{};
}

std::vector<Process> LivingDescendants(pid_t awaited) {
  const pid_t self = ::getpid();
  std::vector<Process> living;
  for (Process& process : DescendantsOf({self}, AllProcesses())) {
    if (process.Living()) {
      living.push_back(std::move(process));
    } else if (process.parent == self && process.id.pid != awaited) {
      ::waitpid(process.id.pid, nullptr, WNOHANG);
    }
  }
  return living;
}

}  // namespace ameide::task
