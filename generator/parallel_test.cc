#include "generator/parallel.h"

#include <stdexcept>

#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

TEST(Parallel, EachIndexIsCalledOnce) {
  for (const size_t count : {size_t{0}, size_t{1}, size_t{15}, size_t{1000}}) {
    std::vector<int> calls(count, 0);
    ForEachIndex(count, [&](size_t i) { ++calls[i]; });
    EXPECT_EQ(calls, std::vector<int>(count, 1));
  }
}

TEST(Parallel, WhatACallThrowsReachesTheCaller) {
  for (const size_t bad : {size_t{0}, size_t{99}}) {
    EXPECT_THROW(ForEachIndex(100,
                              [&](size_t i) {
                                if (i == bad) throw std::runtime_error("bad");
                              }),
                 std::runtime_error);
  }
}

}  // namespace
}  // namespace ameide::generator
