#include "generator/render/cluster_yaml.h"

#include "generator/render/names.h"
#include "generator/render/yaml_print.h"

namespace ameide::generator {
namespace {

using Documents = std::vector<Json>;
using task::Deployment;

constexpr int kMaxPods = 20;

Json Labels(const task::Profile& profile) {
  return Json::Object{{"app.kubernetes.io/managed-by", kManagedBy},
                      {std::string(kProfileLabel), profile.contract.name}};
}

// Name, namespace and labels of an object in the profile's namespace.
Json Metadata(const task::Profile& profile, std::string_view name) {
  return Json::Object{{"name", name},
                      {"namespace", profile.deployment.namespace_name},
                      {"labels", Labels(profile)}};
}

Json Object(std::string_view api_version, std::string_view kind, Json metadata) {
  return Json::Object{
      {"apiVersion", api_version}, {"kind", kind}, {"metadata", std::move(metadata)}};
}

Documents Namespace(const task::Profile& profile) {
  // An image builder needs root and seven capabilities, which "restricted" does not admit.
  const std::string level =
      profile.deployment.builder == Deployment::Builder::kEnvbuilder ? "baseline" : "restricted";
  Json labels = Labels(profile);
  for (const char* mode : {"audit", "enforce", "warn"}) {
    labels.Set(StrCat("pod-security.kubernetes.io/", mode), level);
  }
  return {Object(
      "v1", "Namespace",
      Json::Object{{"name", profile.deployment.namespace_name}, {"labels", std::move(labels)}})};
}

Json Binding(const task::Profile& profile, std::string_view name, std::string_view role_kind,
             std::string_view role, std::string_view account, std::string_view account_namespace) {
  Json binding = Object("rbac.authorization.k8s.io/v1", "RoleBinding", Metadata(profile, name));
  binding.Set(
      "roleRef",
      Json::Object{{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", role_kind}, {"name", role}});
  binding.Set("subjects", Json::Array{Json::Object{{"kind", "ServiceAccount"},
                                                   {"name", account},
                                                   {"namespace", account_namespace}}});
  return binding;
}

// No verb on Secrets: reading one through Terraform would put its value into the workspace's state.
Json ProvisionerRole(const task::Profile& profile) {
  Json role =
      Object("rbac.authorization.k8s.io/v1", "Role", Metadata(profile, "ameide-task-provisioner"));
  role.Set("rules",
           Json::Array{Json::Object{{"apiGroups", Json::Array{""}},
                                    {"resources", Json::Array{"pods"}},
                                    {"verbs", Json::Strings({"create", "delete", "get", "list",
                                                             "patch", "update", "watch"})}},
                       Json::Object{{"apiGroups", Json::Array{""}},
                                    {"resources", Json::Array{"events"}},
                                    {"verbs", Json::Strings({"get", "list"})}}});
  return role;
}

Documents Access(const task::Profile& profile) {
  const Deployment& deployment = profile.deployment;
  Json account = Object("v1", "ServiceAccount", Metadata(profile, deployment.service_account));
  account.Set("automountServiceAccountToken", false);
  Documents documents = {
      std::move(account), ProvisionerRole(profile),
      Binding(profile, "ameide-task-provisioner", "Role", "ameide-task-provisioner",
              deployment.provisioner_service_account, deployment.provisioner_namespace)};
  for (const std::string& role : deployment.roles) {
    documents.push_back(Binding(profile, StrCat("task-", role), "ClusterRole", role,
                                deployment.service_account, deployment.namespace_name));
  }
  return documents;
}

Json Ports(std::initializer_list<std::pair<const char*, int>> ports) {
  Json::Array array;
  for (const auto& [protocol, port] : ports) {
    array.push_back(Json::Object{{"protocol", protocol}, {"port", port}});
  }
  return array;
}

Json ToNetwork(std::string_view cidr, const std::vector<std::string>& except) {
  Json block = Json::Object{{"cidr", cidr}};
  if (!except.empty()) block.Set("except", Json::Strings(except));
  return Json::Object{{"ipBlock", std::move(block)}};
}

Json::Array EgressRules(const Deployment& deployment) {
  const Json dns =
      Json::Object{{"namespaceSelector",
                    Json::Object{{"matchLabels",
                                  Json::Object{{"kubernetes.io/metadata.name", "kube-system"}}}}}};
  Json::Array rules = {
      Json::Object{{"to", Json::Array{dns}}, {"ports", Ports({{"UDP", 53}, {"TCP", 53}})}}};
  if (deployment.public_https) {
    // Private, shared (carrier) and link-local networks are out; the last hold the metadata
    // service.
    rules.push_back(Json::Object{
        {"to",
         Json::Array{ToNetwork("0.0.0.0/0", {"10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
                                             "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}),
                     ToNetwork("::/0", {"::1/128", "fc00::/7", "fe80::/10"})}},
        {"ports", Ports({{"TCP", 443}})}});
  }
  for (const Deployment::Egress& egress : deployment.egress) {
    rules.push_back(Json::Object{{"to", Json::Array{ToNetwork(egress.cidr, {})}},
                                 {"ports", Ports({{"TCP", egress.port}})}});
  }
  return rules;
}

Documents Network(const task::Profile& profile) {
  Json policy = Object("networking.k8s.io/v1", "NetworkPolicy", Metadata(profile, "ameide-task"));
  policy.Set("spec", Json::Object{{"podSelector", Json::Object{}},
                                  {"policyTypes", Json::Strings({"Ingress", "Egress"})},
                                  {"ingress", Json::Array{}},
                                  {"egress", EgressRules(profile.deployment)}});
  return {std::move(policy)};
}

Documents Limits(const task::Profile& profile) {
  const Deployment& deployment = profile.deployment;
  Json quota = Object("v1", "ResourceQuota", Metadata(profile, "ameide-task"));
  quota.Set("spec", Json::Object{{"hard", Json::Object{{"pods", std::to_string(kMaxPods)},
                                                       {"persistentvolumeclaims", "0"},
                                                       {"services", "0"}}}});
  // Pods without a deadline count as "not terminating": there may be none.
  Json endless = Object("v1", "ResourceQuota", Metadata(profile, "ameide-task-deadline"));
  endless.Set("spec", Json::Object{{"hard", Json::Object{{"pods", "0"}}},
                                   {"scopes", Json::Array{"NotTerminating"}}});
  const Json amounts = Json::Object{{"cpu", deployment.cpu},
                                    {"memory", deployment.memory},
                                    {"ephemeral-storage", deployment.storage}};
  Json range = Object("v1", "LimitRange", Metadata(profile, "ameide-task"));
  range.Set("spec", Json::Object{{"limits", Json::Array{Json::Object{{"type", "Container"},
                                                                     {"default", amounts},
                                                                     {"defaultRequest", amounts},
                                                                     {"max", amounts}}}}});
  return {std::move(quota), std::move(endless), std::move(range)};
}

}  // namespace

FileSet ClusterYaml(const task::Profile& profile) {
  const std::string head = StrCat("# ", kMadeBy, "\n");
  FileSet files;
  files["cluster/access.yaml"] = head + ToYaml(Access(profile));
  files["cluster/admission.yaml"] = head + ToYaml(AdmissionPolicy(profile));
  files["cluster/limits.yaml"] = head + ToYaml(Limits(profile));
  files["cluster/namespace.yaml"] = head + ToYaml(Namespace(profile));
  files["cluster/network.yaml"] = head + ToYaml(Network(profile));
  return files;
}

}  // namespace ameide::generator
