// Pushes of one template to the fake server.
#pragma once

#include <functional>
#include <string>

#include "generator/push/push_template.h"
#include "generator/push/testing/fake_coder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/coder/testing/scripted_http.h"

namespace ameide::generator::testing {

struct PushTemplateTest : ::testing::Test {
  PushTemplateTest() {
    http_.answer = [this](const http::Request& request) { return coder_.Answer(request); };
    request_.organization = "default";
    request_.settings.name = "ameide-code";
    request_.settings.display_name = "Ameide code";
    request_.settings.description = "Changes code.";
    request_.settings.icon = "/icon/code.svg";
    request_.settings.default_ttl_ms = 3'600'000;
    request_.message = "from a test";
    Content("one");
  }
  void Content(const std::string& text) {
    request_.archive = {text, Sha256Hex(text), "gen-" + Sha256Hex(text).substr(0, 12)};
  }
  const std::string& Name() const { return request_.archive.version_name; }

  Result<Pushed> Push() {
    PushWorld world{.client = client_, .clock = clock_, .stop = stop_.get_token()};
    world.say = [this](std::string_view line) { said_ += std::string(line) + "\n"; };
    world.smoke = smoke_;
    return PushTemplate(request_, world);
  }
  void MustPush() {
    const auto pushed = Push();
    ASSERT_TRUE(pushed.ok()) << pushed.error().ToString();
    coder_.log.clear();
    coder_.bodies.clear();
    said_.clear();
  }
  std::string Problem() {
    const auto pushed = Push();
    return pushed.ok() ? "" : pushed.error().ToString();
  }

  FakeCoder coder_;
  coder::testing::HttpWorld http_;
  coder::testing::LeapingClock clock_;
  coder::CoderClient client_{std::make_unique<coder::testing::ScriptedHttp>(http_),
                             "https://coder.example.test",
                             {"fake-token"},
                             clock_};
  std::stop_source stop_;
  PushRequest request_;
  std::function<Status(const coder::TemplateVersion&)> smoke_;
  std::string said_;
};

inline Status Red(const coder::TemplateVersion&) {
  return Error{ErrorKind::kInvalid, "try template version", "v", "the task failed", ""};
}

}  // namespace ameide::generator::testing
