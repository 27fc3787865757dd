#include "generator/render/cluster_yaml.h"
#include "generator/render/names.h"

namespace ameide::generator {
namespace {

struct Rule {
  std::string expression;  // CEL
  std::string message;
};

std::vector<Rule> Rules(const task::Profile& profile) {
  const int64_t max = Seconds(profile.contract.max_ttl);
  const std::string all_containers =
      "(object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : "
      "[]))";
  std::vector<Rule> rules = {
      {StrCat("has(object.spec.activeDeadlineSeconds) && object.spec.activeDeadlineSeconds <= ",
              max),
       StrCat("a task needs activeDeadlineSeconds of at most ", max)},
      {"object.spec.restartPolicy == 'Never'", "a task runs once: restartPolicy must be Never"},
      {StrCat("object.spec.serviceAccountName == '", profile.deployment.service_account, "'"),
       StrCat("the ServiceAccount must be ", profile.deployment.service_account)},
      // Whatever is named like a credential comes from a Secret. The agent's token is the one that
      // Coder itself makes for each workspace.
      {StrCat(all_containers,
              ".all(c, !has(c.env) || c.env.all(e, e.name == 'CODER_AGENT_TOKEN' || "
              "!e.name.matches('TOKEN|SECRET|PASSWORD|CREDENTIAL|_KEY|_AUTH') || !has(e.value) || "
              "e.value == ''))"),
       "variables named like credentials must use secretKeyRef"},
      {StrCat(all_containers, ".all(c, c.image.contains('@sha256:'))"),
       "images must be pinned by digest"}};
  if (!NeedsClusterToken(profile)) {
    rules.push_back(
        {"has(object.spec.automountServiceAccountToken) && "
         "!object.spec.automountServiceAccountToken",
         "automountServiceAccountToken must be false"});
  }
  return rules;
}

}  // namespace

std::vector<Json> AdmissionPolicy(const task::Profile& profile) {
  const std::string name = StrCat("ameide-task-", profile.contract.name);
  const Json metadata =
      Json::Object{{"name", name},
                   {"labels", Json::Object{{"app.kubernetes.io/managed-by", kManagedBy},
                                           {std::string(kProfileLabel), profile.contract.name}}}};
  Json::Array validations;
  for (const Rule& rule : Rules(profile)) {
    validations.push_back(Json::Object{{"expression", rule.expression}, {"message", rule.message}});
  }
  const Json pods = Json::Object{{"apiGroups", Json::Array{""}},
                                 {"apiVersions", Json::Array{"v1"}},
                                 {"operations", Json::Array{"CREATE"}},
                                 {"resources", Json::Array{"pods"}}};
  const Json this_namespace = Json::Object{
      {"matchLabels",
       Json::Object{{"kubernetes.io/metadata.name", profile.deployment.namespace_name}}}};
  Json policy = Json::Object{
      {"apiVersion", "admissionregistration.k8s.io/v1"},
      {"kind", "ValidatingAdmissionPolicy"},
      {"metadata", metadata},
      {"spec",
       Json::Object{{"failurePolicy", "Fail"},
                    {"matchConstraints", Json::Object{{"resourceRules", Json::Array{pods}}}},
                    {"validations", std::move(validations)}}}};
  Json binding = Json::Object{
      {"apiVersion", "admissionregistration.k8s.io/v1"},
      {"kind", "ValidatingAdmissionPolicyBinding"},
      {"metadata", metadata},
      {"spec",
       Json::Object{{"policyName", name},
                    {"validationActions", Json::Array{"Deny"}},
                    {"matchResources", Json::Object{{"namespaceSelector", this_namespace}}}}}};
  return {std::move(policy), std::move(binding)};
}

}  // namespace ameide::generator
