// The same work on many things, on every processor at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <thread>
#include <vector>

namespace ameide::generator {

// Calls each(0) to each(count - 1), in no order and several at a time: a call may write only what
// is its own, like the element of that index. Returns when all are done; throws what one threw.
template <class Each>
void ForEachIndex(size_t count, const Each& each) {
  constexpr size_t kWorthAThread = 16;
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < count; i = next++) each(i);
  };
  std::vector<std::future<void>> others;
  const size_t most = std::min<size_t>(std::thread::hardware_concurrency(), count / kWorthAThread);
  for (size_t i = 1; i < most; ++i) others.push_back(std::async(std::launch::async, work));
  work();
  for (std::future<void>& other : others) other.get();
}

}  // namespace ameide::generator
