#include "generator/render/cluster_yaml.h"
#include "generator/render/names.h"

namespace ameide::generator {

std::vector<Json> AdmissionPolicy(const Cluster& cluster) {
  const std::string name = StrCat("ameide-task-", cluster.name);
  const Json metadata = Json::Object{
      {"name", name},
      {"labels", Json::Object{{"app.kubernetes.io/managed-by", kManagedBy},
                              {std::string(kProfileLabel), cluster.profile->contract.name}}}};
  Json::Array validations;
  for (const AdmissionRule& rule : cluster.rules) {
    validations.push_back(Json::Object{{"expression", rule.expression}, {"message", rule.message}});
  }
  // A container for debugging can be put into a running pod, but only through its own subresource.
  const auto requests = [](std::string_view operation, std::string_view resource) {
    return Json::Object{{"apiGroups", Json::Array{""}},
                        {"apiVersions", Json::Array{"v1"}},
                        {"operations", Json::Array{operation}},
                        {"resources", Json::Array{resource}}};
  };
  const Json::Array matched = {requests("CREATE", "pods"),
                               requests("UPDATE", "pods/ephemeralcontainers")};
  const Json this_namespace = Json::Object{
      {"matchLabels", Json::Object{{"kubernetes.io/metadata.name", cluster.namespace_name}}}};
  Json policy = Json::Object{
      {"apiVersion", "admissionregistration.k8s.io/v1"},
      {"kind", "ValidatingAdmissionPolicy"},
      {"metadata", metadata},
      {"spec", Json::Object{{"failurePolicy", "Fail"},
                            {"matchConstraints", Json::Object{{"resourceRules", matched}}},
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
