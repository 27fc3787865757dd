// What the containers of a pod are made of, as HCL for the kubernetes provider. Pure.
#pragma once

#include <string_view>

#include "generator/hcl/body.h"
#include "generator/render/amounts.h"
#include "task/contract/profile.h"

namespace ameide::generator {

// The provider sends values of its own for everything that is not written out, and a container's
// block replaces the pod's. So all of it is always written.
struct Posture {
  std::string_view user;  // "0" for the image builder
  bool builder = false;   // root, a writable root and the seven capabilities
};
hcl::Body ContainerSecurity(const Posture& posture);
hcl::Body PodSecurity(const Posture& posture);

// What envbuilder 1.3.0 needs to unpack and build an image as root; with one of them missing it
// fails or, for FSETID, drops file modes silently. The task itself runs without any.
const std::vector<std::string>& BuilderCapabilities();

hcl::Body Resources(const Amounts& amounts);  // requests equal limits

void AddEnv(std::string_view name, hcl::Expr value, hcl::Body* container);
// The value of `grant`, by name alone.
void AddSecretEnv(std::string_view name, const task::SecretGrant& grant, hcl::Body* container);

struct Mount {
  std::string_view volume;
  std::string path;
  bool read_only = false;
  std::string_view sub_path = {};
};
void AddMount(const Mount& mount, hcl::Body* container);
void AddEmptyDir(std::string_view name, std::string_view size_limit, hcl::Body* spec);

// An attribute of the template's coder_agent.
hcl::Expr AgentValue(std::string_view name);
// filebase64("${path.module}/name")
hcl::Expr FileInBase64(std::string_view name);

// What pods of tasks and of people share: identity, scheduling, nothing of the host.
hcl::Expr PodLabels(const task::Profile& profile, std::string_view app);
void AddScheduling(const task::Deployment& deployment, hcl::Body* spec);
void AddIdentity(std::string_view service_account, bool token, hcl::Body* spec);

// Variables that make envbuilder build the devcontainer of the primary repository and then start
// Coder's agent. `checkout` is where it clones to; `credential` may be null.
void AddBuilderEnv(const task::Profile& profile, std::string_view checkout,
                   const task::SecretGrant* credential, hcl::Body* container);

}  // namespace ameide::generator
