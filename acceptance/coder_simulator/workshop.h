// All running workspaces: what the effects of transitions come to outside of the state.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "acceptance/coder_simulator/light.h"
#include "acceptance/coder_simulator/pod.h"
#include "acceptance/coder_simulator/terminal.h"
#include "acceptance/coder_simulator/transitions.h"

namespace ameide::simulator {

// Thread-safe. `store` and `clock` must outlive it.
class Workshop {
 public:
  // With `light`, workspaces run nothing.
  Workshop(PodSettings settings, MakeEvidence light, Store& store, const Clock& clock)
      : settings_(std::move(settings)), light_(std::move(light)), store_(store), clock_(clock) {}

  // Blocks until done, which may take seconds.
  void RunScripts(const std::string& workspace_id);
  void Restart(const std::string& workspace_id);
  void KillPod(const std::string& workspace_id);
  // Processes and folder go; the error says what is left.
  Status TearDown(const std::string& workspace_id);
  void TearDownAll();

  // Null when the workspace does not run.
  std::shared_ptr<Pod> Find(const std::string& workspace_id) const;
  // What a workspace that runs nothing leaves; null for every other one.
  std::shared_ptr<const EvidenceFiles> EvidenceOf(const std::string& workspace_id) const;
  // The session of that name, or a new one.
  Result<std::shared_ptr<TerminalSession>> Terminal(const TerminalRequest& request);

 private:
  void RunLightly(const std::string& workspace_id);

  PodSettings settings_;
  MakeEvidence light_;
  Store& store_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Pod>> pods_;
  std::map<std::string, std::shared_ptr<const EvidenceFiles>> evidence_;
  // By workspace and session.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<TerminalSession>> terminals_;
};

}  // namespace ameide::simulator
