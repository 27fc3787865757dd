#include "base/result.h"

#include <memory>

#include "gtest/gtest.h"

namespace ameide {
namespace {

Error Sample() { return {ErrorKind::kNotFound, "clone", "repo", "no such branch", "check ref"}; }

Result<int> Half(int number) {
  if (number % 2 != 0) return Sample();
  return number / 2;
}

Result<int> Quarter(int number) {
  AMEIDE_ASSIGN_OR_RETURN(const int half, Half(number));
  AMEIDE_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

Status Even(int number) {
  AMEIDE_RETURN_IF_ERROR(Half(number));
  return Ok{};
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(*Half(4), 2);
  EXPECT_TRUE(Half(4).ok());
  EXPECT_EQ(Half(3).error().kind, ErrorKind::kNotFound);
  EXPECT_THROW((void)Half(3).value(), std::bad_variant_access);
  EXPECT_THROW((void)Half(4).error(), std::bad_variant_access);
}

TEST(Result, MacrosHandErrorsUp) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_FALSE(Quarter(6).ok());
  EXPECT_FALSE(Quarter(5).ok());
  EXPECT_TRUE(Even(2).ok());
  EXPECT_EQ(Even(1).error().operation, "clone");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> value = std::move(result).value();
  EXPECT_EQ(*value, 7);
}

TEST(Error, ReadsAsOneSentence) {
  EXPECT_EQ(Sample().ToString(), "clone repo: no such branch; check ref");
  EXPECT_EQ((Error{ErrorKind::kBug, "parse", "", "", ""}).ToString(), "parse");
  EXPECT_EQ((Error{ErrorKind::kBug, "", "x", "bad", ""}).ToString(), "x: bad");
}

TEST(ErrorKind, EachHasItsWord) {
  const std::pair<ErrorKind, const char*> rows[] = {
      {ErrorKind::kInvalid, "invalid"},         {ErrorKind::kNotFound, "not_found"},
      {ErrorKind::kDenied, "denied"},           {ErrorKind::kConflict, "conflict"},
      {ErrorKind::kUnavailable, "unavailable"}, {ErrorKind::kTimeout, "timeout"},
      {ErrorKind::kCancelled, "cancelled"},     {ErrorKind::kBug, "bug"}};
  for (const auto& [kind, word] : rows) EXPECT_EQ(ToString(kind), word);
}

}  // namespace
}  // namespace ameide
