// A profile's YAML: first the shape (every key known, every type right), then the rules on single
// values, then the rules between them. Each part reports all it finds.
#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/strings.h"
#include "task/contract/json_reader.h"
#include "task/contract/profile.h"
#include "task/contract/profile_rules.h"
#include "task/contract/template_parameters.h"
#include "task/contract/yaml_json.h"

namespace ameide::task {
namespace {

using Rule = std::string (*)(std::string_view);
using Strings = std::vector<std::string>;

constexpr int64_t kProfileVersion = 1;
// AGENTS.md and task.json reach a workspace as environment variables, in base64.
constexpr size_t kMaxRenderedBytes = kMaxParameterBytes / 4 * 3 - 1024;

// Reads one group of keys and checks each value's own rule on the way.
class Group {
 public:
  Group(ObjectReader* parent, std::string_view key)
      : present_(parent->Child(key) != nullptr),
        reader_(present_ ? *parent->Child(key) : empty_, parent->PointerTo(key),
                parent->problems()) {}
  Group(const Json& json, std::string_view pointer, Problems* problems)
      : present_(true), reader_(json, pointer, problems) {}
  ~Group() {
    if (present_) reader_.Finish();
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  // A missing group was reported by its parent; its keys need no report of their own.
  void Require(std::initializer_list<std::string_view> keys) {
    if (present_) reader_.Require(keys);
  }
  void Text(std::string_view key, std::string* out, Rule rule = OneLineProblem) {
    if (reader_.Read(key, out)) reader_.Problem(key, rule(*out));
  }
  void List(std::string_view key, Strings* out, Rule rule = OneLineProblem) {
    if (!reader_.Read(key, out)) return;
    std::set<std::string> seen;
    for (size_t i = 0; i < out->size(); ++i) {
      const std::string pointer = PointerStep(reader_.PointerTo(key), std::to_string(i));
      const std::string problem = rule((*out)[i]);
      if (!problem.empty()) AddProblem(pointer, problem, reader_.problems());
      if (!seen.insert((*out)[i]).second) {
        AddProblem(pointer, "is in the list already; remove one", reader_.problems());
      }
    }
  }
  void OneOf(std::string_view key, const Strings& words, std::string* out) {
    if (!reader_.Read(key, out)) return;
    if (std::find(words.begin(), words.end(), *out) != words.end()) return;
    reader_.Problem(key, StrCat("must be one of ", StrJoin(words, ", ")));
  }
  ObjectReader& reader() { return reader_; }

 private:
  const Json empty_{Json::Object{}};
  bool present_;
  ObjectReader reader_;
};

std::string GlobRule(std::string_view pattern) {
  const std::string problem = OneLineProblem(pattern);
  return problem.empty() ? GlobProblem(pattern) : problem;
}

std::string ToolRule(std::string_view tool) {
  const bool fine = !tool.empty() && tool.find_first_of(" /\\\t\n") == std::string_view::npos;
  return fine ? "" : "must be a program's name without folders and arguments";
}

std::string BranchPrefixRule(std::string_view prefix) {
  return prefix.empty() ? "must not be empty; agents own a part of the branch names, like agent/"
                        : RefProblem(StrCat(prefix, "x"));
}

std::string DevcontainerRule(std::string_view folder) {
  return IsSafeRelativePath(folder) ? "" : "must be a folder inside the repository";
}

std::string EffectRule(std::string_view effect) {
  const bool known =
      effect == "NoSchedule" || effect == "PreferNoSchedule" || effect == "NoExecute";
  return known ? "" : "must be one of NoSchedule, PreferNoSchedule, NoExecute";
}

void ReadIdentity(ObjectReader* root, Profile* profile) {
  Group group(root, "identity");
  group.Require({"name", "display_name", "description", "icon", "risk_tier"});
  group.Text("name", &profile->contract.name, DnsLabelProblem);
  profile->contract.marker = profile->contract.name;
  group.Text("marker", &profile->contract.marker, DnsLabelProblem);
  group.Text("display_name", &profile->display_name);
  group.Text("description", &profile->description);
  group.Text("icon", &profile->icon);
  group.OneOf("risk_tier", {"low", "medium", "high"}, &profile->risk_tier);
}

void ReadRepositories(ObjectReader* root, ProfileContract* contract) {
  Group group(root, "repositories");
  group.Require({"primary", "allow"});
  std::string primary;
  Strings others;
  group.Text("primary", &primary, PublicRepositoryProblem);
  group.List("allow", &others, PublicRepositoryProblem);
  contract->repositories = {primary};
  for (const std::string& url : others) {
    if (url == primary) {
      group.reader().Problem("allow", "repeats the primary repository; it is allowed anyway");
    }
    contract->repositories.push_back(url);
  }
}

void ReadGuardrails(ObjectReader* root, Guardrails* guardrails) {
  Group group(root, "guardrails");
  group.Require({"allow_paths", "deny_paths", "allow_gitlinks"});
  group.List("allow_paths", &guardrails->allow_paths, GlobRule);
  group.List("deny_paths", &guardrails->deny_paths, GlobRule);
  ObjectReader& reader = group.reader();
  reader.Read("allow_gitlinks", &guardrails->allow_gitlinks);
  group.List("promotion_artifacts", &guardrails->promotion_artifacts, GlobRule);
  group.List("digest_only", &guardrails->digest_only, GlobRule);
  reader.ReadInt("max_file_bytes", 1, kMaxGuardrailLimit, &guardrails->max_file_bytes);
  reader.ReadInt("max_changed_files", 1, kMaxGuardrailLimit, &guardrails->max_changed_files);
  reader.Read("allow_binary", &guardrails->allow_binary);
  reader.Read("deny_mode_changes", &guardrails->deny_mode_changes);
}

void ReadPullRequest(ObjectReader* root, ProfileContract* contract) {
  Group group(root, "pull_request");
  group.Require({"enabled"});
  group.reader().Read("enabled", &contract->pull_requests);
  group.Text("branch_prefix", &contract->branch_prefix, BranchPrefixRule);
  if (contract->pull_requests && group.reader().Child("branch_prefix") == nullptr) {
    group.reader().Problem("branch_prefix",
                           "is missing; pull requests need it, for example agent/");
  }
}

void ReadClocks(ObjectReader* root, ProfileContract* contract) {
  {
    Group ttl(root, "ttl");
    ttl.Require({"default", "max"});
    ttl.reader().Read("default", &contract->default_ttl);
    ttl.reader().Read("max", &contract->max_ttl);
    if (contract->max_ttl.count() > 0 && contract->default_ttl > contract->max_ttl) {
      ttl.reader().Problem(
          "default", StrCat("must not exceed ttl.max (", FormatDuration(contract->max_ttl), ")"));
    }
    for (const std::string_view key : {"default", "max"}) {
      const Millis value = key == "max" ? contract->max_ttl : contract->default_ttl;
      if (ttl.reader().Child(key) == nullptr || value.count() == 0) continue;
      if (value.count() % 1000 != 0 || value < std::chrono::seconds(kMinTtlSeconds)) {
        ttl.reader().Problem(key, "must be whole seconds and at least 5m");
      }
    }
  }
  Group group(root, "timeouts");
  group.Require({"readiness", "checkout", "edit", "verify", "pr"});
  PhaseTimeouts& clocks = contract->timeouts;
  const std::pair<std::string_view, Millis*> kClocks[] = {{"readiness", &clocks.readiness},
                                                          {"checkout", &clocks.checkout},
                                                          {"edit", &clocks.edit},
                                                          {"verify", &clocks.verify},
                                                          {"pr", &clocks.pr}};
  for (const auto& [key, value] : kClocks) {
    if (!group.reader().Read(key, value)) continue;
    if (value->count() == 0) group.reader().Problem(key, "must be above zero");
    if (contract->max_ttl.count() > 0 && *value > contract->max_ttl) {
      group.reader().Problem(
          key, StrCat("must not exceed ttl.max (", FormatDuration(contract->max_ttl), ")"));
    }
  }
}

void ReadEvidence(ObjectReader* root, EvidenceRequest* evidence) {
  Group group(root, "evidence");
  group.Require({"paths", "required"});
  group.List("paths", &evidence->paths, GlobRule);
  group.List("required", &evidence->required, GlobRule);
}

void ReadSecret(const Json& item, const std::string& pointer, Problems* problems,
                ProfileContract* contract) {
  Group group(item, pointer, problems);
  group.Require({"env", "secret", "key", "phases"});
  SecretGrant grant;
  Strings phases;
  group.Text("env", &grant.env, SecretVariableProblem);
  group.Text("secret", &grant.secret, DnsSubdomainProblem);
  group.Text("key", &grant.key, SecretKeyProblem);
  group.List("phases", &phases, [](std::string_view word) {
    return std::string(PhaseFrom(word) ? "" : "must be one of checkout, edit, verify, pr");
  });
  for (const std::string& word : phases) {
    if (const auto phase = PhaseFrom(word)) grant.phases.push_back(*phase);
  }
  if (group.reader().Child("phases") != nullptr && phases.empty()) {
    group.reader().Problem("phases", "must name at least one phase");
  }
  const bool pushes = std::find(phases.begin(), phases.end(), "pr") != phases.end();
  if (pushes && phases.size() > 1) {
    group.reader().Problem("phases",
                           "must be pr alone; a credential that can push never enters "
                           "the place where the command runs");
  }
  if (pushes && !contract->pull_requests) {
    group.reader().Problem("phases", "names pr, but pull_request.enabled is false");
  }
  for (const SecretGrant& other : contract->secrets) {
    if (!grant.env.empty() && other.env == grant.env) {
      group.reader().Problem("env",
                             StrCat("is granted twice; ", grant.env, " can hold one secret"));
    }
  }
  contract->secrets.push_back(std::move(grant));
}

void ReadCluster(ObjectReader* root, Deployment* deployment) {
  Group group(root, "cluster");
  group.Require({"namespace", "service_account", "roles", "provisioner"});
  group.Text("namespace", &deployment->namespace_name, DnsLabelProblem);
  group.Text("service_account", &deployment->service_account, DnsSubdomainProblem);
  group.List("roles", &deployment->roles, [](std::string_view role) {
    if (role == "cluster-admin" || role == "admin" || role == "edit") {
      return StrCat("must not be ", role, "; bind a narrow role made for tasks");
    }
    return DnsSubdomainProblem(role);
  });
  Group provisioner(&group.reader(), "provisioner");
  provisioner.Require({"namespace", "service_account"});
  provisioner.Text("namespace", &deployment->provisioner_namespace, DnsLabelProblem);
  provisioner.Text("service_account", &deployment->provisioner_service_account,
                   DnsSubdomainProblem);
  if (!deployment->namespace_name.empty() &&
      deployment->namespace_name == deployment->provisioner_namespace) {
    group.reader().Problem("namespace", "must not be the provisioner's own; tasks live apart");
  }
}

void ReadScheduling(Group* group, Deployment* deployment) {
  ObjectReader& reader = group->reader();
  if (reader.Read("node_selector", &deployment->node_selector)) {
    for (const auto& [key, value] : deployment->node_selector) {
      const std::string pointer = PointerStep(reader.PointerTo("node_selector"), key);
      std::string problem = LabelKeyProblem(key);
      if (problem.empty()) problem = LabelValueProblem(value);
      if (!problem.empty()) AddProblem(pointer, problem, reader.problems());
    }
    if (deployment->node_selector.contains("kubernetes.io/arch")) {
      reader.Problem("node_selector", "must not name kubernetes.io/arch; deploy.arch sets it");
    }
  }
  reader.ReadEach("tolerations", [&](const Json& item, const std::string& pointer) {
    Group one(item, pointer, reader.problems());
    one.Require({"key", "value", "effect"});
    Deployment::Toleration toleration;
    one.Text("key", &toleration.key, LabelKeyProblem);
    one.Text("value", &toleration.value, LabelValueProblem);
    one.Text("effect", &toleration.effect, EffectRule);
    deployment->tolerations.push_back(std::move(toleration));
  });
}

void ReadEgress(ObjectReader* deploy, Deployment* deployment) {
  Group group(deploy, "egress");
  group.Require({"public_https", "allow"});
  group.reader().Read("public_https", &deployment->public_https);
  group.reader().ReadEach("allow", [&](const Json& item, const std::string& pointer) {
    Group one(item, pointer, group.reader().problems());
    one.Require({"cidr", "port"});
    Deployment::Egress egress;
    one.Text("cidr", &egress.cidr, CidrProblem);
    one.reader().ReadInt("port", 1, 65535, &egress.port);
    deployment->egress.push_back(std::move(egress));
  });
}

void ReadDeploy(ObjectReader* root, Deployment* deployment) {
  Group group(root, "deploy");
  group.Require({"builder", "image", "arch", "cpu", "memory", "storage", "egress"});
  std::string builder = "envbuilder";
  group.OneOf("builder", {"envbuilder", "image"}, &builder);
  const bool envbuilder = builder == "envbuilder";
  deployment->builder = envbuilder ? Deployment::Builder::kEnvbuilder : Deployment::Builder::kImage;
  group.Text("image", &deployment->image, ImageProblem);
  group.Text("devcontainer", &deployment->devcontainer_dir, DevcontainerRule);
  const bool has_devcontainer = group.reader().Child("devcontainer") != nullptr;
  if (envbuilder && !has_devcontainer && group.reader().Child("builder") != nullptr) {
    group.reader().Problem("devcontainer",
                           "is missing; envbuilder needs the folder of "
                           "devcontainer.json, like .devcontainer/coder");
  }
  if (!envbuilder && has_devcontainer) {
    group.reader().Problem("devcontainer", "is for builder envbuilder alone; remove it");
  }
  group.OneOf("arch", {"amd64", "arm64"}, &deployment->arch);
  ReadScheduling(&group, deployment);
  group.Text("cpu", &deployment->cpu, QuantityProblem);
  group.Text("memory", &deployment->memory, QuantityProblem);
  group.Text("storage", &deployment->storage, QuantityProblem);
  ReadEgress(&group.reader(), deployment);
}

void ReadInstructions(ObjectReader* root, Profile* profile) {
  Group group(root, "instructions");
  group.Require({"check", "do", "dont"});
  group.Text("check", &profile->contract.check_command);
  group.List("do", &profile->instructions_do);
  group.List("dont", &profile->instructions_dont);
}

void RefuseSecrets(const Json& json, const std::string& pointer, Problems* problems) {
  if (const std::string* text = json.AsString()) {
    const std::string_view what = LooksLikeSecret(*text);
    if (!what.empty()) {
      AddProblem(pointer,
                 StrCat("looks like ", what,
                        "; put it into a Secret, revoke this copy and "
                        "name the Secret under /secrets"),
                 problems);
    }
  }
  if (const Json::Array* items = json.AsArray()) {
    for (size_t i = 0; i < items->size(); ++i) {
      RefuseSecrets((*items)[i], PointerStep(pointer, std::to_string(i)), problems);
    }
  }
  if (const Json::Object* members = json.AsObject()) {
    for (const auto& [key, value] : *members) {
      RefuseSecrets(Json(key), PointerStep(pointer, key), problems);
      RefuseSecrets(value, PointerStep(pointer, key), problems);
    }
  }
}

void RefuseOversize(const Profile& profile, Problems* problems) {
  if (AgentsMd(profile).size() > kMaxRenderedBytes) {
    AddProblem("/instructions", "make AGENTS.md larger than 95 KiB; shorten the lists", problems);
  }
  if (ToJson(profile.contract).DumpPretty().size() > kMaxRenderedBytes) {
    AddProblem("", "makes task.json larger than 95 KiB; shorten the lists", problems);
  }
}

Profile ReadProfile(const Json& json, Problems* problems) {
  Profile profile;
  ProfileContract& contract = profile.contract;
  Group group(json, "", problems);
  ObjectReader* root = &group.reader();
  // Four of these are the guardrail axes: repositories, secrets, cluster (roles), guardrails
  // (paths). A profile that leaves one out would be open by oversight.
  group.Require({"version", "identity", "repositories", "guardrails", "tools", "pull_request",
                 "timeouts", "ttl", "evidence", "secrets", "cluster", "deploy", "instructions",
                 "editor"});
  int64_t version = 0;
  root->ReadInt("version", kProfileVersion, kProfileVersion, &version);
  ReadIdentity(root, &profile);
  ReadRepositories(root, &contract);
  ReadGuardrails(root, &contract.guardrails);
  group.List("tools", &contract.tools, ToolRule);
  ReadPullRequest(root, &contract);
  ReadClocks(root, &contract);
  ReadEvidence(root, &contract.evidence);
  root->ReadEach("secrets", [&](const Json& item, const std::string& pointer) {
    ReadSecret(item, pointer, problems, &contract);
  });
  ReadCluster(root, &profile.deployment);
  ReadDeploy(root, &profile.deployment);
  ReadInstructions(root, &profile);
  group.OneOf("editor", {"codex", "claude", "none"}, &profile.deployment.editor);
  RefuseSecrets(json, "", problems);
  RefuseOversize(profile, problems);
  return profile;
}

}  // namespace

Checked<Profile> ProfileFromYaml(std::string_view yaml, std::string_view file) {
  const Checked<YamlDocument> document = YamlToJson(yaml, file);
  if (!document.ok()) return {std::nullopt, document.problems};
  Problems problems;
  Profile profile = ReadProfile(document.value->value, &problems);
  for (Problem& problem : problems) {
    problem.position = PositionOf(*document.value, problem.pointer);
    problem.message = StrReplaceAll(problem.message, "a JSON ", "a ");  // this is YAML
  }
  return Finished(std::move(profile), std::move(problems));
}

}  // namespace ameide::task
