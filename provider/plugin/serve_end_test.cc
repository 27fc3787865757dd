// Signals, shutdown and death of the client: how a plugin process ends, and when it must not.
#include <signal.h>

#include <atomic>
#include <thread>

#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/plugin/testing/echo_service.h"
#include "provider/plugin/testing/plugin_client.h"
#include "provider/plugin/testing/plugin_process.h"

namespace ameide::plugin {
namespace {

using testing::Handshake;
using testing::kHold;
using testing::kHolders;
using testing::kMeet;
using testing::PluginClient;
using testing::PluginProcess;
using testing::Request;

constexpr ExitStatus kExitZero{.code = 0, .signal = {}};

class ServeEnd : public ::testing::Test {
 protected:
  void Start(std::vector<std::string> flags = {}) {
    plugin_.emplace(PluginProcess::WithCookie(folder_.path()), std::move(flags));
    handshake_ = plugin_->ReadHandshake();
    client_ = std::make_unique<PluginClient>(handshake_.socket);
  }
  // A call that keeps running, on its own connection; returns when the server is in it.
  void HoldACall(const std::string& mode = "") {
    holder_ = std::jthread([this, mode] {
      const PluginClient caller(handshake_.socket);
      held_ok_ = caller.Call(kHold, Request(0, marker_.native(), mode)).ok();
    });
    ASSERT_TRUE(client_->Call(kHolders, Request(1)).ok());
  }
  std::string Marker() const {
    auto text = ReadFile(marker_, 100);
    return text.ok() ? *text : text.error().ToString();
  }
  void ExpectGone() {
    EXPECT_EQ(plugin_->WaitForExit(), kExitZero);
    EXPECT_FALSE(Exists(fs::path(handshake_.socket).parent_path()));
    EXPECT_EQ(plugin_->Stderr(), "");
  }

  ameide::testing::TempDir folder_;
  fs::path marker_ = folder_.path() / "marker";
  std::optional<PluginProcess> plugin_;
  Handshake handshake_;
  std::unique_ptr<PluginClient> client_;
  std::atomic<bool> held_ok_ = false;
  std::jthread holder_;
};

TEST_F(ServeEnd, IgnoresInterruptsAndBrokenPipes) {
  Start();
  for (const int signal : {SIGINT, SIGPIPE, SIGINT, SIGINT}) plugin_->Signal(signal);
  EXPECT_TRUE(client_->Call(kMeet, Request(1)).ok());
  EXPECT_TRUE(client_->Shutdown().ok());
  ExpectGone();
}

TEST_F(ServeEnd, TerminationStopsCallsAndServingGoesOn) {
  for (const int signal : {SIGTERM, SIGHUP}) {
    Start();
    HoldACall();
    plugin_->Signal(signal);
    holder_.join();
    EXPECT_TRUE(held_ok_) << "the answer of a stopped call still reaches the client";
    EXPECT_EQ(Marker(), "stop");
    EXPECT_TRUE(client_->Call(kMeet, Request(1)).ok());
    EXPECT_TRUE(client_->Shutdown().ok());
    ExpectGone();
    plugin_.reset();
  }
}

TEST_F(ServeEnd, DeathOfTheClientEndsAnIdlePlugin) {
  Start();
  ASSERT_TRUE(client_->OpenStreams());
  client_.reset();
  ExpectGone();
}

TEST_F(ServeEnd, EndOfOneStreamIsNoDeath) {
  Start();
  ASSERT_TRUE(client_->OpenStreams());
  {
    PluginClient other(handshake_.socket);
    ASSERT_TRUE(other.OpenStreams());
  }
  EXPECT_TRUE(client_->Call(kMeet, Request(1)).ok());
  EXPECT_TRUE(client_->Shutdown().ok());
  ExpectGone();
}

TEST_F(ServeEnd, DeathOfTheClientLetsRunningCallsCleanUp) {
  Start();
  ASSERT_TRUE(client_->OpenStreams());
  HoldACall();
  client_.reset();
  ExpectGone();
  EXPECT_EQ(Marker(), "gone");
}

TEST_F(ServeEnd, AStubbornCallCannotOutliveTheClientForLong) {
  Start({"-gone_bound=200ms"});
  ASSERT_TRUE(client_->OpenStreams());
  HoldACall("stubborn");
  client_.reset();
  ExpectGone();
}

TEST_F(ServeEnd, DeathOfTheParentBeforeAnyConnectionEndsThePlugin) {
  // The shell stands for Terraform. The second plugin is its child, not ours, so we learn of its
  // end from its stderr, which nobody else holds by then.
  PluginProcess shell(PluginProcess::WithCookie(folder_.path()),
                      {"/bin/sh", "-c", "\"$0\" & wait", AMEIDE_ECHO_PLUGIN}, 0);
  const Handshake handshake = shell.ReadHandshake();
  ASSERT_TRUE(Exists(handshake.socket)) << handshake.line;
  shell.Signal(SIGKILL);
  EXPECT_TRUE(shell.WaitForStderrEnd());
  EXPECT_FALSE(Exists(fs::path(handshake.socket).parent_path()));
}

TEST_F(ServeEnd, ParentMayLeaveWhileAClientIsConnected) {
  PluginProcess shell(PluginProcess::WithCookie(folder_.path()),
                      {"/bin/sh", "-c", "\"$0\" & wait", AMEIDE_ECHO_PLUGIN}, 0);
  const Handshake handshake = shell.ReadHandshake();
  PluginClient client(handshake.socket);
  ASSERT_TRUE(client.OpenStreams());
  shell.Signal(SIGKILL);
  EXPECT_TRUE(shell.WaitForExit().has_value());
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(client.Call(kMeet, Request(1)).ok());
  EXPECT_TRUE(client.Shutdown().ok());
  EXPECT_TRUE(shell.WaitForStderrEnd());
}

TEST_F(ServeEnd, ShutdownWithACallInFlightCancelsIt) {
  Start();
  HoldACall();
  EXPECT_TRUE(client_->Shutdown().ok());
  ExpectGone();
  EXPECT_EQ(Marker(), "gone");
}

TEST_F(ServeEnd, ShutdownWithAStubbornCallIsBounded) {
  Start({"-gone_bound=200ms"});
  HoldACall("stubborn");
  EXPECT_TRUE(client_->Shutdown().ok());
  ExpectGone();
}

TEST_F(ServeEnd, ShutdownRightAfterTheStreamsEndIsOrderly) {
  Start();
  ASSERT_TRUE(client_->OpenStreams());
  client_->CloseStreams();
  EXPECT_TRUE(client_->Shutdown().ok());
  ExpectGone();
}

TEST_F(ServeEnd, ManyShutdownsAtOnceEndOnce) {
  for (int round = 0; round < 3; ++round) {
    Start();
    ASSERT_TRUE(client_->OpenStreams());
    std::atomic<int> answered = 0;
    {
      std::vector<std::jthread> callers;
      for (int i = 0; i < 8; ++i) {
        callers.emplace_back([&] { answered += client_->Shutdown().ok() ? 1 : 0; });
      }
    }
    EXPECT_GE(answered, 1);
    client_.reset();
    ExpectGone();
    plugin_.reset();
  }
}

TEST_F(ServeEnd, ShutdownRacingWithSignalsAndDisconnectsIsStillZero) {
  for (int round = 0; round < 3; ++round) {
    Start();
    ASSERT_TRUE(client_->OpenStreams());
    std::jthread signals([this] {
      for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGTERM}) plugin_->Signal(signal);
    });
    (void)client_->Shutdown();
    client_.reset();
    signals.join();
    ExpectGone();
    plugin_.reset();
  }
}

}  // namespace
}  // namespace ameide::plugin
