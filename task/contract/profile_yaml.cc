// A profile's YAML: first each key by itself (profile_fields.h), then the value, then the rules
// between keys (profile_relations.h). Each part reports all it finds.
#include "base/strings.h"
#include "task/contract/executor_fields.h"
#include "task/contract/json_reader.h"
#include "task/contract/lint_ids.h"
#include "task/contract/profile.h"
#include "task/contract/profile_fields.h"
#include "task/contract/profile_relations.h"
#include "task/contract/yaml_json.h"

namespace ameide::task {
namespace {

std::string TextOr(const Values& values, std::string_view key, std::string fallback) {
  return values.Has(key) ? values.Text(key) : std::move(fallback);
}

void ReadIdentity(const Values& values, Profile* profile) {
  profile->contract.name = values.Text("name");
  profile->contract.marker = TextOr(values, "marker", profile->contract.name);
  profile->display_name = values.Text("display_name");
  profile->description = values.Text("description");
  profile->icon = values.Text("icon");
  profile->risk_tier = values.Text("risk_tier");
}

Guardrails ReadGuardrails(const Values& values) {
  Guardrails guardrails;
  guardrails.allow_paths = values.Texts("allow_paths");
  guardrails.deny_paths = values.Texts("deny_paths");
  if (values.Bool("read_only")) guardrails.deny_paths = {"**"};
  guardrails.allow_gitlinks = values.Bool("allow_gitlinks");
  guardrails.promotion_artifacts = values.Texts("promotion_artifacts");
  guardrails.digest_only = values.Texts("digest_only");
  guardrails.max_file_bytes = static_cast<uint64_t>(values.Int("max_file_bytes", 0));
  guardrails.max_changed_files = static_cast<uint64_t>(values.Int("max_changed_files", 0));
  guardrails.allow_binary = values.Bool("allow_binary", true);
  guardrails.deny_mode_changes = values.Bool("deny_mode_changes");
  return guardrails;
}

SecretGrant ReadSecret(const Values& values) {
  SecretGrant grant;
  grant.env = values.Text("env");
  grant.secret = values.Text("secret");
  grant.key = values.Text("key");
  for (const std::string& word : values.Texts("phases")) {
    if (const auto phase = PhaseFrom(word)) grant.phases.push_back(*phase);
  }
  return grant;
}

void ReadContract(const Values& root, ProfileContract* contract) {
  const Values repositories = root.Group("repositories");
  contract->repositories = {repositories.Text("primary")};
  for (std::string& url : repositories.Texts("allow")) {
    contract->repositories.push_back(std::move(url));
  }
  contract->guardrails = ReadGuardrails(root.Group("guardrails"));
  contract->tools = root.Texts("tools");
  contract->pull_requests = root.Group("pull_request").Bool("enabled");
  contract->branch_prefix = root.Group("pull_request").Text("branch_prefix");
  const Values clocks = root.Group("timeouts");
  contract->timeouts = {.readiness = clocks.Duration("readiness"),
                        .checkout = clocks.Duration("checkout"),
                        .edit = clocks.Duration("edit"),
                        .verify = clocks.Duration("verify"),
                        .pr = clocks.Duration("pr")};
  contract->default_ttl = root.Group("ttl").Duration("default");
  contract->max_ttl = root.Group("ttl").Duration("max");
  contract->evidence.paths = root.Group("evidence").Texts("paths");
  contract->evidence.required = root.Group("evidence").Texts("required");
  for (const Values& item : root.Each("secrets")) contract->secrets.push_back(ReadSecret(item));
  contract->check_command = root.Group("instructions").Text("check");
  if (root.Has("executor")) contract->executor = ReadExecutor(root.Group("executor"));
}

void ReadCluster(const Values& values, std::string_view name, Deployment* deployment) {
  deployment->namespace_name = TextOr(values, "namespace", StrCat("ameide-task-", name));
  deployment->service_account = values.Text("service_account");
  deployment->roles = values.Texts("roles");
  deployment->environment_namespace = values.Group("environment").Text("namespace");
  deployment->environment_roles = values.Group("environment").Texts("roles");
  deployment->provisioner_namespace = values.Group("provisioner").Text("namespace");
  deployment->provisioner_service_account = values.Group("provisioner").Text("service_account");
}

void ReadDeploy(const Values& values, Deployment* deployment) {
  deployment->builder = values.Text("builder") == "image" ? Deployment::Builder::kImage
                                                          : Deployment::Builder::kEnvbuilder;
  deployment->image = values.Text("image");
  deployment->agent_image = values.Text("agent_image");
  deployment->publisher_image = values.Text("publisher_image");
  deployment->devcontainer_dir = values.Text("devcontainer");
  deployment->arch = values.Text("arch");
  for (const auto& [key, value] : values.Members("node_selector")) {
    if (value.AsString() != nullptr) deployment->node_selector[key] = *value.AsString();
  }
  for (const Values& item : values.Each("tolerations")) {
    deployment->tolerations.push_back({item.Text("key"), item.Text("value"), item.Text("effect")});
  }
  deployment->cpu = values.Text("cpu");
  deployment->memory = values.Text("memory");
  deployment->storage = values.Text("storage");
  const Values egress = values.Group("egress");
  deployment->public_https = egress.Bool("public_https");
  for (const Values& item : egress.Each("allow")) {
    deployment->egress.push_back({item.Text("cidr"), static_cast<int>(item.Int("port", 0))});
  }
}

std::optional<HumanMode> ReadHuman(const Values& values, std::string_view name) {
  if (!values.Bool("enabled")) return std::nullopt;
  HumanMode human;
  human.namespace_name = TextOr(values, "namespace", StrCat("ameide-human-", name));
  human.service_account = values.Text("service_account");
  human.apps = values.Texts("apps");
  human.external_auth = values.Text("external_auth");
  for (const Values& item : values.Each("secrets")) human.secrets.push_back(ReadSecret(item));
  human.ttl = values.Duration("ttl");
  return human;
}

Profile ReadProfile(const Values& root) {
  Profile profile;
  ReadIdentity(root.Group("identity"), &profile);
  ReadContract(root, &profile.contract);
  ReadCluster(root.Group("cluster"), profile.contract.name, &profile.deployment);
  ReadDeploy(root.Group("deploy"), &profile.deployment);
  profile.deployment.editor = root.Text("editor");
  profile.instructions_do = root.Group("instructions").Texts("do");
  profile.instructions_dont = root.Group("instructions").Texts("dont");
  profile.human = ReadHuman(root.Group("modes").Group("human"), profile.contract.name);
  return profile;
}

}  // namespace

Checked<Profile> ProfileFromYaml(std::string_view yaml, std::string_view file) {
  Checked<YamlDocument> document = YamlToJson(yaml, file);
  if (!document.ok()) return {std::nullopt, std::move(document.problems)};
  return ProfileFromDocument(*document.value);
}

Checked<Profile> ProfileFromDocument(const YamlDocument& document) {
  const Json& json = document.value;
  Problems problems;
  CheckFields(ProfileFields(), "", json, "", &problems);
  Profile profile = ReadProfile(Values(&json));
  CheckRelations(profile, json, &problems);
  for (Problem& problem : problems) {
    problem.position = PositionOf(document, problem.pointer);
    problem.message = StrReplaceAll(problem.message, "a JSON ", "a ");  // this is YAML
    if (!problem.rule.empty()) continue;
    const bool executor = problem.pointer.starts_with("/executor");
    problem.rule = executor ? lint::kExecutorContract : lint::kValueRefused;
  }
  return Finished(std::move(profile), std::move(problems));
}

}  // namespace ameide::task
