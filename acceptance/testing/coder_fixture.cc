#include "acceptance/testing/coder_fixture.h"

#include <algorithm>

#include "acceptance/test_repository.h"
#include "base/digest.h"
#include "base/strings.h"
#include "generator/render/render.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/authorize.h"

namespace ameide::acceptance {
namespace {

constexpr char kImage[] =
    "registry.example/image@sha256:"
    "1111111111111111111111111111111111111111111111111111111111111111";

// Parts of paths of what a Coder without a licence lacks, and of its tasks, which are going away.
constexpr std::string_view kLicensedRoutes[] = {
    "/licenses",     "/entitlements", "/groups",
    "/tasks",        "/aitasks",      "/experimental",
    "/quota",        "/prebuilds",    "/proxies",
    "/appearance",   "/scim",         "/workspaceproxies",
    "/replicas",     "/audit",        "/provisionerkeys",
    "/connectionlog"};

simulator::Options WithAgent(simulator::Options options) {
  if (options.agent_program.empty()) {
    options.agent_program = fs::path(AMEIDE_BUILD_DIR) / "bin/ameide-agent";
  }
  return options;
}

fs::path MakeRemote(const fs::path& root) {
  TestRepository repository(root / "work");
  MakeDirectories(root / "remotes").value();
  const fs::path remote = root / "remotes/repo.git";
  repository.Git({"clone", "-q", "--bare", ".", remote.string()});
  repository.Git({"-C", remote.string(), "config", "http.receivepack", "true"});
  return root / "remotes";
}

}  // namespace

task::Profile AnyRepositoryProfile(const std::string& name) {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    if (builtin.name != name) continue;
    task::Profile profile = *task::ProfileFromYaml(builtin.yaml, builtin.file).value;
    profile.contract.repositories = {"*"};
    profile.deployment.agent_image = kImage;
    if (!profile.deployment.publisher_image.empty()) profile.deployment.publisher_image = kImage;
    return profile;
  }
  throw std::runtime_error("no such profile is built in: " + name);
}

task::Profile CoderProfile() {
  task::Profile profile = AnyRepositoryProfile("code");
  std::erase_if(profile.contract.secrets,
                [](const task::SecretGrant& grant) { return grant.secret != "gh-push"; });
  return profile;
}

// "fake-push-token" is what Simulated gives the cluster as gh-push/token.
CoderWorld::CoderWorld(simulator::Options options, std::vector<task::Profile> profiles)
    : profiles_(std::move(profiles)),
      simulated_(WithAgent(std::move(options))),
      git_(MakeRemote(dir_.path()), "x-access-token", "fake-push-token") {
  for (const task::Profile& profile : profiles_) {
    for (const task::SecretGrant& grant : profile.contract.secrets) {
      const fs::path file = simulated_.secrets() / grant.secret / grant.key;
      if (Exists(file)) continue;
      MakeDirectories(file.parent_path()).value();
      WriteFileAtomically(file, StrCat("fake-", grant.env, "-value")).value();
    }
    simulated_.PushTemplate(StrCat("ameide-", profile.contract.name), generator::Render(profile));
  }
  // As `ameide-templates push` sets it.
  server().store().Update([](simulator::State& state, WallTime) {
    for (simulator::Template& pushed : state.templates) pushed.allow_user_cancel = true;
  });
}

task::CoderParts CoderWorld::Parts(bool allow_orphan_delete) {
  task::CoderSettings settings;
  settings.allow_orphan_delete = allow_orphan_delete;
  return Parts(settings);
}

task::CoderParts CoderWorld::Parts(const task::CoderSettings& settings, const Clock* clock) {
  auto parts = task::MakeCoderParts({.url = server().origin(), .token = server().token()}, settings,
                                    state_, {}, clock == nullptr ? clock_ : *clock);
  EXPECT_TRUE(parts.ok()) << parts.error().ToString();
  return *std::move(parts);
}

task::TaskSpec CoderWorld::Wanted(const std::string& work_id,
                                  std::vector<std::string> command) const {
  task::TaskSpec spec;
  spec.work_id = work_id;
  spec.profile = "code";
  spec.repository.url = RepositoryUrl();
  spec.command = std::move(command);
  spec.ttl = Millis(600'000);
  return spec;
}

task::TaskSpec CoderWorld::Spec(const std::string& work_id,
                                std::vector<std::string> command) const {
  auto spec = task::Authorize(Wanted(work_id, std::move(command)), profile().contract);
  EXPECT_TRUE(spec.ok());
  spec.value->run_id = StrCat("run-", RandomHex(6));
  return *spec.value;
}

std::vector<std::string> CoderWorld::Complaints(int delete_builds) {
  std::vector<std::string> found;
  for (const simulator::WorkspaceView& view : server().workspaces()) {
    if (!view.deleted) found.push_back(StrCat(view.name, " is there, ", view.status));
    if (Exists(view.folder)) found.push_back(view.folder.string());
  }
  server().store().Read([&](const simulator::State& state, WallTime) {
    for (const simulator::Workspace& workspace : state.workspaces) {
      const auto deletes =
          std::count_if(workspace.builds.begin(), workspace.builds.end(),
                        [](const simulator::Build& build) { return build.transition == "delete"; });
      if (deletes == delete_builds) continue;
      found.push_back(StrCat(workspace.name, " has ", deletes, " delete builds"));
    }
  });
  for (const simulator::RequestRecord& request : server().requests()) {
    for (const std::string& violation : request.violations) {
      found.push_back(StrCat(request.target, ": ", violation));
    }
    if (request.target.find(server().token()) != std::string::npos) {
      found.push_back("the token is in an address");
    }
    for (const std::string_view licensed : kLicensedRoutes) {
      if (request.target.find(licensed) != std::string::npos) found.push_back(request.target);
    }
  }
  return found;
}

}  // namespace ameide::acceptance
