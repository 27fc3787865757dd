// Bad and odd input through real Terraform: a clear error at plan where that is possible, a
// truthful result where it is not, and nothing lost.
#include "acceptance/task_fixture.h"
#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/run_log.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct BadCase {
  const char* name;
  const char* lines;      // replace what the resource block says
  const char* wanted;     // in the plan's error
  const char* attribute;  // on the quoted line that Terraform prints for the path
};

class BadInput : public TaskTest, public ::testing::WithParamInterface<BadCase> {};

TEST_P(BadInput, FailsAtPlanWithThePath) {
  const BadCase& bad = GetParam();
  project_.Write(StrCat("resource \"ameide_task\" \"t\" {\n", bad.lines, "\n}\n"),
                 "repositories = [\"*\"]");
  const TerraformRun plan = project_.Plan();
  EXPECT_EQ(plan.exit_code, 1) << plan.All();
  // Terraform wraps lines; compare without the line structure.
  const std::string words =
      StrJoin(StrSplit(StrReplaceAll(StrReplaceAll(plan.err, "\n│ ", " "), "  ", " "), '\n'), " ");
  EXPECT_THAT(words, HasSubstr(bad.wanted)) << plan.err;
  EXPECT_THAT(plan.err, HasSubstr(bad.attribute)) << plan.err;
}

constexpr BadCase kBadCases[] = {
    {"UnknownProfile", "profile = \"cobol\"\nrepository = { url = \"/r\" }\ncommand = [\"true\"]",
     "there is no such profile", "profile = \"cobol\""},
    {"EmptyCommand", "profile = \"code\"\nrepository = { url = \"/r\" }\ncommand = []",
     "must not be empty", "command = []"},
    {"NegativeTtl",
     "profile = \"code\"\nrepository = { url = \"/r\" }\ncommand = [\"true\"]\nttl = \"-5m\"",
     "negative", "ttl = \"-5m\""},
    {"TtlAboveTheProfilesMaximum",
     "profile = \"code\"\nrepository = { url = \"/r\" }\ncommand = [\"true\"]\nttl = \"23h\"",
     "allows at most 2h", "ttl = \"23h\""},
    {"UnknownKind",
     "profile = \"code\"\nkind = \"build\"\nrepository = { url = \"/r\" }\ncommand = [\"true\"]",
     "preflight", "kind = \"build\""},
    {"RefLikeAnOption",
     "profile = \"code\"\nrepository = {\nurl = \"/r\"\nref = \"--upload-pack=x\"\n}\n"
     "command = [\"true\"]",
     "repository.ref must not start with '-'", "resource \"ameide_task\""},
    {"ReservedVariable",
     "profile = \"code\"\nrepository = { url = \"/r\" }\ncommand = [\"true\"]\n"
     "environment = {\nAMEIDE_RUN_ID = \"x\"\n}",
     "reserved", "AMEIDE_RUN_ID = \"x\""},
    {"UnclosedGlob",
     "profile = \"code\"\nrepository = { url = \"/r\" }\ncommand = [\"true\"]\n"
     "guardrails = {\nallow_paths = [\"a[\"]\n}",
     "guardrails.allow_paths[0] is no path pattern: '[' is never closed",
     "resource \"ameide_task\""},
};

INSTANTIATE_TEST_SUITE_P(Table, BadInput, ::testing::ValuesIn(kBadCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(TaskTest, ARepositoryThatNobodyAllowedFailsAtPlan) {
  project_.Write(
      "resource \"ameide_task\" \"t\" {\nprofile = \"code\"\n"
      "repository = { url = \"https://git.invalid/x.git\" }\ncommand = [\"true\"]\n}\n");
  const TerraformRun plan = project_.Plan();
  EXPECT_EQ(plan.exit_code, 1);
  EXPECT_THAT(plan.err, HasSubstr("repository.url is no repository of profile \"code\""));
}

TEST_F(TaskTest, AnUnparsableProfileNamesFileLineAndColumn) {
  MakeDirectories(project_.folder() / "profiles").value();
  WriteFileAtomically(project_.folder() / "profiles/mine.yaml", "name: [mine\n").value();
  project_.Write(
      "resource \"ameide_task\" \"t\" {\nprofile = \"mine\"\nrepository = { url = \"/r\" }\n"
      "command = [\"true\"]\n}\n",
      "profiles_dir = \"profiles\"");
  const TerraformRun plan = project_.Plan();
  EXPECT_EQ(plan.exit_code, 1);
  EXPECT_THAT(StrReplaceAll(plan.err, "\n│ ", ""), HasSubstr("mine.yaml:"));
}

TEST_F(TaskTest, WhatIsUnknownAtPlanIsNoErrorThere) {
  WriteTask("true", "work_id = terraform_data.x.output\n  ttl = terraform_data.y.output");
  const std::string main = ReadFile(project_.folder() / "main.tf", 1 << 20).value();
  WriteFileAtomically(project_.folder() / "main.tf",
                      main +
                          "resource \"terraform_data\" \"x\" { input = \"unknown-at-plan\" }\n"
                          "resource \"terraform_data\" \"y\" { input = \"4m\" }\n")
      .value();
  const TerraformRun apply = project_.Apply();
  EXPECT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_THAT(project_.StateText(), HasSubstr("\"work_id\": \"unknown-at-plan\""));
}

// Every attribute, whole objects and the provider's own configuration.
TEST_F(TaskTest, AllOfAConfigurationMayBeUnknownAtPlan) {
  constexpr char kTask[] = R"(
resource "terraform_data" "x" {
  input = {
    profile      = "code", kind = "run", work_id = "all-unknown", command = ["sh", "-c", "exit 3"]
    repository   = { url = "REPOSITORY", ref = "main", clone = "full", depth = null }
    repositories = ["*"], verify = ["true"], environment = { GREETING = "hello" }, ttl = "4m"
    timeouts     = { checkout = "1m", edit = "2m" }, triggers = { n = "1" }, on_failure = "record"
    guardrails   = { allow_paths = ["services/**"], max_changed_files = 5, allow_binary = false }
    paths        = ["artifacts/**"], tenant = "t-1", retain = "never"
  }
}
locals { x = terraform_data.x.output }
resource "ameide_task" "t" {
  profile     = local.x.profile
  kind        = local.x.kind
  work_id     = local.x.work_id
  command     = local.x.command
  verify      = local.x.verify
  environment = local.x.environment
  repository  = local.x.repository
  ttl         = local.x.ttl
  timeouts    = local.x.timeouts
  triggers    = local.x.triggers
  on_failure  = local.x.on_failure
  retain      = local.x.retain
  guardrails  = local.x.guardrails
  evidence    = { paths = local.x.paths }
  context     = { tenant_id = local.x.tenant }
}
)";
  project_.Write(StrReplaceAll(kTask, "REPOSITORY", repository_.path().string()),
                 "repositories = local.x.repositories");
  const TerraformRun validate = project_.Run({"validate"});
  EXPECT_EQ(validate.exit_code, 0) << validate.All();
  const TerraformRun plan = project_.Plan();
  EXPECT_EQ(plan.exit_code, 2) << plan.All();
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_THAT(project_.StateText(), HasSubstr("\"exit_code\": 3,"));
  const TerraformRun again = project_.Plan();
  EXPECT_EQ(again.exit_code, 0) << again.All();
}

TEST_F(TaskTest, AnUnreachableRepositoryIsATruthfulResult) {
  project_.Write(
      "resource \"ameide_task\" \"t\" {\nprofile = \"code\"\n"
      "repository = { url = \"/nowhere/at/all\" }\ncommand = [\"true\"]\n}\n",
      "repositories = [\"*\"]");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  EXPECT_EQ(Text("failure"), "checkout_failed");
  EXPECT_THAT(Text("reason"), HasSubstr("/nowhere/at/all"));
  EXPECT_THAT(EvidenceFile("result.json"), HasSubstr("checkout_failed"));
  EXPECT_EQ(*project_.State().Find("exit_code"), Json());
}

TEST_F(TaskTest, AnUnknownRefNamesIt) {
  project_.Write(
      StrCat("resource \"ameide_task\" \"t\" {\nprofile = \"code\"\nrepository = { url = \"",
             repository_.path().string(),
             "\", ref = \"no-such-branch\" }\ncommand = [\"true\"]\n}\n"),
      "repositories = [\"*\"]");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  EXPECT_EQ(Text("failure"), "checkout_failed");
  EXPECT_THAT(Text("reason"), HasSubstr("no-such-branch"));
}

TEST_F(TaskTest, InvalidUtf8ReachesTheLogWholeAndNoDiagnostic) {
  WriteTask("printf 'bad \\377\\376 bytes\\n'; printf '\\033[31mred\\n'; exit 1",
            "on_failure = \"error\"");
  project_.SetEnvironment("TF_LOG", "DEBUG");
  const TerraformRun apply = project_.Apply();
  EXPECT_EQ(apply.exit_code, 1);
  EXPECT_TRUE(IsValidUtf8(apply.All()));
  EXPECT_EQ(apply.err.find('\033'), std::string::npos);
  EXPECT_THAT(apply.err, HasSubstr("bad \xEF\xBF\xBD\xEF\xBF\xBD bytes"));
  EXPECT_TRUE(project_.StateIsTainted()) << "the answer was lost";
  EXPECT_THAT(EvidenceFile("run.log"), HasSubstr("bad \377\376 bytes"));
}

TEST_F(TaskTest, AHundredMegabytesOfLogAndALongLineAreCarriedWhole) {
  WriteTask(
      "head -c 2097152 /dev/zero | tr '\\0' x; echo\n"
      "yes 'a line of the log that goes on and on and on and on and on and on' | head -c "
      "100000000");
  ASSERT_EQ(project_.Apply().exit_code, 0);
  EXPECT_EQ(Text("outcome"), "success");
  size_t bytes = 0;
  const std::string log = EvidenceFile("run.log");
  for (const std::string_view line : StrSplit(log, '\n')) {
    task::LogLine parsed;
    if (!task::ParseLogLine(line, &parsed) || parsed.stream != task::LogStream::kStdout) continue;
    bytes += parsed.bytes.size() + (parsed.partial ? 0 : 1);
  }
  EXPECT_EQ(bytes, 2097152u + 1 + 100000000);
}

TEST_F(TaskTest, LogLinesComeThroughTerraformWithTheirLevels) {
  WriteTask("true");
  project_.SetEnvironment("TF_LOG", "DEBUG");
  const TerraformRun apply = project_.Apply();
  ASSERT_EQ(apply.exit_code, 0) << apply.All();
  EXPECT_THAT(apply.err,
              HasSubstr("[INFO]  provider.terraform-provider-ameide: workspace created"));
  EXPECT_THAT(apply.out, Not(HasSubstr("|unix|")));
}

}  // namespace
}  // namespace ameide::acceptance
