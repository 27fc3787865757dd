#include "generator/render/render.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "base/json.h"
#include "generator/testing/sample_profiles.h"
#include "gtest/gtest.h"
#include "task/contract/profile_rules.h"
#include "task/contract/template_parameters.h"
#include "task/contract/yaml_json.h"

namespace ameide::generator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string File(const task::Profile& profile, const std::string& path) {
  const FileSet files = Render(profile);
  const auto found = files.find(path);
  return found == files.end() ? "<none>" : found->second;
}

TEST(Render, IsTheSameEveryTime) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const task::Profile profile = testing::RandomProfile(seed);
    EXPECT_EQ(Render(profile), Render(profile)) << seed;
  }
}

TEST(Render, FilesAreSelfContainedAndSmall) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    size_t total = 0;
    for (const auto& [path, bytes] : Render(profile)) {
      total += bytes.size();
      EXPECT_TRUE(IsSafeRelativePath(path)) << path;
      for (const std::string_view part : StrSplit(path, '/')) EXPECT_NE(part[0], '.') << path;
      EXPECT_EQ(bytes.back(), '\n') << path;
      EXPECT_THAT(bytes, Not(HasSubstr("module \""))) << path;
    }
    EXPECT_LT(total, 1u << 20);  // the upload's limit
  }
}

TEST(Render, HoldsNoSecretAndNoUnpinnedImage) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const auto& [path, bytes] : Render(profile)) {
      for (const std::string_view line : StrSplit(bytes, '\n')) {
        EXPECT_EQ(task::LooksLikeSecret(line), "") << path << ": " << line;
      }
    }
    EXPECT_THAT(File(profile, "pod.tf"), HasSubstr("@sha256:"));
  }
}

// The text of the container's block, which starts with its name.
std::string Container(const task::Profile& profile, std::string_view name) {
  const std::string pod = File(profile, "pod.tf");
  const std::string wanted = StrCat("    name              = \"", name, "\"\n");
  const size_t start = pod.find(wanted);
  return start == std::string::npos ? "" : pod.substr(start, pod.find("\n    }\n", start) - start);
}

TEST(Render, EachContainerHasItsOwnSecretsAlone) {
  for (const char* name : {"code", "gitops"}) {
    const task::Profile profile = testing::Builtin(name);
    EXPECT_THAT(Container(profile, "task"), HasSubstr("CLONE_TOKEN"));
    EXPECT_THAT(Container(profile, "task"), Not(HasSubstr("PUSH_TOKEN")));
    EXPECT_THAT(Container(profile, "task"), Not(HasSubstr("gh-push")));
    EXPECT_THAT(Container(profile, "publisher"), HasSubstr("PUSH_TOKEN"));
    EXPECT_THAT(Container(profile, "publisher"), Not(HasSubstr("CLONE_TOKEN")));
    EXPECT_THAT(Container(profile, "publisher"), Not(HasSubstr("CODER_AGENT_TOKEN")));
    EXPECT_THAT(Container(profile, "agent-program"), HasSubstr("var.agent_image"));
    EXPECT_THAT(Container(profile, "agent-program"), Not(HasSubstr("env {")));
  }
}

TEST(Render, APublisherIsThereOnlyForPullRequests) {
  for (const char* name : {"sre", "external-executor"}) {
    EXPECT_EQ(Container(testing::Builtin(name), "publisher"), "");
    EXPECT_THAT(File(testing::Builtin(name), "pod.tf"), Not(HasSubstr("publication")));
  }
}

TEST(Render, HelperContainersAreRestrictedWhateverTheBuilder) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const char* name : {"agent-program", "publisher"}) {
      const std::string container = Container(profile, name);
      if (container.empty()) continue;
      for (const char* line :
           {"allow_privilege_escalation = false", "read_only_root_filesystem  = true",
            "run_as_non_root            = true", "drop = [\"ALL\"]", "type = \"RuntimeDefault\""}) {
        EXPECT_THAT(container, HasSubstr(line)) << profile.contract.name << " " << name;
      }
      EXPECT_THAT(container, Not(HasSubstr("add ")));
    }
  }
}

TEST(Render, BuildersGetReadOnlyMountsOnlyBelowVarRun) {
  const std::string builder = Container(testing::Builtin("code"), "task");
  size_t mounts = 0;
  for (size_t at = builder.find("read_only  = true"); at != std::string::npos;
       at = builder.find("read_only  = true", at + 1)) {
    ++mounts;
    EXPECT_EQ(builder.rfind("mount_path = \"/var/run/", at), builder.rfind("mount_path", at));
  }
  EXPECT_EQ(mounts, 1u);
  EXPECT_THAT(Container(testing::Builtin("external-executor"), "task"),
              HasSubstr("mount_path = \"/opt/ameide/bin\"\n        sub_path   = \"bin\"\n"
                        "        read_only  = true"));
}

TEST(Render, PodsAreUnprivilegedInBothModes) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    const std::string pod = File(profile, "pod.tf");
    for (const char* line :
         {"restart_policy                   = \"Never\"",
          "enable_service_links             = false", "allow_privilege_escalation = false",
          "privileged                 = false", "type = \"RuntimeDefault\"", "[\"ALL\"]",
          "host_network                     = false",
          "active_deadline_seconds          = data.coder_parameter.ttl.value"}) {
      EXPECT_THAT(pod, HasSubstr(line)) << profile.contract.name;
    }
    EXPECT_THAT(pod, Not(HasSubstr("host_path")));
    EXPECT_THAT(pod, Not(HasSubstr("= true\n  }")));
  }
}

TEST(Render, ImageModeIsRestrictedAndBuilderModeHasExactlySevenCapabilities) {
  const task::Profile external = testing::Builtin("external-executor");
  EXPECT_THAT(File(external, "pod.tf"), Not(HasSubstr("add ")));
  EXPECT_THAT(File(external, "pod.tf"), HasSubstr("run_as_non_root            = true"));
  EXPECT_THAT(File(external, "pod.tf"), HasSubstr("read_only_root_filesystem  = true"));
  EXPECT_THAT(File(external, "cluster/00-namespace.yaml"),
              HasSubstr("pod-security.kubernetes.io/enforce: restricted"));
  const task::Profile code = testing::Builtin("code");
  EXPECT_THAT(File(code, "pod.tf"), HasSubstr("add = [\n"
                                              "            \"CHOWN\",\n"
                                              "            \"DAC_OVERRIDE\",\n"
                                              "            \"FOWNER\",\n"
                                              "            \"FSETID\",\n"
                                              "            \"SETFCAP\",\n"
                                              "            \"SETGID\",\n"
                                              "            \"SETUID\",\n"
                                              "          ]\n"));
  EXPECT_THAT(File(code, "cluster/00-namespace.yaml"),
              HasSubstr("pod-security.kubernetes.io/enforce: baseline"));
}

TEST(Render, EvidenceIsAPathAppOfTheOwner) {
  const std::string agent = File(testing::Builtin("code"), "agent.tf");
  for (const char* line :
       {"slug         = \"ameide-evidence\"", "url          = \"http://localhost:4400/\"",
        "subdomain    = false", "share        = \"owner\"",
        "url       = \"http://localhost:4400/health\"", "AMEIDE_EVIDENCE_PORT       = \"4400\""}) {
    EXPECT_THAT(agent, HasSubstr(line));
  }
}

TEST(Render, TheAgentImageIsAVariableThatMustBePinned) {
  const task::Profile profile = testing::Builtin("code");
  const std::string variables = File(profile, "variables.tf");
  EXPECT_THAT(variables, HasSubstr("variable \"agent_image\" {"));
  EXPECT_THAT(variables, HasSubstr(StrCat("= \"", profile.deployment.agent_image, "\"")));
  EXPECT_THAT(variables, HasSubstr("can(regex(\"^[^@[:space:]]+@sha256:[0-9a-f]{64}$\", "
                                   "var.agent_image))"));
}

TEST(Render, ExecutorToolsAreListedOncePerReader) {
  const task::Profile profile = testing::Builtin("external-executor");
  ASSERT_TRUE(profile.contract.executor.has_value());
  const auto mcp = ParseJson(File(profile, "mcp.json"));
  ASSERT_TRUE(mcp.ok());
  EXPECT_EQ(mcp->Find("mcpServers")->Find("ameide")->Dump(),
            "{\"command\":\"ameide-agent\",\"args\":[\"tool\",\"--contract\","
            "\"/workspaces/external-executor/task.json\"]}");
  EXPECT_THAT(File(profile, "codex.toml"), HasSubstr("[mcp_servers.ameide]\n"));
  const std::string agents = File(profile, "AGENTS.md");
  for (const task::ExecutorTool& tool : profile.contract.executor->tools) {
    EXPECT_THAT(agents, HasSubstr(StrCat("| `", tool.name, "` | "))) << tool.name;
  }
  EXPECT_EQ(File(testing::Builtin("code"), "mcp.json"), "<none>");
}

TEST(Render, TokensAreMountedOnlyForBoundRoles) {
  EXPECT_THAT(File(testing::Builtin("code"), "pod.tf"),
              HasSubstr("automount_service_account_token  = false"));
  const task::Profile sre = testing::Builtin("sre");
  EXPECT_THAT(File(sre, "pod.tf"), HasSubstr("automount_service_account_token  = true"));
  EXPECT_THAT(File(sre, "cluster/access.yaml"), HasSubstr("name: ameide-task-reader"));
}

// The documents of one manifest, without their separators.
std::vector<Json> Documents(const std::string& text) {
  std::vector<Json> documents;
  std::string rest = text + "---\n";
  for (size_t end = rest.find("---\n"); end != std::string::npos; end = rest.find("---\n")) {
    const auto read = task::YamlToJson(rest.substr(0, end), "manifest");
    EXPECT_TRUE(read.ok()) << text;
    if (read.ok()) documents.push_back(read.value->value);
    rest.erase(0, end + 4);
  }
  return documents;
}

TEST(Render, ManifestsAreKubernetesObjectsOfTheProfilesNamespace) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const task::Profile profile = testing::RandomProfile(seed);
    for (const auto& [path, bytes] : Render(profile)) {
      if (!path.starts_with("cluster/")) continue;
      EXPECT_LT(bytes.size(), 64u << 10) << path;
      for (const Json& object : Documents(bytes)) {
        for (const char* key : {"apiVersion", "kind", "metadata"}) {
          ASSERT_NE(object.Find(key), nullptr) << path;
        }
        const Json* space = object.Find("metadata")->Find("namespace");
        if (space == nullptr) continue;  // the namespace itself, and the admission policy
        const bool elsewhere = *object.Find("kind") == Json("RoleBinding") &&
                               *space == Json(profile.deployment.environment_namespace);
        EXPECT_TRUE(elsewhere || *space == Json(profile.deployment.namespace_name)) << path;
      }
    }
  }
}

TEST(Render, NobodyGetsAVerbOnSecrets) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const Json& object : Documents(File(profile, "cluster/access.yaml"))) {
      const Json* rules = object.Find("rules");
      if (rules == nullptr) continue;
      for (const Json& rule : *rules->AsArray()) {
        const std::string resources = rule.Find("resources")->Dump();
        EXPECT_TRUE(resources == "[\"pods\"]" || resources == "[\"events\"]") << resources;
      }
    }
  }
}

TEST(Render, LimitsCountEveryContainerOfThePod) {
  task::Profile profile = testing::Builtin("code");
  profile.deployment.cpu = "500m";
  profile.deployment.memory = "256Mi";
  profile.deployment.storage = "1.5Gi";
  const std::vector<Json> limits = Documents(File(profile, "cluster/limits.yaml"));
  const Json& hard = *limits[0].Find("spec")->Find("hard");
  EXPECT_EQ(*hard.Find("requests.cpu"), Json("15"));  // 20 × (500m + 250m)
  EXPECT_EQ(*hard.Find("limits.memory"), Json("15Gi"));
  EXPECT_EQ(*hard.Find("limits.ephemeral-storage"), Json("230Gi"));
  const Json::Array& ranges = *limits[1].Find("spec")->Find("limits")->AsArray();
  // The publisher's own amounts may be the larger ones.
  EXPECT_EQ(ranges[0].Find("max")->Dump(),
            "{\"cpu\":\"500m\",\"memory\":\"512Mi\",\"ephemeral-storage\":\"10Gi\"}");
  EXPECT_EQ(ranges[1].Find("max")->Dump(),
            "{\"cpu\":\"750m\",\"memory\":\"768Mi\",\"ephemeral-storage\":\"11776Mi\"}");
  EXPECT_EQ(limits[2].Find("spec")->Dump(),
            "{\"hard\":{\"pods\":\"0\"},\"scopes\":[\"NotTerminating\"]}");
}

TEST(Render, AmountsAreWrittenAsTheApiServerWritesThemBack) {
  const std::pair<const char*, const char*> kForms[] = {
      {"500m", "500m"},  {"2000m", "2"},       {"0.5", "500m"},     {"1.25", "1250m"},
      {"2", "2"},        {"8Gi", "8Gi"},       {"8192Mi", "8Gi"},   {"1.5Gi", "1536Mi"},
      {"1024Ki", "1Mi"}, {"8G", "8G"},         {"1500M", "1500M"},  {"2000M", "2G"},
      {"1000000", "1M"}, {"1000Mi", "1000Mi"}, {"2048Pi", "2048Pi"}};
  for (const auto& [written, canonical] : kForms) {
    task::Profile profile = testing::Builtin("external-executor");
    profile.deployment.memory = profile.deployment.storage = written;
    const std::string pod = File(profile, "pod.tf");
    EXPECT_THAT(pod, HasSubstr(StrCat("memory            = \"", canonical, "\"\n"))) << written;
    EXPECT_THAT(pod, HasSubstr(StrCat("size_limit = \"", canonical, "\"\n"))) << written;
  }
}

// `kubectl apply -f cluster/` goes by file name and stops at nothing that is missing.
TEST(Render, TheNamespaceIsAppliedBeforeWhatIsInIt) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const auto& [name, files] : RenderTemplates(profile)) {
      const auto first = files.lower_bound("cluster/");
      ASSERT_NE(first, files.end());
      EXPECT_EQ(*Documents(first->second)[0].Find("kind"), Json("Namespace")) << name;
    }
  }
}

// Who may make a pod may change it, and so could put another image into a running publisher.
TEST(Render, ThePolicyJudgesChangesOfPodsToo) {
  for (const task::Profile& profile : testing::BuiltinOnes()) {
    for (const auto& [name, files] : RenderTemplates(profile)) {
      const Json spec = *Documents(files.at("cluster/admission.yaml"))[0].Find("spec");
      EXPECT_EQ(
          spec.Find("matchConstraints")->Find("resourceRules")->Dump(),
          "[{\"apiGroups\":[\"\"],\"apiVersions\":[\"v1\"],\"operations\":[\"CREATE\",\"UPDATE\"],"
          "\"resources\":[\"pods\",\"pods/ephemeralcontainers\"]}]")
          << name;
      // The sum of two lists of different types would be refused, or warned of.
      EXPECT_THAT(spec.Find("variables")->Dump(),
                  HasSubstr("\"dyn(object.spec.containers) + (has(object.spec.initContainers) ? "
                            "dyn(object.spec.initContainers) : [])\""));
      EXPECT_THAT(spec.Find("validations")->Dump(), Not(HasSubstr("containers +")));
    }
  }
}

// PATH, LD_PRELOAD or a probe would let what the task wrote run beside the credential.
TEST(Render, ThePolicyKnowsEachVariableOfThePublisher) {
  for (const char* name : {"code", "gitops"}) {
    const task::Profile profile = testing::Builtin(name);
    const std::string container = Container(profile, "publisher");
    std::vector<std::string> names;
    for (std::string_view line : StrSplit(container, '\n')) {
      constexpr std::string_view kName = "        name  = \"";
      constexpr std::string_view kSecretName = "        name = \"";  // beside value_from
      for (const std::string_view start : {kName, kSecretName}) {
        if (line.starts_with(start)) {
          names.push_back(
              StrCat("'", line.substr(start.size(), line.rfind('"') - start.size()), "'"));
        }
      }
    }
    ASSERT_GE(names.size(), 5u);
    const std::string policy = File(profile, "cluster/admission.yaml");
    EXPECT_THAT(policy, HasSubstr(StrCat("c.name != 'publisher' || !has(c.env) || c.env.all(e, "
                                         "e.name in [",
                                         StrJoin(names, ", "), "])")));
    EXPECT_THAT(policy, HasSubstr("!has(c.livenessProbe) && !has(c.readinessProbe) && "
                                  "!has(c.startupProbe)"));
  }
}

TEST(Render, EgressIsWhatTheProfileSays) {
  task::Profile profile = testing::Builtin("external-executor");
  profile.deployment.public_https = false;
  const Json policy = Documents(File(profile, "cluster/network.yaml"))[0];
  const Json::Array& egress = *policy.Find("spec")->Find("egress")->AsArray();
  ASSERT_EQ(egress.size(), 2u);  // DNS, and the executor
  EXPECT_THAT(egress[1].Dump(), HasSubstr("\"cidr\":\"10.250.0.4/32\""));
  EXPECT_THAT(egress[1].Dump(), HasSubstr("\"port\":8443"));
  EXPECT_EQ(policy.Find("spec")->Find("ingress")->AsArray()->size(), 0u);
}

TEST(Render, TaskJsonIsTheContract) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const task::Profile profile = testing::RandomProfile(seed);
    const auto json = ParseJson(File(profile, "task.json"));
    ASSERT_TRUE(json.ok());
    const auto contract = task::ProfileContractFromJson(*json);
    ASSERT_TRUE(contract.ok()) << task::ToError(contract.problems, "read", "x").ToString();
    EXPECT_EQ(*contract.value, profile.contract);
  }
}

TEST(Render, ReadmesStartWithFrontMatterAndHaveOneHeading) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    for (const auto& [name, files] : RenderTemplates(testing::RandomProfile(seed))) {
      const std::string& readme = files.at("README.md");
      ASSERT_EQ(readme.find("---\n"), 0u);
      const size_t end = readme.find("---\n", 4);
      const auto front = task::YamlToJson(readme.substr(4, end - 4), "README.md");
      ASSERT_TRUE(front.ok()) << readme;
      for (const char* key :
           {"display_name", "description", "icon", "maintainer_github", "verified", "tags"}) {
        EXPECT_NE(front.value->value.Find(key), nullptr) << key;
      }
      EXPECT_EQ(readme.substr(end + 4, 3), "\n# ");
      EXPECT_EQ(readme.find("\n# ", end + 5), std::string::npos) << name;
      for (const char* section : {"Prerequisites", "Architecture", "Usage", "Parameters", "Secrets",
                                  "What is persistent", "Troubleshooting"}) {
        EXPECT_THAT(readme, HasSubstr(StrCat("\n## ", section, "\n"))) << name;
      }
    }
  }
}

TEST(Render, ParametersAreThoseOfTheContract) {
  const std::string parameters = File(testing::Builtin("code"), "parameters.tf");
  for (const std::string_view name :
       {task::kParameterWorkId, task::kParameterKind, task::kParameterSpec, task::kParameterTtl,
        task::kParameterPublishKey, task::kParameterInstallation}) {
    EXPECT_THAT(parameters, HasSubstr(StrCat("= \"", name, "\"\n")));
  }
  for (const task::TaskKind kind : task::AllTaskKinds()) {
    EXPECT_THAT(parameters, HasSubstr(StrCat("value = \"", task::ToString(kind), "\"\n")));
  }
  EXPECT_THAT(parameters, Not(HasSubstr("mutable      = true")));
}

}  // namespace
}  // namespace ameide::generator
