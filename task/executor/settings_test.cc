#include "task/executor/settings.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "task/executor/testing/sample_contract.h"

namespace ameide::task {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

ToolInputs Inputs() {
  ToolInputs inputs;
  inputs.contract.name = "external-executor";
  inputs.contract.default_ttl = std::chrono::hours(1);
  inputs.contract.executor = testing::SampleContract();
  inputs.spec.emplace();
  inputs.spec->work_id = "job-1";
  inputs.spec->environment = {{"EXECUTOR_DEVBOX", "vm-1"}, {"EXECUTOR_BRANCH", "fo/agent/x"}};
  inputs.started = WallTime(seconds(1'000'000));
  inputs.folder = "/workspaces/external-executor";
  inputs.environment = {{"EXECUTOR_ENDPOINT", "https://10.0.0.4:8443/fo"},
                        {"EXECUTOR_CLIENT_CERT", "fake-cert"},
                        {"EXECUTOR_CLIENT_KEY", "fake-key"},
                        {"EXECUTOR_SERVER_CA", "fake-ca"}};
  return inputs;
}

std::string WhyNot(const ToolInputs& inputs) {
  const auto settings = SettingsFrom(inputs);
  return settings.ok() ? "" : settings.error().ToString();
}

TEST(Settings, ComeFromContractSpecAndEnvironment) {
  const auto settings = SettingsFrom(Inputs());
  ASSERT_TRUE(settings.ok()) << settings.error().ToString();
  EXPECT_EQ(settings->endpoint.prefix, "/fo");
  EXPECT_EQ(settings->client.origin, "https://10.0.0.4:8443");
  EXPECT_EQ(settings->client.server_name, "executor.example.com");
  EXPECT_EQ(settings->client.ca_pem, "fake-ca");
  EXPECT_EQ(settings->client.client_certificate_pem, "fake-cert");
  EXPECT_EQ(settings->client.client_key_pem, "fake-key");
  EXPECT_EQ(settings->session.task_id, "job-1");
  EXPECT_EQ(Json(settings->session.key).Dump(), R"({"devbox":"vm-1","branch":"fo/agent/x"})");
  EXPECT_EQ(settings->session.ends_at, WallTime(seconds(1'000'000 + 3600)));
  EXPECT_EQ(settings->audit, "/workspaces/external-executor/evidence-out/executor/audit.jsonl");
}

TEST(Settings, TheCommandLineAndTheSpecComeFirst) {
  ToolInputs inputs = Inputs();
  inputs.endpoint = "https://other";
  inputs.certificate_pem = "c2";
  inputs.key_pem = "k2";
  inputs.ca_pem = "a2";
  inputs.task_id = "job-9";
  inputs.environment["AMEIDE_EVIDENCE_DIR"] = "/ev";
  inputs.environment["HTTPS_PROXY"] = "http://proxy:3128";
  inputs.spec->ttl = std::chrono::minutes(10);
  const auto settings = SettingsFrom(inputs);
  ASSERT_TRUE(settings.ok()) << settings.error().ToString();
  EXPECT_EQ(settings->client.origin, "https://other");
  EXPECT_EQ(settings->client.client_key_pem, "k2");
  EXPECT_EQ(settings->client.client_certificate_pem, "c2");
  EXPECT_EQ(settings->client.ca_pem, "a2");
  EXPECT_EQ(settings->client.proxy, "http://proxy:3128");
  EXPECT_EQ(settings->session.task_id, "job-9");
  EXPECT_EQ(settings->session.ends_at, WallTime(seconds(1'000'000 + 600)));
  EXPECT_EQ(settings->audit, "/ev/executor/audit.jsonl");
}

TEST(Settings, WhatIsMissingIsNamed) {
  const std::pair<std::string_view, std::function<void(ToolInputs&)>> kCases[] = {
      {"has no executor", [](ToolInputs& in) { in.contract.executor.reset(); }},
      {"it is not set", [](ToolInputs& in) { in.environment.erase("EXECUTOR_ENDPOINT"); }},
      {"no https URL", [](ToolInputs& in) { in.endpoint = "http://127.0.0.1:1"; }},
      {"grant EXECUTOR_CLIENT_CERT",
       [](ToolInputs& in) { in.environment.erase("EXECUTOR_CLIENT_CERT"); }},
      {"grant EXECUTOR_CLIENT_KEY",
       [](ToolInputs& in) { in.environment.erase("EXECUTOR_CLIENT_KEY"); }},
      {"grant EXECUTOR_SERVER_CA",
       [](ToolInputs& in) { in.environment.erase("EXECUTOR_SERVER_CA"); }},
      {"set EXECUTOR_DEVBOX",
       [](ToolInputs& in) { in.spec->environment.erase("EXECUTOR_DEVBOX"); }},
      {"set EXECUTOR_USER", [](ToolInputs& in) { in.contract.executor->session_key = {"user"}; }},
      {"use --task-id", [](ToolInputs& in) { in.spec.reset(); }},
  };
  for (const auto& [shown, spoil] : kCases) {
    ToolInputs inputs = Inputs();
    spoil(inputs);
    EXPECT_THAT(WhyNot(inputs), HasSubstr(shown));
  }
}

TEST(Settings, WithoutACaOfItsOwnTheSystemsAreTrusted) {
  ToolInputs inputs = Inputs();
  inputs.contract.executor->server_ca.clear();
  EXPECT_EQ(SettingsFrom(inputs)->client.ca_pem, "");
}

TEST(LeaseAt, NeverOutlivesTheTask) {
  const WallTime end(seconds(1000));
  const Millis lease = seconds(300);
  EXPECT_EQ(LeaseAt(WallTime(seconds(0)), end, lease), lease);
  EXPECT_EQ(LeaseAt(WallTime(seconds(900)), end, lease), seconds(100));
  EXPECT_EQ(LeaseAt(WallTime(Millis(999'500)), end, lease), Millis(0));
  EXPECT_EQ(LeaseAt(end, end, lease), Millis(0));
  EXPECT_EQ(LeaseAt(WallTime(seconds(5000)), end, lease), Millis(0));
}

}  // namespace
}  // namespace ameide::task
