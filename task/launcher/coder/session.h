// One Coder server as one user's launcher uses it: what the backend and the publisher share.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "task/coder/client.h"
#include "task/contract/task_spec.h"
#include "task/launcher/backend.h"
#include "task/launcher/coder/shared_answer.h"

namespace ameide::task {

struct CoderSettings {
  std::string organization = "default";     // id, name, or "default"
  std::string template_prefix = "ameide-";  // a profile's template is <prefix><profile>
  // Id of the version that workspaces are made from; empty: the template's active one. For trying a
  // version before it becomes active.
  std::string template_version = {};
  // When a workspace cannot be destroyed, let Coder forget it, so that what it was made of (a pod
  // with a deadline of its own) is left to itself. Needs the right to update the template.
  bool allow_orphan_delete = false;
  // How long destroying a workspace and proving it gone may take.
  Millis removal_bound{10 * 60'000};
};

// Of a task whose spec names no template.
std::string TemplateNameOf(const TaskSpec& spec, const CoderSettings& settings);

// What the parameters of a workspace say: they were given at its creation and cannot be changed.
struct CoderIdentity {
  std::string work_id;
  std::string run_id;
  std::string profile;           // a plain folder name, or empty
  std::string installation;      // who made it (InstallationIdOf); empty: nobody says
  std::optional<Millis> ttl;     // the pod's
  std::optional<TaskSpec> spec;  // when this program can read it
};

// Thread-safe.
class CoderSession {
 public:
  CoderSession(std::unique_ptr<coder::CoderClient> client, CoderSettings settings,
               const Clock& clock);

  coder::CoderClient& client() { return *client_; }
  const CoderSettings& settings() const { return settings_; }
  const Clock& clock() const { return clock_; }

  // The token's user; asked once.
  Result<std::string> Owner(std::stop_token stop);
  // The path app that serves evidence and takes the publish order.
  Result<coder::AppAddress> EvidenceApp(std::stop_token stop, const std::string& workspace);
  // Where a person would look at it.
  std::string Location(const std::string& owner, const std::string& workspace) const;
  // Nothing when the workspace is none of ours, whatever its name.
  Result<std::optional<CoderIdentity>> IdentityOf(std::stop_token stop,
                                                  const coder::Workspace& workspace);
  // Whether it is the workspace of that work_id and, when there is one, run_id.
  Result<bool> IsThat(std::stop_token stop, const coder::Workspace& workspace,
                      const Workspace& wanted);

 private:
  std::unique_ptr<coder::CoderClient> client_;
  CoderSettings settings_;
  const Clock& clock_;
  SharedAnswer<std::string> owners_;
  std::mutex mutex_;
  std::string owner_;
};

}  // namespace ameide::task
