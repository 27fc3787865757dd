// A Coder server for tests and for trying the Coder backend without a cluster: the API of Coder on
// loopback, and workspaces that really run their script with our agent program.
//
// docs/coder-simulator.md says what it is true to and what only a real Coder can prove.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/faults.h"
#include "acceptance/coder_simulator/light.h"
#include "acceptance/coder_simulator/state.h"
#include "acceptance/coder_simulator/store.h"
#include "base/environment.h"
#include "base/files.h"

namespace ameide::simulator {

struct Options {
  uint16_t port = 0;  // on 127.0.0.1; 0: a free one
  // Workspaces go below it, and those that a killed simulator left there are ended and removed;
  // empty: a fresh folder in /tmp.
  fs::path state;
  fs::path secrets;          // <secret>/<key>, as the cluster would have them
  fs::path agent_program;    // ameide-agent; empty: workspaces have none
  fs::path terraform;        // with it, import jobs run `terraform validate` …
  fs::path provider_mirror;  // … with the providers from here; empty: as the environment has it
  Environment environment;   // of the simulator: PATH
  std::string user = "task-runner";
  std::string token;  // empty: a random one
  Pace pace;
  Faults faults;
  // Set: no workspace runs anything; pace.script says how long its script takes, and this makes
  // what it leaves. Called on one thread.
  MakeEvidence light;
  const Clock* clock = nullptr;  // what the server calls now; null: the system's. Must outlive it.
};

// What a test asks about a workspace.
struct WorkspaceView {
  std::string id, name, owner, status;  // status as in facts 3.2
  std::string lifecycle;                // empty without an agent
  int builds = 0;
  bool deleted = false;
  fs::path folder;  // of its files, while it has any
  std::map<std::string, std::string> parameters;
};

// Thread-safe.
class Simulator {
 public:
  // kInvalid: a program or folder that is not there. kConflict: another simulator works in the
  // state folder, or something else is in it.
  static Result<std::unique_ptr<Simulator>> Start(Options options);
  virtual ~Simulator() = default;  // ends every workspace and leaves nothing

  virtual std::string origin() const = 0;  // "http://127.0.0.1:4711"
  virtual std::string token() const = 0;
  // Another user of the same organization; returns the token.
  virtual std::string AddUser(const std::string& name, bool template_admin) = 0;

  // From now on; Turn takes "delete-fails=1".
  virtual Status Turn(std::string_view knob) = 0;
  virtual void Clear(Fault fault) = 0;

  virtual std::vector<RequestRecord> requests() const = 0;
  virtual std::vector<WorkspaceView> workspaces() const = 0;
  // For what the views do not show. The function runs under the simulator's lock.
  virtual Store& store() = 0;
};

}  // namespace ameide::simulator
