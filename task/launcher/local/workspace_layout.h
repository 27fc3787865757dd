// What lies where in a local workspace, and the small files that its processes speak through.
//
//   request.json     identity and settings; written first, removed last: it says whose folder it is
//   supervisor.json  the supervisor's process, by itself, before the run starts
//   agent.json       the agent program's process: while it guards secrets, nobody can read its
//                    environment or working directory, which are what else marks a run's processes
//   ended.json       how the agent program ended; its presence means the run has ended
//   retained         marker: the workspace stays although its launcher goes
//   spec.json task.json workspaces/<profile>/AGENTS.md evidence/ home/ tmp/ agent.log
//   supervisor.log
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/processes.h"
#include "base/result.h"
#include "base/subprocess.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

struct WorkspaceLayout {
  fs::path folder;

  fs::path request() const { return folder / "request.json"; }
  fs::path supervisor() const { return folder / "supervisor.json"; }
  fs::path agent() const { return folder / "agent.json"; }
  fs::path ended() const { return folder / "ended.json"; }
  fs::path retained() const { return folder / "retained"; }
  fs::path spec() const { return folder / "spec.json"; }
  fs::path contract() const { return folder / "task.json"; }
  fs::path profile_folder(const std::string& profile) const {
    return folder / "workspaces" / profile;
  }
  fs::path evidence() const { return folder / "evidence"; }
  fs::path secrets() const { return folder / "secrets"; }  // only until the agent has read them
  fs::path home() const { return folder / "home"; }
  fs::path temp() const { return folder / "tmp"; }
  fs::path agent_log() const { return folder / "agent.log"; }
  fs::path supervisor_log() const { return folder / "supervisor.log"; }
};

// request.json: all that a supervisor has to know besides the spec.
struct SupervisorRequest {
  std::string work_id;
  std::string run_id;
  ProcessId launcher;  // whose end of the lifeline the supervisor watches
  fs::path evidence_directory;
  WallTime started_at;
  Millis ttl_reserve{0};
  Millis cancel_grace{0};
  std::vector<std::string> agent;                  // argv prefix
  std::map<std::string, std::string> environment;  // the agent program's
  bool operator==(const SupervisorRequest&) const = default;
};

Status WriteRequest(const WorkspaceLayout& layout, const SupervisorRequest& request);
Result<SupervisorRequest> ReadRequest(const WorkspaceLayout& layout);

Status WriteSupervisorId(const WorkspaceLayout& layout, const ProcessId& process);
std::optional<ProcessId> ReadSupervisorId(const WorkspaceLayout& layout);  // nothing: not yet

Status WriteAgentId(const WorkspaceLayout& layout, const ProcessId& process);
std::optional<ProcessId> ReadAgentId(const WorkspaceLayout& layout);

// How the run ended, as the supervisor saw it.
struct EndedRun {
  ExitStatus status;       // the agent program's
  bool by_ttl = false;     // the supervisor had to kill it after the hard TTL
  bool by_cancel = false;  // somebody cancelled, or the launcher was lost
  WallTime time;
};
Status WriteEnded(const WorkspaceLayout& layout, const EndedRun& ended);
std::optional<EndedRun> ReadEnded(const WorkspaceLayout& layout);  // nothing: it runs

// Removes the folder, the identity last, so that a removal that was cut short is still a workspace
// that `List` and `Find` know.
Status RemoveWorkspace(const WorkspaceLayout& layout);

// Copies the regular files of evidence/ (no link is followed or copied) up to the limits of an
// evidence bundle; run.log first. `to` must not exist. kNotFound when there is nothing, with what
// the programs said on stderr.
Status CopyEvidence(const WorkspaceLayout& layout, const fs::path& to);

}  // namespace ameide::task
