#include "provider/plugin/handshake.h"

#include "base/json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::plugin {
namespace {

using ::testing::ElementsAre;

constexpr char kCookie[] = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

TEST(Handshake, OnlyTheExactCookieOpens) {
  EXPECT_TRUE(HasMagicCookie({{"TF_PLUGIN_MAGIC_COOKIE", kCookie}}));
  EXPECT_FALSE(HasMagicCookie({}));
  EXPECT_FALSE(HasMagicCookie({{"TF_PLUGIN_MAGIC_COOKIE", ""}}));
  EXPECT_FALSE(HasMagicCookie({{"TF_PLUGIN_MAGIC_COOKIE", std::string(kCookie) + " "}}));
  EXPECT_FALSE(HasMagicCookie({{"MAGIC_COOKIE", kCookie}}));
}

TEST(Handshake, FindsOurVersionAnywhereInTheOffer) {
  const struct {
    const char* offer;
    bool ours;
  } kCases[] = {{"", true},   {"6", true},      {"5,6", true}, {"6,5", true}, {"5, 6 ", true},
                {"5", false}, {"16,60", false}, {",", false},  {"six", false}};
  for (const auto& [offer, ours] : kCases) {
    EXPECT_EQ(ClientSpeaksOurProtocol({{"PLUGIN_PROTOCOL_VERSIONS", offer}}), ours) << offer;
  }
  EXPECT_TRUE(ClientSpeaksOurProtocol({})) << "no offer means ours";
}

TEST(Handshake, LineHasSixFieldsWithAndWithoutTls) {
  EXPECT_EQ(HandshakeLine({}, "/tmp/a/s", "MIIB"), "1|6|unix|/tmp/a/s|grpc|MIIB\n");
  EXPECT_EQ(HandshakeLine({}, "/tmp/a/s", ""), "1|6|unix|/tmp/a/s|grpc|\n");
}

TEST(Handshake, LineHasASeventhFieldOnlyWhenAskedFor) {
  for (const char* value : {"", "true", "false"}) {
    EXPECT_EQ(HandshakeLine({{"PLUGIN_MULTIPLEX_GRPC", value}}, "/s", "c"),
              "1|6|unix|/s|grpc|c|false\n");
  }
}

TEST(Handshake, VersionMismatchStillNamesOurs) {
  EXPECT_EQ(HandshakeLine({{"PLUGIN_PROTOCOL_VERSIONS", "5"}}, "/s", ""), "1|6|unix|/s|grpc|\n");
}

TEST(Handshake, SocketFolderFollowsTheVariablesAndEndsShort) {
  const Environment both = {{"PLUGIN_UNIX_SOCKET_DIR", "/run/p"}, {"TMPDIR", "/var/tmp"}};
  EXPECT_THAT(SocketFolders(both, 15), ElementsAre("/run/p", "/var/tmp", "/tmp"));
  EXPECT_THAT(SocketFolders({}, 15), ElementsAre("/tmp"));
  const Environment empty = {{"PLUGIN_UNIX_SOCKET_DIR", ""}, {"TMPDIR", ""}};
  EXPECT_THAT(SocketFolders(empty, 15), ElementsAre("/tmp"));
}

TEST(Handshake, SocketPathsNeverPassTheAddressLimit) {
  const std::string longest = "/" + std::string(kMaxSocketPath - 15 - 1 - 1, 'x');
  EXPECT_THAT(SocketFolders({{"TMPDIR", longest}}, 15), ElementsAre(longest, "/tmp"));
  EXPECT_THAT(SocketFolders({{"TMPDIR", longest + "x"}}, 15), ElementsAre("/tmp"));
}

TEST(Handshake, FoldersThatWouldTearTheLineAreLeftOut) {
  for (const char* folder : {"/a|b", "/a\nb", "/a\rb"}) {
    EXPECT_THAT(SocketFolders({{"TMPDIR", folder}}, 15), ElementsAre("/tmp")) << folder;
  }
}

TEST(Handshake, MostSpecificLogVariableDecides) {
  const struct {
    Environment environment;
    LogLevel level;
  } kCases[] = {
      {{}, LogLevel::kOff},
      {{{"TF_LOG", "INFO"}}, LogLevel::kInfo},
      {{{"TF_LOG", "JSON"}}, LogLevel::kTrace},
      {{{"TF_LOG", "INFO"}, {"TF_LOG_PROVIDER", "debug"}}, LogLevel::kDebug},
      {{{"TF_LOG", "TRACE"}, {"TF_LOG_PROVIDER", "OFF"}}, LogLevel::kOff},
      {{{"TF_LOG_PROVIDER", "TRACE"}, {"TF_LOG_PROVIDER_AMEIDE", "ERROR"}}, LogLevel::kError},
      {{{"TF_LOG", "WARN"}, {"TF_LOG_PROVIDER_AMEIDE", ""}}, LogLevel::kWarn},
      {{{"TF_LOG_CORE", "TRACE"}, {"TF_LOG_PROVIDER_OTHER", "TRACE"}}, LogLevel::kOff},
  };
  for (const auto& [environment, level] : kCases) {
    std::string names;
    for (const auto& [name, value] : environment) names += name + "=" + value + " ";
    EXPECT_EQ(ProviderLogLevel(environment), level) << names;
  }
}

TEST(Handshake, ReattachJsonIsWhatTerraformParses) {
  EXPECT_EQ(ReattachJson("registry.invalid/acme/echo", 42, "/tmp/a/s"),
            R"({"registry.invalid/acme/echo":{"Protocol":"grpc","ProtocolVersion":6,"Pid":42,)"
            R"("Test":true,"Addr":{"Network":"unix","String":"/tmp/a/s"}}})");
}

}  // namespace
}  // namespace ameide::plugin
