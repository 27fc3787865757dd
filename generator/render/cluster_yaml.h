// cluster/*.yaml: what a platform team applies once per profile and mode. The template alone may
// only make pods; everything that bounds them is here, out of its reach. Pure.
#pragma once

#include <string>
#include <vector>

#include "generator/render/amounts.h"
#include "generator/render/render.h"
#include "task/contract/profile.h"

namespace ameide::generator {

// One rule of the admission policy: an expression in CEL over `object`, the pod.
struct AdmissionRule {
  std::string expression;
  std::string message;
};

// A namespace and all that bounds the pods in it.
struct Cluster {
  std::string name;  // of the policy: the profile's, or "<profile>-human"
  std::string namespace_name;
  std::string service_account;
  Amounts pod;                // of one pod, for the quota
  Amounts largest;            // of one container
  bool has_disks = false;     // one claim per workspace
  bool has_deadline = false;  // pods without one are refused by the quota, too
  std::vector<AdmissionRule> rules;
  const task::Profile* profile = nullptr;  // not owned; the rest of it
};

Cluster TaskCluster(const task::Profile& profile);
// Only for a profile with a human mode.
Cluster HumanCluster(const task::Profile& profile);

FileSet ClusterYaml(const Cluster& cluster);

// One ValidatingAdmissionPolicy and its binding, so that the rules hold for any pod of the
// namespace, not only for generated ones.
std::vector<Json> AdmissionPolicy(const Cluster& cluster);

// The rules for pods of tasks and of people.
std::vector<AdmissionRule> TaskRules(const task::Profile& profile);
std::vector<AdmissionRule> HumanRules(const task::Profile& profile);

}  // namespace ameide::generator
