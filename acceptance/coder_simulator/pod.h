// One running workspace: its folder, the script's run, the publisher's container, and the looks at
// its apps.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "acceptance/coder_simulator/pod_plan.h"
#include "acceptance/coder_simulator/store.h"
#include "base/http/client.h"
#include "base/subprocess.h"

namespace ameide::simulator {

// Thread-safe. `store` and `clock` must outlive it.
class Pod {
 public:
  // Makes the folder; nothing runs yet.
  static Result<std::unique_ptr<Pod>> Make(PodPlan plan, const PodSettings& settings, Store& store,
                                           const Clock& clock);
  ~Pod();  // as End
  Pod(const Pod&) = delete;
  Pod& operator=(const Pod&) = delete;

  const PodPlan& plan() const { return plan_; }
  http::Client& client() { return *client_; }  // to the workspace's own port
  // As in the task's container: words before, environment, folder.
  SpawnOptions CommandInside(std::vector<std::string> argv) const;

  // Starts everything, unless it was killed before.
  void Run();
  // The agent starts anew: the script is killed and runs again.
  void Restart();
  // Every process ends and nothing is reported any more. The folder stays.
  Status Kill();

 private:
  Pod(PodPlan plan, const PodSettings& settings, Store& store, const Clock& clock,
      std::unique_ptr<http::Client> client);
  Status MakeFolders() const;
  void RunScripts(std::stop_token stop);
  void RunPublisher(std::stop_token stop);
  void WatchApps(std::stop_token stop);
  std::vector<std::string> AsUser(unsigned user, std::vector<std::string> argv) const;

  PodPlan plan_;
  PodSettings settings_;
  Store& store_;
  const Clock& clock_;
  std::unique_ptr<http::Client> client_;
  std::mutex mutex_;
  std::mutex life_mutex_;  // a start, a deadline and a delete may come at once
  bool killed_ = false;
  std::stop_source run_;  // of the present run of the script
  std::atomic<bool> again_ = false;
  std::jthread scripts_, publisher_, apps_;
};

}  // namespace ameide::simulator
