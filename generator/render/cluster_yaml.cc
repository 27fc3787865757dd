#include "generator/render/cluster_yaml.h"

#include "generator/render/human_tf.h"
#include "generator/render/names.h"
#include "generator/render/yaml_print.h"

namespace ameide::generator {
namespace {

using Documents = std::vector<Json>;
using task::Deployment;

constexpr int kMaxPods = 20;

Json Labels(const Cluster& cluster) {
  return Json::Object{{"app.kubernetes.io/managed-by", kManagedBy},
                      {std::string(kProfileLabel), cluster.profile->contract.name}};
}

// Name, namespace and labels of an object in the cluster's namespace.
Json Metadata(const Cluster& cluster, std::string_view name) {
  return Json::Object{
      {"name", name}, {"namespace", cluster.namespace_name}, {"labels", Labels(cluster)}};
}

Json Object(std::string_view api_version, std::string_view kind, Json metadata) {
  return Json::Object{
      {"apiVersion", api_version}, {"kind", kind}, {"metadata", std::move(metadata)}};
}

Documents Namespace(const Cluster& cluster) {
  // An image builder needs root and seven capabilities, which "restricted" does not admit.
  const std::string level = IsEnvbuilder(*cluster.profile) ? "baseline" : "restricted";
  Json labels = Labels(cluster);
  for (const char* mode : {"audit", "enforce", "warn"}) {
    labels.Set(StrCat("pod-security.kubernetes.io/", mode), level);
  }
  return {Object("v1", "Namespace",
                 Json::Object{{"name", cluster.namespace_name}, {"labels", std::move(labels)}})};
}

Json Binding(Json metadata, std::string_view role_kind, std::string_view role,
             std::string_view account, std::string_view account_namespace) {
  Json binding = Object("rbac.authorization.k8s.io/v1", "RoleBinding", std::move(metadata));
  binding.Set(
      "roleRef",
      Json::Object{{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", role_kind}, {"name", role}});
  binding.Set("subjects", Json::Array{Json::Object{{"kind", "ServiceAccount"},
                                                   {"name", account},
                                                   {"namespace", account_namespace}}});
  return binding;
}

Json Rule(std::string_view resource, const std::vector<std::string>& verbs) {
  return Json::Object{{"apiGroups", Json::Array{""}},
                      {"resources", Json::Array{resource}},
                      {"verbs", Json::Strings(verbs)}};
}

// No verb on Secrets: reading one through Terraform would put its value into the workspace's state.
Json ProvisionerRole(const Cluster& cluster) {
  const std::vector<std::string> all = {"create", "delete", "get",  "list",
                                        "patch",  "update", "watch"};
  Json role =
      Object("rbac.authorization.k8s.io/v1", "Role", Metadata(cluster, "ameide-task-provisioner"));
  Json::Array rules = {Rule("pods", all), Rule("events", {"get", "list"})};
  if (cluster.has_disks) rules.push_back(Rule("persistentvolumeclaims", all));
  role.Set("rules", std::move(rules));
  return role;
}

// Predeclared ClusterRoles, bound in this namespace or where the deployed system runs. None is
// made here.
Documents TaskRoles(const Cluster& cluster) {
  const Deployment& deployment = cluster.profile->deployment;
  Documents documents;
  for (const std::string& role : deployment.roles) {
    documents.push_back(Binding(Metadata(cluster, StrCat("task-", role)), "ClusterRole", role,
                                cluster.service_account, cluster.namespace_name));
  }
  for (const std::string& role : deployment.environment_roles) {
    Json metadata = Metadata(cluster, StrCat("ameide-task-", cluster.name, "-", role));
    metadata.Set("namespace", deployment.environment_namespace);
    documents.push_back(Binding(std::move(metadata), "ClusterRole", role, cluster.service_account,
                                cluster.namespace_name));
  }
  return documents;
}

Documents Access(const Cluster& cluster) {
  const Deployment& deployment = cluster.profile->deployment;
  Json account = Object("v1", "ServiceAccount", Metadata(cluster, cluster.service_account));
  account.Set("automountServiceAccountToken", false);
  Documents documents = {
      std::move(account), ProvisionerRole(cluster),
      Binding(Metadata(cluster, "ameide-task-provisioner"), "Role", "ameide-task-provisioner",
              deployment.provisioner_service_account, deployment.provisioner_namespace)};
  if (!cluster.has_deadline) return documents;  // people get no role of a task
  for (Json& binding : TaskRoles(cluster)) documents.push_back(std::move(binding));
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

Documents Network(const Cluster& cluster) {
  Json policy = Object("networking.k8s.io/v1", "NetworkPolicy", Metadata(cluster, "ameide-task"));
  policy.Set("spec", Json::Object{{"podSelector", Json::Object{}},
                                  {"policyTypes", Json::Strings({"Ingress", "Egress"})},
                                  {"ingress", Json::Array{}},
                                  {"egress", EgressRules(cluster.profile->deployment)}});
  return {std::move(policy)};
}

Documents Limits(const Cluster& cluster) {
  const Amounts total = Times(cluster.pod, kMaxPods);
  Json hard =
      Json::Object{{"pods", std::to_string(kMaxPods)},
                   {"persistentvolumeclaims", std::to_string(cluster.has_disks ? kMaxPods : 0)},
                   {"services", "0"}};
  for (const char* prefix : {"requests.", "limits."}) {
    const Json amounts = ToJson(total, prefix);
    for (const auto& [key, amount] : *amounts.AsObject()) hard.Set(key, amount);
  }
  Json quota = Object("v1", "ResourceQuota", Metadata(cluster, "ameide-task"));
  quota.Set("spec", Json::Object{{"hard", std::move(hard)}});
  const Json usual = ToJson(TaskAmounts(cluster.profile->deployment));
  Json range = Object("v1", "LimitRange", Metadata(cluster, "ameide-task"));
  range.Set("spec",
            Json::Object{{"limits", Json::Array{Json::Object{{"type", "Container"},
                                                             {"default", usual},
                                                             {"defaultRequest", usual},
                                                             {"max", ToJson(cluster.largest)}},
                                                Json::Object{{"type", "Pod"},
                                                             {"max", ToJson(cluster.pod)}}}}});
  Documents documents = {std::move(quota), std::move(range)};
  if (!cluster.has_deadline) return documents;
  // Pods without a deadline count as "not terminating": there may be none.
  Json endless = Object("v1", "ResourceQuota", Metadata(cluster, "ameide-task-deadline"));
  endless.Set("spec", Json::Object{{"hard", Json::Object{{"pods", "0"}}},
                                   {"scopes", Json::Array{"NotTerminating"}}});
  documents.push_back(std::move(endless));
  return documents;
}

}  // namespace

Cluster TaskCluster(const task::Profile& profile) {
  const Deployment& deployment = profile.deployment;
  Cluster cluster;
  cluster.name = profile.contract.name;
  cluster.namespace_name = deployment.namespace_name;
  cluster.service_account = deployment.service_account;
  // Init containers run before the others and need less than they do.
  cluster.pod = cluster.largest = Larger(TaskAmounts(deployment), InstallerAmounts());
  if (HasPublisher(profile)) {
    cluster.pod = Sum(TaskAmounts(deployment), PublisherAmounts());
    cluster.largest = Larger(cluster.largest, PublisherAmounts());
  }
  cluster.has_deadline = true;
  cluster.rules = TaskRules(profile);
  cluster.profile = &profile;
  return cluster;
}

Cluster HumanCluster(const task::Profile& profile) {
  Cluster cluster;
  cluster.name = HumanName(profile);
  cluster.namespace_name = profile.human->namespace_name;
  cluster.service_account = profile.human->service_account;
  cluster.pod = cluster.largest = TaskAmounts(profile.deployment);
  cluster.has_disks = true;
  cluster.rules = HumanRules(profile);
  cluster.profile = &profile;
  return cluster;
}

FileSet ClusterYaml(const Cluster& cluster) {
  const std::string head = StrCat("# ", kMadeBy, "\n");
  FileSet files;
  // `kubectl apply -f cluster/` goes by file name, and all else is in the namespace.
  files["cluster/00-namespace.yaml"] = head + ToYaml(Namespace(cluster));
  files["cluster/access.yaml"] = head + ToYaml(Access(cluster));
  files["cluster/admission.yaml"] = head + ToYaml(AdmissionPolicy(cluster));
  files["cluster/limits.yaml"] = head + ToYaml(Limits(cluster));
  files["cluster/network.yaml"] = head + ToYaml(Network(cluster));
  return files;
}

}  // namespace ameide::generator
