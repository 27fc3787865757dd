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
  // Whoever may make pods may also change them: an image of a running pod can be replaced, and a
  // container for debugging added through its own subresource.
  const Json::Array matched = {
      Json::Object{{"apiGroups", Json::Array{""}},
                   {"apiVersions", Json::Array{"v1"}},
                   {"operations", Json::Strings({"CREATE", "UPDATE"})},
                   {"resources", Json::Strings({"pods", "pods/ephemeralcontainers"})}}};
  // The two lists are of different types to the API server's check, which refuses their sum.
  const Json::Array variables = {
      Json::Object{{"name", "containers"},
                   {"expression",
                    "dyn(object.spec.containers) + (has(object.spec.initContainers) ? "
                    "dyn(object.spec.initContainers) : [])"}}};
  const Json this_namespace = Json::Object{
      {"matchLabels", Json::Object{{"kubernetes.io/metadata.name", cluster.namespace_name}}}};
  Json policy = Json::Object{
      {"apiVersion", "admissionregistration.k8s.io/v1"},
      {"kind", "ValidatingAdmissionPolicy"},
      {"metadata", metadata},
      {"spec", Json::Object{{"failurePolicy", "Fail"},
                            {"matchConstraints", Json::Object{{"resourceRules", matched}}},
                            {"variables", variables},
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
