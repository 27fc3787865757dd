#include "generator/render/helper_containers.h"

#include "generator/render/names.h"
#include "generator/render/pod_parts.h"

namespace ameide::generator {
namespace {

using hcl::Body;

constexpr std::string_view kProgramSize = "64Mi";
constexpr std::string_view kPublicationSize = "1Mi";
constexpr std::string_view kPublisherTmp = "/tmp";

std::string Parent(std::string_view folder) {
  return std::string(folder.substr(0, folder.rfind('/')));
}

}  // namespace

Body ProgramContainer(const task::Profile& profile) {
  std::vector<std::string> command = {"/ameide-agent", "install",
                                      std::string(task::kAgentProgramFolder)};
  if (HasPublisher(profile)) command.emplace_back(task::kPublisherProgramFolder);
  Body container;
  container.Attribute("name", hcl::String(kProgramContainer));
  container.Attribute("image", hcl::Ref(StrCat("var.", task::kVariableAgentImage)));
  container.Attribute("image_pull_policy", hcl::String("IfNotPresent"));
  container.Attribute("command", hcl::Strings(command));
  container.BlankLine().Block("resources", Resources(InstallerAmounts()));
  container.BlankLine().Block("security_context", ContainerSecurity({.user = kInstallerUser}));
  AddMount({kProgramVolume, Parent(task::kAgentProgramFolder)}, &container);
  if (HasPublisher(profile)) {
    AddMount({kPublisherProgramVolume, Parent(task::kPublisherProgramFolder)}, &container);
  }
  return container;
}

std::vector<std::string> PublisherCommand(const task::Profile& profile) {
  return {StrCat(task::kPublisherProgramFolder, "/ameide-agent"),
          "publish",
          "await",
          "--workspace",
          WorkspaceFolder(profile),
          "--publication",
          std::string(task::kPublicationFolder),
          "--work",
          StrCat(kPublisherTmp, "/publish")};
}

std::vector<std::string> PublisherVariables(const task::Profile& profile) {
  std::vector<std::string> names = {"HOME", std::string(kEnvSpec), std::string(kEnvContract),
                                    std::string(kEnvPublishKey)};
  for (const task::SecretGrant& grant : profile.contract.secrets) {
    if (GrantedFor(grant, task::Phase::kPr)) names.push_back(grant.env);
  }
  return names;
}

Body PublisherContainer(const task::Profile& profile) {
  Body container;
  container.Attribute("name", hcl::String(kPublisherContainer));
  container.Attribute("image", hcl::String(profile.deployment.publisher_image));
  container.Attribute("image_pull_policy", hcl::String("IfNotPresent"));
  container.Attribute("command", hcl::Strings(PublisherCommand(profile)));
  AddEnv("HOME", hcl::String(kPublisherTmp), &container);
  AddEnv(kEnvSpec, hcl::Ref("data.coder_parameter.spec.value"), &container);
  AddEnv(kEnvContract, FileInBase64("task.json"), &container);
  AddEnv(kEnvPublishKey, hcl::Ref("data.coder_parameter.publish_key.value"), &container);
  for (const task::SecretGrant& grant : profile.contract.secrets) {
    if (GrantedFor(grant, task::Phase::kPr)) AddSecretEnv(grant.env, grant, &container);
  }
  container.BlankLine().Block("resources", Resources(PublisherAmounts()));
  container.BlankLine().Block("security_context", ContainerSecurity({.user = kPublisherUser}));
  AddMount({kWorkspacesVolume, std::string(task::kWorkspacesRoot), true}, &container);
  AddMount({kPublisherProgramVolume, Parent(task::kPublisherProgramFolder), true}, &container);
  AddMount({kPublicationVolume, std::string(task::kPublicationFolder)}, &container);
  AddMount({kPublisherTmpVolume, std::string(kPublisherTmp)}, &container);
  return container;
}

void AddHelperVolumes(const task::Profile& profile, Body* spec) {
  AddEmptyDir(kProgramVolume, kProgramSize, spec);
  if (!HasPublisher(profile)) return;
  AddEmptyDir(kPublisherProgramVolume, kProgramSize, spec);
  AddEmptyDir(kPublicationVolume, kPublicationSize, spec);
  AddEmptyDir(kPublisherTmpVolume, PublisherAmounts().storage, spec);
}

}  // namespace ameide::generator
