#include "base/environment.h"

#include <cstdlib>

#include "gtest/gtest.h"

namespace ameide {
namespace {

TEST(Environment, IsTheProcessesOwnWithValuesThatHoldEqualSigns) {
  ASSERT_EQ(::setenv("AMEIDE_TEST_VALUE", "a=b", 1), 0);
  const Environment environment = ProcessEnvironment();
  ASSERT_EQ(::unsetenv("AMEIDE_TEST_VALUE"), 0);
  EXPECT_EQ(Get(environment, "AMEIDE_TEST_VALUE"), "a=b");
  EXPECT_EQ(Get(environment, "AMEIDE_TEST_ABSENT"), "");
  EXPECT_FALSE(ProcessEnvironment().contains("AMEIDE_TEST_VALUE"));
}

}  // namespace
}  // namespace ameide
