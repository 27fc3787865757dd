// Start, handshake, transport: a real plugin process and a real client.
#include <signal.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "base/json.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/plugin/testing/echo_service.h"
#include "provider/plugin/testing/plugin_client.h"
#include "provider/plugin/testing/plugin_process.h"

namespace ameide::plugin {
namespace {

using testing::Handshake;
using ::testing::HasSubstr;
using testing::kMeet;
using testing::PluginClient;
using testing::PluginProcess;
using testing::Request;
using ::testing::StartsWith;

constexpr int kServing = 1;
constexpr ExitStatus kExitZero{.code = 0, .signal = {}};
constexpr ExitStatus kExitOne{.code = 1, .signal = {}};

class ServeStart : public ::testing::Test {
 protected:
  // The orderly end, which every mode must reach.
  void ExpectOrderlyEnd(PluginProcess* plugin, const PluginClient& client,
                        const std::string& socket) {
    EXPECT_TRUE(client.Shutdown().ok());
    EXPECT_EQ(plugin->WaitForExit(), kExitZero);
    EXPECT_EQ(plugin->RestOfStdout(), "") << "stdout must carry the handshake line alone";
    EXPECT_FALSE(Exists(socket));
    EXPECT_FALSE(Exists(fs::path(socket).parent_path()));
  }
  ameide::testing::TempDir folder_;
  Environment environment_ = PluginProcess::WithCookie(folder_.path());
};

TEST_F(ServeStart, RefusesWithoutTheCookie) {
  environment_.erase("TF_PLUGIN_MAGIC_COOKIE");
  PluginProcess plugin(environment_);
  EXPECT_EQ(plugin.WaitForExit(), kExitOne);
  EXPECT_THAT(plugin.Stderr(), HasSubstr("This program is a Terraform provider"));
  EXPECT_EQ(plugin.RestOfStdout(), "");
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(ServeStart, SpeaksMutualTlsWithAP521Client) {
  const auto identity = testing::MakeClientIdentity();
  environment_["PLUGIN_CLIENT_CERT"] = identity.certificate_pem;
  PluginProcess plugin(environment_);
  const Handshake handshake = plugin.ReadHandshake();
  EXPECT_THAT(handshake.line, StartsWith("1|6|unix|" + folder_.path().native() + "/ameide-"));
  EXPECT_EQ(handshake.fields.size(), 6u);
  EXPECT_GT(handshake.certificate.size(), 50u);
  PluginClient client(handshake, identity);
  EXPECT_TRUE(client.OpenStreams());
  EXPECT_EQ(client.Health(), kServing);
  EXPECT_TRUE(client.Call(kMeet, Request(1)).ok());
  ExpectOrderlyEnd(&plugin, client, handshake.socket);
  EXPECT_EQ(plugin.Stderr(), "");
}

TEST_F(ServeStart, RefusesEveryOtherClientAndSaysNothing) {
  const auto identity = testing::MakeClientIdentity();
  environment_["PLUGIN_CLIENT_CERT"] = identity.certificate_pem;
  PluginProcess plugin(environment_);
  const Handshake handshake = plugin.ReadHandshake();
  {
    const PluginClient stranger(handshake, testing::MakeClientIdentity());
    EXPECT_EQ(stranger.Call(kMeet, Request(1)).error_code(), grpc::UNAVAILABLE);
    const PluginClient plain(handshake.socket);
    EXPECT_EQ(plain.Call(kMeet, Request(1)).error_code(), grpc::UNAVAILABLE);
  }
  const PluginClient client(handshake, identity);
  ExpectOrderlyEnd(&plugin, client, handshake.socket);
  EXPECT_EQ(plugin.Stderr(), "") << "gRPC's complaints must not reach Terraform's ears";
}

TEST_F(ServeStart, ServesWithoutTlsWhenTheClientBringsNoCertificate) {
  PluginProcess plugin(environment_);
  const Handshake handshake = plugin.ReadHandshake();
  EXPECT_EQ(handshake.line, "1|6|unix|" + handshake.socket + "|grpc|\n");
  PluginClient client(handshake.socket);
  EXPECT_TRUE(client.OpenStreams());
  EXPECT_EQ(client.Health(), kServing);
  ExpectOrderlyEnd(&plugin, client, handshake.socket);
  EXPECT_EQ(plugin.Stderr(), "");
}

TEST_F(ServeStart, RefusesAClientCertificateThatIsNone) {
  const char* const kNone[] = {
      "certainly not",  // and a sequence of one number:
      "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"};
  for (const char* none : kNone) {
    environment_["PLUGIN_CLIENT_CERT"] = none;
    PluginProcess plugin(environment_);
    EXPECT_EQ(plugin.WaitForExit(), kExitOne);
    EXPECT_THAT(plugin.Stderr(), HasSubstr("PLUGIN_CLIENT_CERT"));
    EXPECT_EQ(plugin.RestOfStdout(), "");
    EXPECT_TRUE(fs::is_empty(folder_.path()));
  }
}

TEST_F(ServeStart, RefusesWhenNobodyReadsTheLine) {
  PluginProcess shell(environment_,
                      {"/bin/sh", "-c", "exec \"$0\" 1</dev/null", AMEIDE_ECHO_PLUGIN}, 0);
  EXPECT_EQ(shell.WaitForExit(), kExitOne);
  EXPECT_THAT(shell.Stderr(), HasSubstr("nobody reads the handshake line"));
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(ServeStart, LongTmpdirFallsBackToAShortFolder) {
  const fs::path deep = folder_.path() / std::string(120, 'd');
  ASSERT_TRUE(MakeDirectories(deep).ok());
  environment_["TMPDIR"] = deep.native();
  PluginProcess plugin(environment_);
  const Handshake handshake = plugin.ReadHandshake();
  EXPECT_THAT(handshake.socket, StartsWith("/tmp/ameide-"));
  const PluginClient client(handshake.socket);
  ExpectOrderlyEnd(&plugin, client, handshake.socket);
}

TEST_F(ServeStart, SocketGoesWhereTheClientWantsIt) {
  const fs::path wanted = folder_.path() / "sockets";
  ASSERT_TRUE(MakeDirectories(wanted).ok());
  environment_["PLUGIN_UNIX_SOCKET_DIR"] = wanted.native();
  environment_["PLUGIN_UNIX_SOCKET_GROUP"] = std::to_string(::getegid());
  PluginProcess plugin(environment_);
  const Handshake handshake = plugin.ReadHandshake();
  EXPECT_THAT(handshake.socket, StartsWith(wanted.native() + "/"));
  struct stat status {};
  ASSERT_EQ(::lstat(handshake.socket.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0660u);
  const PluginClient client(handshake.socket);
  ExpectOrderlyEnd(&plugin, client, handshake.socket);
}

TEST_F(ServeStart, ClientOfAnotherVersionStillGetsTheLine) {
  environment_["PLUGIN_PROTOCOL_VERSIONS"] = "5";
  environment_["PLUGIN_MULTIPLEX_GRPC"] = "true";
  PluginProcess plugin(environment_);
  const Handshake handshake = plugin.ReadHandshake();
  EXPECT_EQ(handshake.line, "1|6|unix|" + handshake.socket + "|grpc||false\n");
  const PluginClient client(handshake.socket);
  ExpectOrderlyEnd(&plugin, client, handshake.socket);
}

TEST_F(ServeStart, RunsAHundredAndTwentyEightBlockingCallsAtOnce) {
  constexpr unsigned kCalls = 128;
  PluginProcess plugin(environment_);
  const Handshake handshake = plugin.ReadHandshake();
  const PluginClient client(handshake.socket);
  std::atomic<unsigned> done = 0;
  {
    std::vector<std::jthread> callers;
    for (unsigned i = 0; i < kCalls; ++i) {
      // None returns before all of them run.
      callers.emplace_back([&] { done += client.Call(kMeet, Request(kCalls)).ok() ? 1 : 0; });
    }
  }
  EXPECT_EQ(done, kCalls);
  ExpectOrderlyEnd(&plugin, client, handshake.socket);
}

TEST_F(ServeStart, TakesMessagesFarOverGrpcsDefaultLimit) {
  PluginProcess plugin(environment_);
  const Handshake handshake = plugin.ReadHandshake();
  const PluginClient client(handshake.socket);
  const grpc::Status status = client.Call(kMeet, Request(1, std::string(40u << 20, 'x')));
  EXPECT_TRUE(status.ok()) << status.error_message();
  ExpectOrderlyEnd(&plugin, client, handshake.socket);
}

TEST_F(ServeStart, LogLinesAreJsonThatTerraformReads) {
  environment_["TF_LOG_PROVIDER"] = "DEBUG";
  PluginProcess plugin(environment_);
  const Handshake handshake = plugin.ReadHandshake();
  const PluginClient client(handshake.socket);
  ExpectOrderlyEnd(&plugin, client, handshake.socket);
  const std::string text = plugin.Stderr();
  EXPECT_THAT(text, HasSubstr("leaving"));
  for (const std::string_view line : StrSplit(StripWhitespace(text), '\n')) {
    const auto json = ParseJson(line);
    ASSERT_TRUE(json.ok()) << line;
    for (const char* key : {"@level", "@message", "@timestamp"}) {
      const Json* value = json->Find(key);
      EXPECT_TRUE(value != nullptr && value->AsString() != nullptr) << key << " of " << line;
    }
  }
}

TEST_F(ServeStart, DebugModeOutlivesItsClientsAndEndsBySignal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    environment_.erase("TF_PLUGIN_MAGIC_COOKIE");
    environment_["PLUGIN_CLIENT_CERT"] = "ignored";
    PluginProcess plugin(environment_, {"-debug"});
    const std::string text = plugin.ReadLines(3);
    const size_t open = text.find('{');
    ASSERT_NE(open, text.npos) << text;
    EXPECT_THAT(text, HasSubstr("export TF_REATTACH_PROVIDERS='{"));
    const auto json = ParseJson(text.substr(open, text.rfind('}') + 1 - open));
    ASSERT_TRUE(json.ok()) << text;
    const Json* provider = json->Find("registry.invalid/test/echo");
    ASSERT_NE(provider, nullptr);
    int64_t pid = 0;
    EXPECT_TRUE(provider->Find("Pid")->GetInt64(&pid));
    EXPECT_EQ(pid, plugin.pid());
    const std::string socket = *provider->Find("Addr")->Find("String")->AsString();
    for (int run = 0; run < 2; ++run) {
      PluginClient client(socket);
      EXPECT_TRUE(client.OpenStreams());
      EXPECT_TRUE(client.Call(kMeet, Request(1)).ok());
    }
    plugin.Signal(signal);
    EXPECT_EQ(plugin.WaitForExit(), kExitZero);
    EXPECT_FALSE(Exists(fs::path(socket).parent_path()));
  }
}

}  // namespace
}  // namespace ameide::plugin
