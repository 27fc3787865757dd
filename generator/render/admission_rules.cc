// The rules of the admission policies, in CEL. Kubernetes fills in its defaults before it asks, so
// what has a default is there; everything else is asked for with has().
#include "generator/render/cluster_yaml.h"
#include "generator/render/helper_containers.h"
#include "generator/render/names.h"
#include "generator/render/pod_parts.h"

namespace ameide::generator {
namespace {

using Rules = std::vector<AdmissionRule>;

// Of containers and init containers; the variable is the policy's.
std::string Each(std::string_view condition) {
  return StrCat("variables.containers.all(c, ", condition, ")");
}

// Names of secrets, keys and containers have no quotes in them: the profile's loader sees to it.
std::string List(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(StrCat("'", word, "'"));
  return StrCat("[", StrJoin(quoted, ", "), "]");
}

std::string Quoted(std::string_view word) { return StrCat("'", word, "'"); }

// Every variable from a Secret is one of `allowed` ("secret/key").
std::string SecretsOf(std::string_view container, const std::vector<std::string>& allowed) {
  return Each(StrCat("c.name != ", Quoted(container),
                     " || !has(c.env) || c.env.all(e, !has(e.valueFrom) || "
                     "!has(e.valueFrom.secretKeyRef) || (e.valueFrom.secretKeyRef.name + '/' + "
                     "e.valueFrom.secretKeyRef.key) in ",
                     List(allowed), ")"));
}

std::vector<std::string> SecretKeys(const std::vector<task::SecretGrant>& grants, bool pr) {
  std::vector<std::string> keys;
  for (const task::SecretGrant& grant : grants) {
    if (GrantedFor(grant, task::Phase::kPr) == pr) {
      keys.push_back(StrCat(grant.secret, "/", grant.key));
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

void AddNamesOnly(Rules* rules) {
  // Whatever is named like a credential comes from a Secret. The agent's token is the one that
  // Coder itself makes for each workspace, and a public key to check orders with is none.
  rules->push_back(
      {Each(StrCat("!has(c.env) || c.env.all(e, e.name in ",
                   List({"CODER_AGENT_TOKEN", std::string(kEnvPublishKey)}),
                   " || !e.name.matches('TOKEN|SECRET|PASSWORD|CREDENTIAL|_KEY|_AUTH') || "
                   "!has(e.value) || e.value == '')")),
       "variables named like credentials must use secretKeyRef"});
  rules->push_back({Each("!has(c.envFrom)"),
                    "envFrom would take whole Secrets; name single keys with secretKeyRef"});
}

// The image builder alone may be root, and only with the capabilities it needs.
void AddPrivileges(const task::Profile& profile, Rules* rules) {
  const std::string builder = IsEnvbuilder(profile)
                                  ? StrCat(" || (c.name == ", Quoted(kTaskContainer),
                                           " && c.securityContext.capabilities.add.all(a, a in ",
                                           List(BuilderCapabilities()), "))")
                                  : "";
  rules->push_back(
      {Each("has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation) && "
            "!c.securityContext.allowPrivilegeEscalation"),
       "allowPrivilegeEscalation must be false in every container"});
  rules->push_back(
      {Each(StrCat("has(c.securityContext) && has(c.securityContext.capabilities) && "
                   "has(c.securityContext.capabilities.drop) && 'ALL' in "
                   "c.securityContext.capabilities.drop && "
                   "(!has(c.securityContext.capabilities.add)",
                   builder, ")")),
       IsEnvbuilder(profile)
           ? "containers drop ALL capabilities; only the image builder adds what it needs"
           : "containers drop ALL capabilities and add none"});
  rules->push_back(
      {Each(
           StrCat(IsEnvbuilder(profile) ? StrCat("c.name == ", Quoted(kTaskContainer), " || ") : "",
                  "(has(c.securityContext) && has(c.securityContext.runAsNonRoot) && "
                  "c.securityContext.runAsNonRoot)")),
       "runAsNonRoot must be true"});
}

void AddIsolation(std::string_view service_account, bool token, std::string_view volumes,
                  Rules* rules) {
  rules->push_back({StrCat("object.spec.serviceAccountName == ", Quoted(service_account)),
                    StrCat("the ServiceAccount must be ", service_account)});
  if (!token) {
    rules->push_back(
        {"has(object.spec.automountServiceAccountToken) && "
         "!object.spec.automountServiceAccountToken",
         "automountServiceAccountToken must be false"});
  }
  rules->push_back({"!has(object.spec.shareProcessNamespace) || !object.spec.shareProcessNamespace",
                    "containers must not see each other's processes"});
  rules->push_back({"!has(object.spec.ephemeralContainers)",
                    "a container for debugging could read the secrets of the others"});
  // The token of a ServiceAccount comes as a projected volume without any Secret in it.
  rules->push_back({StrCat("!has(object.spec.volumes) || object.spec.volumes.all(v, ", volumes,
                           token ? " || (has(v.projected) && (!has(v.projected.sources) || "
                                   "v.projected.sources.all(s, !has(s.secret))))"
                                 : "",
                           ")"),
                    "volumes are private to the pod: no hostPath, no Secret, no disk of others"});
  rules->push_back(
      {Each("c.image.matches('@sha256:[0-9a-f]{64}$')"), "images must be pinned by digest"});
}

void AddShape(const std::vector<std::string>& containers,
              const std::vector<std::string>& init_containers, Rules* rules) {
  rules->push_back({StrCat("object.spec.containers.map(c, c.name) == ", List(containers)),
                    StrCat("the containers must be ", StrJoin(containers, " and "))});
  rules->push_back(
      {init_containers.empty()
           ? "!has(object.spec.initContainers) || object.spec.initContainers.size() == 0"
           : StrCat("has(object.spec.initContainers) && object.spec.initContainers.map(c, c.name) "
                    "== ",
                    List(init_containers)),
       init_containers.empty()
           ? "there are no init containers"
           : StrCat("the only init container is ", StrJoin(init_containers, " and "))});
}

// What keeps the publisher's credential and words its own.
void AddPublisher(const task::Profile& profile, Rules* rules) {
  rules->push_back({StrCat("object.spec.containers.all(c, c.name != ", Quoted(kPublisherContainer),
                           " || (c.image == ", Quoted(profile.deployment.publisher_image),
                           " && has(c.command) && c.command == ", List(PublisherCommand(profile)),
                           " && !has(c.args) && !has(c.lifecycle) && !has(c.livenessProbe) && "
                           "!has(c.readinessProbe) && !has(c.startupProbe)))"),
                    "the publisher must run the profile's image and command"});
  rules->push_back(
      {StrCat("object.spec.containers.all(c, c.name == ", Quoted(kPublisherContainer),
              " || !has(c.volumeMounts) || c.volumeMounts.all(m, !(m.name in ",
              List({std::string(kPublisherProgramVolume), std::string(kPublisherTmpVolume)}),
              ") && (m.name != ", Quoted(kPublicationVolume),
              " || (has(m.readOnly) && m.readOnly))))"),
       "only the publisher may write what the publisher runs and says"});
  rules->push_back({StrCat("object.spec.containers.all(c, c.name != ", Quoted(kPublisherContainer),
                           " || !has(c.volumeMounts) || c.volumeMounts.all(m, m.name != ",
                           Quoted(kWorkspacesVolume), " || (has(m.readOnly) && m.readOnly)))"),
                    "the publisher must mount the workspaces read-only"});
  // PATH or LD_PRELOAD would let what the task wrote run beside the credential.
  rules->push_back({StrCat("object.spec.containers.all(c, c.name != ", Quoted(kPublisherContainer),
                           " || !has(c.env) || c.env.all(e, e.name in ",
                           List(PublisherVariables(profile)), "))"),
                    "the publisher gets the variables of its template and no others"});
}

}  // namespace

Rules TaskRules(const task::Profile& profile) {
  const int64_t max = Seconds(profile.contract.max_ttl);
  const std::string task(kTaskContainer);
  Rules rules = {
      {StrCat("has(object.spec.activeDeadlineSeconds) && object.spec.activeDeadlineSeconds <= ",
              max),
       StrCat("a task needs activeDeadlineSeconds of at most ", max)},
      {"object.spec.restartPolicy == 'Never'", "a task runs once: restartPolicy must be Never"}};
  AddShape(HasPublisher(profile) ? std::vector<std::string>{task, std::string(kPublisherContainer)}
                                 : std::vector<std::string>{task},
           {std::string(kProgramContainer)}, &rules);
  AddIsolation(profile.deployment.service_account, NeedsClusterToken(profile), "has(v.emptyDir)",
               &rules);
  AddPrivileges(profile, &rules);
  AddNamesOnly(&rules);
  const auto& secrets = profile.contract.secrets;
  rules.push_back({SecretsOf(task, SecretKeys(secrets, false)),
                   "the task may use only the Secrets that its profile grants to the command"});
  rules.push_back({SecretsOf(kProgramContainer, {}), "the init container gets no Secret"});
  if (HasPublisher(profile)) {
    rules.push_back({SecretsOf(kPublisherContainer, SecretKeys(secrets, true)),
                     "the publisher may use only the Secrets of the phase pr"});
    AddPublisher(profile, &rules);
  }
  return rules;
}

Rules HumanRules(const task::Profile& profile) {
  Rules rules;
  AddShape({std::string(kTaskContainer)}, {}, &rules);
  AddIsolation(profile.human->service_account, false,
               "has(v.emptyDir) || (has(v.persistentVolumeClaim) && "
               "v.persistentVolumeClaim.claimName == object.metadata.name)",
               &rules);
  AddPrivileges(profile, &rules);
  AddNamesOnly(&rules);
  rules.push_back({SecretsOf(kTaskContainer, SecretKeys(profile.human->secrets, false)),
                   "a person's workspace may use only the Secrets that the profile grants to it"});
  return rules;
}

}  // namespace ameide::generator
