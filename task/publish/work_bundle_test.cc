#include "task/publish/work_bundle.h"

#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::task {
namespace {

const std::string kA(40, 'a');
const std::string kB(40, 'b');

TEST(BundleHeader, SaysWhatItBringsAndBuildsOn) {
  const std::string header =
      StrCat("# v2 git bundle\n-", kA, " a subject\n", kB, " refs/heads/x\n\n");
  const auto bundle = ReadBundleHeader(header + "PACK");
  ASSERT_TRUE(bundle.ok());
  EXPECT_EQ(bundle->prerequisites, std::vector<std::string>{kA});
  EXPECT_EQ(bundle->refs, (decltype(bundle->refs){{"refs/heads/x", kB}}));
  EXPECT_EQ(bundle->pack_offset, header.size());
}

TEST(BundleHeader, TakesTheObjectFormatAndNoOtherCapability) {
  EXPECT_TRUE(ReadBundleHeader("# v3 git bundle\n@object-format=sha256\n\n").ok());
  EXPECT_FALSE(ReadBundleHeader("# v3 git bundle\n@filter=blob:none\n\n").ok());
  EXPECT_FALSE(ReadBundleHeader("# v2 git bundle\n@object-format=sha1\n\n").ok());
}

TEST(BundleHeader, RefusesWhatIsNone) {
  for (const std::string& bad :
       {std::string(), std::string("PACK"), std::string("# v2 git bundle\n"),
        std::string("# v4 git bundle\n\n"), StrCat("# v2 git bundle\n", kA, "\n\n"),
        std::string("# v2 git bundle\nabc refs/heads/x\n\n"),
        StrCat("# v2 git bundle\n-", std::string(40, 'G'), "\n\n"),
        StrCat("# v2 git bundle\n", std::string(kMaxBundleHeader, 'a'), "\n\n")}) {
    EXPECT_FALSE(ReadBundleHeader(bad).ok()) << bad.substr(0, 60);
  }
}

}  // namespace
}  // namespace ameide::task
