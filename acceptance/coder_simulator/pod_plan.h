// What is started for a workspace, with every folder below the workspace's own and every value in
// place. The one reading of the file system is that of secrets.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/state.h"
#include "acceptance/coder_simulator/template_plan.h"
#include "base/environment.h"
#include "base/files.h"

namespace ameide::simulator {

struct PodSettings {
  fs::path folder;           // of all workspaces
  fs::path secrets;          // <secret>/<key>; empty: there are none
  fs::path agent_program;    // what the init container would bring
  Environment environment;   // the simulator's own; PATH is taken from it
  bool change_user = false;  // run as others; only root can
  Millis grace{10'000};
  Millis health{250};  // between two looks at an app
};

// Users that pods run as, when the simulator may choose: nobody, and the publisher's own.
inline constexpr unsigned kTaskUser = 65534;
inline constexpr unsigned kPublisherUser = 65533;

struct PodPlan {
  std::string workspace_id, agent_id;
  fs::path root;      // this workspace's folder
  uint16_t port = 0;  // free on loopback; stands for the one in the template
  std::string declared_port;
  std::string script;
  Millis timeout{0};
  std::map<std::string, std::string> environment;
  std::vector<AppModel> apps;
  unsigned task_user = kTaskUser;

  struct Publisher {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment;
    unsigned user = kPublisherUser;
  };
  std::optional<Publisher> publisher;
};

// kNotFound names a secret that is not there: a real pod would wait for it for ever.
Result<PodPlan> MakePodPlan(const State& state, const Workspace& workspace,
                            const PodSettings& settings);

// http://localhost:<declared>/path → "/path" when it is an address of the pod's own port.
std::optional<std::string> PathOfAppUrl(const PodPlan& plan, std::string_view url);

}  // namespace ameide::simulator
