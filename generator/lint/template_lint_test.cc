#include "generator/lint/template_lint.h"

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "generator/output.h"
#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"

namespace ameide::generator {
namespace {

struct Case {
  std::string_view rule;
  std::string_view file;
  std::string_view from;  // empty: `to` is appended
  std::string to;
};

constexpr std::string_view kScriptHead = "resource \"coder_script\" \"x\" {\n";
constexpr std::string_view kParameterHead = "data \"coder_parameter\" \"x\" {\n";

std::string Script(std::string_view body) { return StrCat(kScriptHead, body, "\n}\n"); }
std::string Parameter(std::string_view body) { return StrCat(kParameterHead, body, "\n}\n"); }

// Each breaks one rule of the rendered template "code".
std::vector<Case> FileCases() {
  return {
      {"hcl-unreadable", "main.tf", "", "broken {\n"},
      {"front-matter", "README.md", "icon:", "picture:"},
      {"generated-edited", "task.sh", "", "# edited\n"},
      {"file-not-uploaded", ".devcontainer/devcontainer.json", "", "{}"},
      {"file-not-uploaded", "terraform.tfstate", "", "{}"},
      {"template-too-large", "big.txt", "", std::string((1 << 20) + 1, 'x')},
      {"script-too-large", "task.sh", "", std::string(128 << 10, '#')},
  };
}

std::vector<Case> CoderCases() {
  return {
      {"script-never-runs", "agent.tf", "  run_on_start = true\n", ""},
      {"script-blocks-nothing", "agent.tf", "",
       Script("run_on_stop = true\nstart_blocks_login = true")},
      {"script-parallel", "agent.tf", "",
       Script("agent_id = coder_agent.main.id\nrun_on_start = true")},
      {"cron-five-fields", "agent.tf", "", Script("cron = \"0 3 * * *\"")},
      {"env-repeated", "agent.tf", "",
       "resource \"coder_env\" \"a\" {\n  name = \"A\"\n}\nresource \"coder_env\" \"b\" {\n  name "
       "= "
       "\"A\"\n}\n"},
      {"preset-parameter", "parameters.tf", "",
       "data \"coder_workspace_preset\" \"p\" {\n  parameters = {\n    \"nobody\" = \"1\"\n  "
       "}\n}\n"},
      {"prebuilds", "parameters.tf", "",
       "data \"coder_workspace_preset\" \"p\" {\n  prebuilds {\n    instances = 1\n  }\n}\n"},
      {"metadata-repeated", "agent.tf", "key   = \"work id\"", "key   = \"profile\""},
      {"ai-task-without-app", "agent.tf", "", "resource \"coder_ai_task\" \"t\" {\n}\n"},
      {"agent-arch", "agent.tf", "arch = \"arm64\"", "arch = data.coder_provisioner.me.arch"},
      {"agent-key-scope", "agent.tf", "  api_key_scope = \"no_user_data\"\n", ""},
      {"agent-env-expanded", "agent.tf", "= \"4400\"", "= \"$HOME\""},
      {"module-outside", "main.tf", "", "module \"m\" {\n  source = \"../shared\"\n}\n"},
      {"provider-unbounded", "main.tf", "      version = \">= 2.13.0, < 3.0.0\"\n", ""},
  };
}

std::vector<Case> ParameterCases() {
  return {
      {"parameter-repeated", "parameters.tf", "", Parameter("name = \"ameide_kind\"\ndefault = 1")},
      {"parameter-unchecked", "parameters.tf", "", Parameter("name = \"free\"")},
      {"parameter-ephemeral", "parameters.tf", "",
       Parameter("name = \"e\"\nephemeral = true\ndefault = \"\"")},
      {"parameter-mutable", "parameters.tf", "mutable      = false", "mutable      = true"},
      {"validation-mismatch", "parameters.tf", "    regex = \"^([A-Za-z0-9]",
       "    min = 1\n    "
       "regex = \"^([A-Za-z0-9]"},
      {"parameter-default", "parameters.tf", "default      = 3600", "default      = 60"},
      {"parameter-default", "parameters.tf", "",
       Parameter("name = \"p\"\ndefault = \"c\"\noption {\n  name = \"a\"\n  value = \"a\"\n}")},
      {"parameter-default", "parameters.tf", "",
       Parameter("name = \"p\"\ntype = \"bool\"\ndefault = \"yes\"")},
      {"parameter-default", "parameters.tf", "",
       Parameter("name = \"p\"\ntype = \"number\"\ndefault = \"few\"")},
      {"form-type", "parameters.tf", "= \"textarea\"", "= \"slider\""},
      {"validation-pattern", "parameters.tf", "regex = \"^([A-Za-z0-9]",
       "regex = \"(?=x)^([A-Za-z0-9]"},
      {"validation-without-error", "parameters.tf",
       "    error = \"Use up to 128 letters, digits, '.', '_' and '-'.\"\n", ""},
  };
}

std::vector<Case> PodCases() {
  return {
      {"pod-privileged", "pod.tf", "privileged                 = false",
       "privileged                 = true"},
      {"pod-host-namespace", "pod.tf", "host_network                     = false",
       "host_network                     = true"},
      {"pod-host-path", "pod.tf", "      empty_dir {\n        size_limit = \"30Gi\"\n      }",
       "      host_path {\n        path = \"/\"\n      }"},
      {"pod-host-port", "pod.tf", "    container {\n",
       "    container {\n      port {\n        "
       "host_port = 80\n      }\n"},
      {"pod-escalation", "pod.tf", "        allow_privilege_escalation = false\n", ""},
      {"pod-capability", "pod.tf", "\"SETUID\",", "\"SETUID\",\n            \"NET_ADMIN\","},
      {"pod-capabilities-kept", "pod.tf", "drop = [\"ALL\"]", "drop = [\"MKNOD\"]"},
      {"pod-seccomp", "pod.tf", "type = \"RuntimeDefault\"", "type = \"Unconfined\""},
      {"pod-root-as-nonroot", "pod.tf", "run_as_non_root = false", "run_as_non_root = true"},
      {"pod-token", "pod.tf", "    automount_service_account_token  = false\n", ""},
      {"pod-service-links", "pod.tf", "    enable_service_links             = false\n", ""},
      {"pod-restart", "pod.tf", "\"Never\"", "\"OnFailure\""},
      {"pod-deadline", "pod.tf",
       "    active_deadline_seconds          = data.coder_parameter.ttl.value\n", ""},
      {"pod-waited-for", "pod.tf",
       "  target_state = [\"Pending\", \"Running\", \"Succeeded\", \"Failed\"]\n", ""},
      {"pod-limits", "pod.tf", "          memory            = \"8Gi\"\n", ""},
      {"pod-volume-size", "pod.tf", "        size_limit = \"30Gi\"\n", ""},
      {"pod-image-not-pinned", "pod.tf", "envbuilder:1.3.0@sha256:", "envbuilder:1.3.0#"},
      {"pod-read-only-mount", "pod.tf", "        sub_path   = \"bin\"\n",
       "        sub_path   = \"bin\"\n        read_only  = true\n"},
  };
}

std::vector<Case> SecretCases() {
  const std::string token = StrCat("ghp", "_", std::string(20, 'x'));
  return {
      {"literal-secret", "README.md", "", StrCat("Use ", token, "\n")},
      {"secret-by-value", "pod.tf", "        value = coder_agent.main.token",
       "        value = \"abc\""},
      {"secret-variable", "pod.tf", "name = \"CLONE_TOKEN\"", "name = \"PATH\""},
      {"secret-through-terraform", "main.tf", "", "data \"kubernetes_secret_v1\" \"s\" {\n}\n"},
      {"builder-option", "pod.tf", "name  = \"ENVBUILDER_EXIT_ON_BUILD_FAILURE\"",
       "name  = \"ENVBUILDER_PUSH_IMAGE\""},
      {"needs-more-rights", "main.tf", "", "resource \"kubernetes_role_v1\" \"r\" {\n}\n"},
      {"resource-deprecated", "main.tf", "",
       "resource \"kubernetes_persistent_volume_claim\" \"c\" {\n}\n"},
  };
}

std::vector<Case> Cases() {
  std::vector<Case> all;
  for (const auto& some :
       {FileCases(), CoderCases(), ParameterCases(), PodCases(), SecretCases()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

// As render writes the folder, marks included.
FileSet Code() {
  FileSet files = Render(testing::Builtin("code"));
  const ameide::testing::TempDir dir;
  EXPECT_TRUE(WriteFolder(dir.path() / "code", files).ok());
  files[kMarkFile] = ReadFile(dir.path() / "code" / kMarkFile, 1 << 20).value();
  return files;
}

TEST(TemplateLint, EachRuleFindsItsMistakeAndSaysWhere) {
  const FileSet good = Code();
  for (const Case& c : Cases()) {
    FileSet files = good;
    std::string& text = files[std::string(c.file)];
    const size_t at = c.from.empty() ? text.size() : text.find(c.from);
    ASSERT_NE(at, std::string::npos) << c.rule << ": " << c.from;
    text.replace(at, c.from.size(), c.to);
    // The edit itself is no finding here, but for the rule that is about it.
    if (c.rule != "generated-edited") files.erase(kMarkFile);
    const LintFindings findings = LintTemplate("code", files);
    EXPECT_FALSE(findings.empty()) << c.rule;
    if (findings.empty()) continue;
    std::set<std::string> rules;
    for (const LintFinding& finding : findings) {
      rules.insert(finding.rule);
      EXPECT_TRUE(finding.place.file.starts_with("code/")) << c.rule;
      const size_t line = static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
      if (finding.place.file == StrCat("code/", c.file)) {
        EXPECT_LE(finding.place.line, line) << c.rule;
      }
    }
    EXPECT_TRUE(rules.contains(std::string(c.rule)))
        << c.rule << ", not " << findings.front().rule << ": " << findings.front().message;
    // A broken file hides what is in it.
    if (c.rule != "hcl-unreadable" && c.rule != "agent-arch") {
      EXPECT_EQ(rules.size(), 1u) << c.rule << " also " << StrJoin(rules, ", ");
    }
  }
}

TEST(TemplateLint, EachRuleIsShown) {
  std::set<std::string_view> shown;
  for (const Case& c : Cases()) shown.insert(c.rule);
  std::set<std::string_view> rules;
  for (const LintRule& rule : TemplateRules()) rules.insert(rule.id);
  EXPECT_EQ(shown, rules);
}

TEST(TemplateLint, WhatIsRenderedHasNoFinding) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const auto& [name, files] : RenderTemplates(profile)) {
      EXPECT_EQ(FindingsText(LintTemplate(name, files), false), "");
    }
  }
  EXPECT_EQ(FindingsText(LintTemplate("code", Code()), false), "");
}

TEST(TemplateLint, WhatIsRenderedFromAnyProfileHasNoFinding) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    const task::Profile profile = testing::RandomProfile(seed);
    EXPECT_EQ(FindingsText(LintTemplate("x", Render(profile)), false), "") << seed;
  }
}

// The parameter, and what is said of it; nothing for what is fine.
TEST(TemplateLint, ParametersAreJudgedByTypeOptionsAndValidation) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"default = \"\"\nvalidation {\nregex = \"^a?$\"\nerror = \"e\"\n}", ""},
      {"default = \"b\"\nvalidation {\nregex = \"^a?$\"\nerror = \"e\"\n}",
       "'b' does not match the validation's regex; correct one of the two"},
      {"default = \"xay\"\nvalidation {\nregex = \"a\"\nerror = \"e\"\n}", ""},
      {"default = \"${local.x}\"\nvalidation {\nregex = \"^a$\"\nerror = \"e\"\n}", ""},
      {"type = \"number\"\ndefault = 2\nvalidation {\nmin = 1\nmax = 2\n}", ""},
      {"type = \"number\"\ndefault = 3\nvalidation {\nmin = 1\nmax = 2\n}",
       "'3' is outside min and max; correct one of them"},
      {"type = \"number\"\ndefault = 1.5\nvalidation {\nmin = 1\n}",
       "'1.5' must be a whole number, as every value with a validation"},
      {"type = \"number\"\ndefault = 1.5", ""},
      {"type = \"bool\"\ndefault = true\nform_type = \"switch\"", ""},
      {"type = \"bool\"\ndefault = true\nform_type = \"input\"",
       "input is none for a bool like this; use checkbox or switch"},
      {"type = \"list(string)\"\ndefault = jsonencode([])\nform_type = \"tag-select\"", ""},
      {"default = \"a\"\nform_type = \"dropdown\"\noption {\nname = \"a\"\nvalue = \"a\"\n}", ""},
      {"default = \"a\"\nform_type = \"input\"\noption {\nname = \"a\"\nvalue = \"a\"\n}",
       "input is none for a string like this; use radio or dropdown"},
      {"default = \"b\"\noption {\nname = \"a\"\nvalue = \"a\"\n}",
       "'b' is none of the options; use one of a"},
  };
  for (const auto& [body, said] : kCases) {
    const FileSet files = {{"README.md", Code().at("README.md")},
                           {"x.tf", Parameter(StrCat("name = \"p\"\n", body))}};
    std::string all;
    for (const LintFinding& finding : LintTemplate("x", files)) all += finding.message;
    EXPECT_EQ(all, said) << body;
  }
}

TEST(TemplateLint, ModulesComeWithTheFolder) {
  const auto lint = [](std::string_view source) {
    const FileSet files = {{"README.md", Code().at("README.md")},
                           {"m.tf", StrCat("module \"m\" {\n  source = \"", source, "\"\n}\n")}};
    return FindingsText(LintTemplate("x", files), false);
  };
  EXPECT_EQ(lint("../shared"),
            "x/m.tf:2:12: error: ../shared is outside the folder, and only the folder is uploaded; "
            "move the module into it [module-outside]\n1 error, 0 warnings, 0 notes\n");
  EXPECT_NE(lint("/srv/modules/pod"), "");
  for (const char* fine : {"./pod", "registry.example.com/a/b/c"}) EXPECT_EQ(lint(fine), "");
}

TEST(TemplateLint, PlacesPointAtTheAttribute) {
  FileSet files = Code();
  files.erase(kMarkFile);
  std::string& pod = files["pod.tf"];
  const std::string_view from = "host_pid                         = false";
  const size_t at = pod.find(from);
  pod.replace(at, from.size(), "host_pid = true");
  const auto line =
      static_cast<size_t>(std::count(pod.begin(), pod.begin() + static_cast<long>(at), '\n')) + 1;
  EXPECT_EQ(
      FindingsText(LintTemplate("code", files), false),
      StrCat("code/pod.tf:", line, ":16: error: host_pid must be false [pod-host-namespace]\n",
             "1 error, 0 warnings, 0 notes\n"));
}

}  // namespace
}  // namespace ameide::generator
