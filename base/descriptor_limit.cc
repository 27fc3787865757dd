#include "base/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>

namespace ameide {
namespace {

constexpr rlim_t kMost = 65'536;

std::atomic<rlim_t> soft_before_raise{0};  // 0: not raised

}  // namespace

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = std::min(limit.rlim_max, kMost);
  if (limit.rlim_cur <= before || ::setrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  soft_before_raise = before;
}

void RestoreDescriptorLimit(pid_t child) {
  const rlim_t before = soft_before_raise;
  rlimit limit{};
  if (before == 0 || ::prlimit(child, RLIMIT_NOFILE, nullptr, &limit) != 0) return;
  limit.rlim_cur = std::min(before, limit.rlim_max);
  ::prlimit(child, RLIMIT_NOFILE, &limit, nullptr);
}

}  // namespace ameide
