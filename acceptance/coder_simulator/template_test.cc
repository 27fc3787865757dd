#include "acceptance/coder_simulator/import_check.h"
#include "acceptance/coder_simulator/template_plan.h"
#include "acceptance/coder_simulator/testing/simulated.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::simulator {
namespace {

using testing::FixtureFiles;
using testing::FolderFiles;
using ::testing::HasSubstr;

WorkspaceFacts SomeFacts() {
  return {.id = "w-id",
          .name = "w",
          .owner_id = "o-id",
          .owner_name = "o",
          .access_url = "http://coder.example.test",
          .agent_id = "a-id",
          .agent_token = "a-token",
          .parameters = {{"ameide_spec", "c3BlYw=="}, {"ameide_ttl_seconds", "600"}},
          .variables = {}};
}

TEST(Template, EveryCommittedTemplateHasWhatATaskNeeds) {
  for (const char* name : {"code", "gitops", "sre", "external-executor"}) {
    const auto model = ReadTemplate(FolderFiles(fs::path(AMEIDE_SOURCE_DIR) / "templates" / name));
    ASSERT_TRUE(model.ok()) << name << ": " << model.error().ToString();
    std::vector<std::string> names;
    for (const auto& parameter : model->parameters) names.push_back(parameter.name);
    EXPECT_THAT(names, ::testing::IsSupersetOf(
                           {"ameide_work_id", "ameide_kind", "ameide_spec", "ameide_ttl_seconds"}));
    EXPECT_EQ(model->agent_name, "main");
    const auto plan = PlanTemplate(*model, SomeFacts());
    ASSERT_TRUE(plan.ok()) << name << ": " << plan.error().ToString();
    ASSERT_EQ(plan->scripts.size(), 1u);
    EXPECT_EQ(plan->scripts[0].display_name, "Ameide task");
    EXPECT_THAT(plan->scripts[0].text, HasSubstr("ameide-agent task run"));
    EXPECT_EQ(plan->scripts[0].timeout_seconds, 540);
    EXPECT_EQ(plan->deadline_seconds, 600);
    EXPECT_EQ(plan->agent_environment.at("AMEIDE_SPEC_BASE64"), "c3BlYw==");
    ASSERT_NE(plan->Find("task"), nullptr);
    EXPECT_EQ(plan->Find("task")->environment.at("CODER_AGENT_TOKEN"), "a-token");
    EXPECT_FALSE(plan->Find("task")->secrets.empty());
  }
}

TEST(Template, ReadsParametersAppsAndContainers) {
  const TemplateModel model = ReadTemplate(FixtureFiles()).value();
  ASSERT_EQ(model.parameters.size(), 4u);
  EXPECT_EQ(model.parameters[1].options[1].value, "patch");
  EXPECT_FALSE(model.parameters[1].required);
  EXPECT_TRUE(model.parameters[2].required);
  EXPECT_EQ(model.parameters[2].description,
            "A shell script, in base64.\n\n  For \"fixture\" alone.\n");
  EXPECT_EQ(model.parameters[3].validation_max, 7200);
  ASSERT_EQ(model.apps.size(), 1u);
  EXPECT_EQ(model.apps[0].slug, "ameide-evidence");
  EXPECT_EQ(model.apps[0].health_url, "http://localhost:4400/health");
  ASSERT_EQ(model.variables.size(), 1u);
  EXPECT_FALSE(model.variables[0].required);
  const TemplatePlan plan = PlanTemplate(model, SomeFacts()).value();
  EXPECT_TRUE(plan.has_agent_program);
  ASSERT_NE(plan.Find("publisher"), nullptr);
  EXPECT_EQ(plan.Find("publisher")->secrets[0].env, "PUSH_TOKEN");
  EXPECT_EQ(plan.Find("publisher")->command.back(), "/var/run/ameide/publication");
}

TEST(Template, WhatCoderOrTerraformWouldRefuseIsRefused) {
  struct Case {
    const char* file;
    const char* from;
    const char* to;
    const char* said;
  };
  for (const Case& each : std::vector<Case>{
           {"main.tf", "resource \"coder_agent\"", "resource \"coder_other\"", "there is none"},
           {"main.tf", "run_on_start = true", "run_on_start = false", "never run"},
           {"main.tf", "arch               = \"amd64\"", "arch = \"z80\"", "arch must be"},
           {"main.tf", "data.coder_parameter.spec.value", "data.coder_parameter.gone.value",
            "declared nowhere"},
           {"main.tf", "var.agent_image", "var.gone", "declared nowhere"},
           {"parameters.tf", "\"ameide_kind\"", "\"ameide_spec\"", "two parameters"},
           {"parameters.tf", "error = \"Encode it in base64.\"", "", "needs an error"},
           {"pod.tf", "kubernetes_pod_v1", "kubernetes_thing", "the agent is dropped"},
           {"pod.tf", "spec {", "spec {{", "pod.tf:"},
       }) {
    TemplateFiles files = FixtureFiles();
    ASSERT_NE(files[each.file].find(each.from), std::string::npos) << each.from;
    files[each.file] = StrReplaceAll(files[each.file], each.from, each.to);
    const auto model = ReadTemplate(files);
    ASSERT_FALSE(model.ok()) << each.said;
    EXPECT_THAT(model.error().ToString(), HasSubstr(each.said));
  }
}

TEST(Template, AMissingFileFailsTheImportNotTheWorkspace) {
  TemplateFiles files = FixtureFiles();
  files.erase("task.sh");
  const auto model = ImportTemplate(WriteTar(files), {}, SystemClock());
  ASSERT_FALSE(model.ok());
  EXPECT_THAT(model.error().ToString(), HasSubstr("task.sh"));
}

TEST(Template, ExpandsVariablesAsTheAgentDoes) {
  const std::map<std::string, std::string> from = {{"A", "1"}, {"B_2", "two"}};
  EXPECT_EQ(ExpandVariables("$A-${B_2}-$C-x", from), "1-two--x");
  EXPECT_EQ(ExpandVariables("c3BlYw==", from), "c3BlYw==");
  EXPECT_EQ(ExpandVariables("100$", from), "100$");
}

}  // namespace
}  // namespace ameide::simulator
