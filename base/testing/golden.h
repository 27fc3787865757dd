// Goldens: EXPECT_GOLDEN(text, "task/contract/testdata/report.html") compares with the committed
// file; AMEIDE_UPDATE_GOLDENS=1 rewrites it instead.
#pragma once

#include <string_view>

#include "gtest/gtest.h"

namespace ameide::testing {

// `path` is relative to the source directory.
::testing::AssertionResult MatchesGolden(std::string_view actual, std::string_view path);

}  // namespace ameide::testing

#define EXPECT_GOLDEN(actual, path) EXPECT_TRUE(::ameide::testing::MatchesGolden(actual, path))
