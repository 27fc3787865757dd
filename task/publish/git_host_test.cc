#include "task/publish/git_host.h"

#include "gtest/gtest.h"

namespace ameide::task {
namespace {

TEST(WebAddress, IsTheLastOneInTheText) {
  EXPECT_EQ(LastWebAddress("remote:\nremote:  https://a/1\nremote:  https://a/2  \n"),
            "https://a/2");
  EXPECT_EQ(LastWebAddress("nothing here"), "");
  EXPECT_EQ(LastWebAddress(""), "");
}

TEST(Host, IsChosenByTheServerAndTheProgramsThatAreThere) {
  const Environment none = {{"PATH", "/nonexistent"}};
  EXPECT_EQ(ChooseHost(HostKind::kAuto, "/a/repo", none), HostKind::kNone);
  EXPECT_EQ(ChooseHost(HostKind::kAuto, "https://gitlab.example/a", none), HostKind::kPushOptions);
  EXPECT_EQ(ChooseHost(HostKind::kAuto, "https://git.example/gitlab", none), HostKind::kNone);
  EXPECT_EQ(ChooseHost(HostKind::kGh, "/a/repo", none), HostKind::kGh);
}

TEST(PushOptions, AreOneLineEach) {
  const auto options =
      MakePushOptionsHost()->PushOptions({"agent/x", "main", "Title", "one\ntwo", true});
  EXPECT_EQ(options, (std::vector<std::string>{"merge_request.create", "merge_request.target=main",
                                               "merge_request.title=Draft: Title",
                                               "merge_request.description=one\\ntwo"}));
}

}  // namespace
}  // namespace ameide::task
