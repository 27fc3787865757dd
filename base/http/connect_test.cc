// From a name to a connection. The C library's resolver is replaced here, for whatever links with
// this test, by one that a test can stop.
#include "base/http/connect.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>

#include <condition_variable>
#include <future>
#include <mutex>

#include "base/descriptor_limit.h"
#include "base/http/client.h"
#include "base/http/testing/raw_server.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace {

// Never freed: a look-up that was left behind may still hold it when the tests are over.
struct StuckName {
  std::mutex mutex;
  std::condition_variable changed;
  int asked = 0;
  bool released = false;

  void Ask() {
    std::unique_lock lock(mutex);
    ++asked;
    changed.notify_all();
    changed.wait(lock, [this] { return released; });
  }
  void AwaitQuestions(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return asked >= count; });
  }
  void Release() {
    const std::lock_guard lock(mutex);
    released = true;
    changed.notify_all();
  }
};
StuckName& Stuck() {
  static auto* const stuck = new StuckName;
  return *stuck;
}

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** list) {
  static const auto real =
      reinterpret_cast<decltype(&::getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string_view name = node == nullptr ? "" : node;
  if (name == "2001:db8::1") return real("127.0.0.1", service, hints, list);
  if (name.ends_with(".example.com") && (hints->ai_flags & AI_NUMERICHOST) != 0) return EAI_NONAME;
  if (name == "stuck.example.com") {
    Stuck().Ask();
    return EAI_AGAIN;
  }
  if (name != "two.example.com") return real(node, service, hints, list);
  const int failed = real("127.0.0.2", service, hints, list);
  return failed != 0 ? failed : real("127.0.0.1", service, hints, &(*list)->ai_next);
}

namespace ameide::http {
namespace {

using ::testing::HasSubstr;
using testing::RawPeer;
using testing::RawServer;

Result<Response> Get(ClientOptions options, const SendOptions& send = {}) {
  return MakeClient(std::move(options)).value()->Send({"GET", "/", {}, ""}, send);
}

void SayEmpty(RawPeer& peer, int) {
  peer.ReadHead();
  peer.Say("HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Connect, ALookUpWithoutAnAnswerEndsAtTheTimeoutAndAtStop) {
  const auto late = Get({.origin = "http://stuck.example.com", .connect_timeout = Millis(20)});
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().kind, ErrorKind::kTimeout);
  EXPECT_EQ(late.error().target, "http://stuck.example.com/");

  std::stop_source stop;
  auto stopped = std::async(std::launch::async, [&] {
    return Get({.origin = "http://stuck.example.com", .connect_timeout = Millis(60'000)},
               {.stop = stop.get_token()});
  });
  Stuck().AwaitQuestions(2);
  stop.request_stop();
  EXPECT_EQ(stopped.get().error().kind, ErrorKind::kCancelled);
  Stuck().Release();
}

TEST(Connect, WhenOneAddressRefusesTheNextIsTried) {
  RawServer server(&SayEmpty);
  const auto answer = Get({.origin = StrCat("http://two.example.com:", server.port())});
  EXPECT_TRUE(answer.ok()) << answer.error().ToString();
}

TEST(Connect, AnAddressOfIpV6StandsInBracketsInTheRequest) {
  std::promise<std::string> heard;
  RawServer server([&](RawPeer& peer, int) {
    heard.set_value(peer.ReadHead());
    peer.Say("HTTP/1.1 204 No Content\r\n\r\n");
  });
  EXPECT_TRUE(Get({.origin = StrCat("http://[2001:db8::1]:", server.port())}).ok());
  EXPECT_THAT(heard.get_future().get(),
              HasSubstr(StrCat("\r\nHost: [2001:db8::1]:", server.port(), "\r\n")));
}

// As in a process that runs hundreds of tasks; select(2) would end at 1,024.
TEST(Connect, HighDescriptorsWork) {
  RaiseDescriptorLimit();
  std::vector<UniqueFd> taken;
  while (taken.empty() || taken.back().get() < 1500) {
    taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(taken.back().valid()) << "allow 2,000 descriptors for this test";
  }
  RawServer server(&SayEmpty);
  const auto answer = Get({.origin = server.origin()});
  EXPECT_TRUE(answer.ok()) << answer.error().ToString();
}

}  // namespace
}  // namespace ameide::http
