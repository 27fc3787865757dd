#include "task/serve/serve.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "base/http/testing/raw_server.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/fake_clock.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"

namespace ameide::task {
namespace {

using http::testing::RawPeer;
using http::testing::RawServer;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A port that nobody listens on any more.
uint16_t FreePort() {
  return RawServer([](RawPeer&, int) {}).port();
}

// What comes back, to the end of the connection; nothing when there is no one to ask.
std::string Exchange(uint16_t port, const std::string& head, const std::string& body = "") {
  RawPeer peer = RawPeer::Call(port);
  peer.Say(StrCat(head, " HTTP/1.1\r\nHost: elsewhere.invalid\r\n",
                  "Connection: close\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
  return peer.ReadToEnd();
}

class ServeTest : public ::testing::Test {
 protected:
  ServeTest()
      : options_{.folders = {temp_.path() / "code", temp_.path() / "code" / "evidence",
                             temp_.path() / "publication"},
                 .port = 0} {
    EXPECT_TRUE(MakeDirectories(options_.folders.evidence).ok());
    EXPECT_TRUE(WriteFileAtomically(options_.folders.evidence / "run.log", "0123456789").ok());
  }
  testing::TempDir temp_;
  ServeOptions options_;
};

TEST_F(ServeTest, AnswersOverHttpUntilTheWorkspaceIsGone) {
  testing::FakeClock clock;
  std::promise<uint16_t> port_promise;
  std::future<uint16_t> port_future = port_promise.get_future();
  std::promise<void> ended_promise;
  std::future<void> ended = ended_promise.get_future();
  std::jthread service([&](const std::stop_token& stop) {
    ServeUntilGone(options_, clock, stop, [&](const Result<uint16_t>& port) {
      EXPECT_TRUE(port.ok()) << (port.ok() ? "" : port.error().ToString());
      port_promise.set_value(port.ok() ? *port : 0);
    });
    ended_promise.set_value();
  });
  const uint16_t port = port_future.get();
  EXPECT_THAT(Exchange(port, "GET /evidence/run.log"), EndsWith("\r\n\r\n0123456789"));
  const std::string head = Exchange(port, "HEAD /evidence/run.log");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(head, HasSubstr("Content-Length: 10\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n")) << "a HEAD has no body";
  EXPECT_THAT(Exchange(port, "PUT /publish-order", "{}"), StartsWith("HTTP/1.1 204"));
  EXPECT_THAT(Exchange(port, "PUT /publish-order", std::string(kMaxOrderBytes + 1, 'x')),
              StartsWith("HTTP/1.1 413"));
  ASSERT_TRUE(RemoveTree(options_.folders.workspace).ok());
  // The service looks once in a while; how often the clock must move for that is its business.
  while (ended.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    clock.Advance(kLookForWorkspace);
  }
  EXPECT_EQ(Exchange(port, "GET /status"), "");
}

TEST_F(ServeTest, AWorkspaceThatIsNotThereIsNotServed) {
  options_.folders.workspace = temp_.path() / "none";
  bool told = false;
  ServeUntilGone(options_, SystemClock(), {}, [&](const Result<uint16_t>& port) {
    told = true;
    ASSERT_FALSE(port.ok());
    EXPECT_EQ(port.error().kind, ErrorKind::kNotFound);
  });
  EXPECT_TRUE(told);
}

// The program as a template's script starts it.
class ServeProgramTest : public ServeTest {
 protected:
  // Who detaches becomes our child, so that we can wait for it.
  ServeProgramTest() { EXPECT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0); }

  CommandResult Start(uint16_t port) {
    const SystemClock clock;
    const Result<CommandResult> result =
        RunCommand({.argv = {StrCat(AMEIDE_BUILD_DIR, "/bin/ameide-agent"), "serve", "--detach",
                             "--workspace", options_.folders.workspace.string(), "--evidence",
                             options_.folders.evidence.string(), "--publication",
                             options_.folders.publication.string(), "--port", StrCat(port)},
                    .environment = {{"MODEL_KEY", "fake-model-key"}}},
                   {}, clock);
    EXPECT_TRUE(result.ok());
    return result.ok() ? *result : CommandResult{};
  }
  // The child that is left: the service.
  static pid_t Service() {
    siginfo_t info{};
    EXPECT_EQ(::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), 0) << "no child is left";
    std::string children;
    for (const auto& task : fs::directory_iterator("/proc/self/task")) {
      children += ReadFile(task.path() / "children", 4096).value();
    }
    return static_cast<pid_t>(std::stol(children));
  }
};

TEST_F(ServeProgramTest, DetachesWithoutHoldingOurPipesAndGoesWithTheWorkspace) {
  const uint16_t port = FreePort();
  const CommandResult started = Start(port);  // returns at the end of both pipes
  ASSERT_EQ(started.status.code, 0) << started.err;
  EXPECT_EQ(started.out + started.err, "");
  const pid_t service = Service();
  EXPECT_NE(::getsid(service), ::getsid(0));
  EXPECT_THAT(Exchange(port, "GET /status"), HasSubstr("\"evidence\":\"writing\""));
  const std::string environ = StrCat("/proc/", service, "/environ");
  const Result<std::string> seen = ReadFile(environ, 1u << 20);
  EXPECT_THAT(seen.ok() ? *seen : "", Not(HasSubstr("fake-model-key")));
  ASSERT_TRUE(RemoveTree(options_.folders.workspace).ok());
  int status = -1;
  EXPECT_EQ(::waitpid(service, &status, 0), service);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(ServeProgramTest, SaysWhyItCannotServe) {
  RawServer taken([](RawPeer&, int) {});
  const CommandResult result = Start(taken.port());
  EXPECT_EQ(result.status.code, 245);
  EXPECT_THAT(result.err, HasSubstr("start the service"));
  EXPECT_THAT(result.err, HasSubstr("the port is in use"));
  while (::waitpid(-1, nullptr, 0) > 0) {
  }
}

}  // namespace
}  // namespace ameide::task
