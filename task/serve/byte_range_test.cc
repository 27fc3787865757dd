#include "task/serve/byte_range.h"

#include "gtest/gtest.h"

namespace ameide::task {
namespace {

using Kind = RangeAnswer::Kind;

TEST(ReadRange, OneRangeOfBytesIsUnderstoodAndTheRestIgnored) {
  constexpr uint64_t kMost = 100;
  const struct {
    const char* header;
    uint64_t size;
    RangeAnswer answer;
  } kCases[] = {
      {"bytes=0-4", 10, {Kind::kPart, {0, 5}}},
      {"bytes=5-", 10, {Kind::kPart, {5, 5}}},
      {"bytes=9-9", 10, {Kind::kPart, {9, 1}}},
      {"bytes=0-999", 10, {Kind::kPart, {0, 10}}},
      {"bytes=-3", 10, {Kind::kPart, {7, 3}}},
      {"bytes=-30", 10, {Kind::kPart, {0, 10}}},
      {" bytes=2-3 ", 10, {Kind::kPart, {2, 2}}},
      {"bytes=3-99999999999999999999999", 10, {Kind::kPart, {3, 7}}},
      {"bytes=0-", 1000, {Kind::kPart, {0, 100}}},
      {"bytes=10-500", 1000, {Kind::kPart, {10, 100}}},
      {"bytes=-500", 1000, {Kind::kPart, {500, 100}}},
      {"bytes=10-", 10, {Kind::kUnsatisfiable, {}}},
      {"bytes=10-20", 10, {Kind::kUnsatisfiable, {}}},
      {"bytes=99999999999999999999999-", 10, {Kind::kUnsatisfiable, {}}},
      {"bytes=0-", 0, {Kind::kUnsatisfiable, {}}},
      {"bytes=-0", 10, {Kind::kUnsatisfiable, {}}},
      {"", 10, {}},
      {"bytes=", 10, {}},
      {"bytes=-", 10, {}},
      {"bytes=4-3", 10, {}},
      {"bytes=0-1,3-4", 10, {}},
      {"bytes=a-b", 10, {}},
      {"bytes=+1-2", 10, {}},
      {"bytes=1-2-3", 10, {}},
      {"bytes= 1-2", 10, {}},
      {"lines=1-2", 10, {}},
      {"BYTES=1-2", 10, {}},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ReadRange(test.header, test.size, kMost), test.answer)
        << test.header << " of " << test.size;
  }
}

TEST(ContentRange, CountsTheLastByteIn) {
  EXPECT_EQ(ContentRange(ByteRange{0, 5}, 10), "bytes 0-4/10");
  EXPECT_EQ(ContentRange({}, 10), "bytes */10");
}

TEST(EvidencePath, NamesAFileInsideTheFolderOrNothing) {
  const struct {
    const char* target;
    std::optional<std::string> path;
  } kCases[] = {{"/evidence/run.log", "run.log"},
                {"/evidence/files/a%20b.txt?x=y", "files/a b.txt"},
                {"/evidence/files%2Fx", "files/x"},
                {"/evidence/%E4%F6", "\xe4\xf6"},
                {"/evidence/", {}},
                {"/evidence", {}},
                {"/evidence/..", {}},
                {"/evidence/../spec.json", {}},
                {"/evidence/%2e%2e/spec.json", {}},
                {"/evidence/a/%2E%2E%2F%2E%2E/x", {}},
                {"/evidence//etc/passwd", {}},
                {"/evidence/%2Fetc/passwd", {}},
                {"/evidence/a%00b", {}},
                {"/evidence/a%5Cb", {}},
                {"/evidence/./a", {}},
                {"/evidence/a/", {}},
                {"/evidenceX/a", {}},
                {"/other", {}},
                {"", {}}};
  for (const auto& test : kCases) EXPECT_EQ(EvidencePath(test.target), test.path) << test.target;
}

}  // namespace
}  // namespace ameide::task
