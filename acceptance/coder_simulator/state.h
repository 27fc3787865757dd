// Everything a Coder server knows, as plain values. No I/O, no clock: transitions.h changes it as a
// function of the time given.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acceptance/coder_simulator/faults.h"
#include "acceptance/coder_simulator/template_model.h"
#include "base/clock.h"

namespace ameide::simulator {

struct User {
  std::string id, name, token;
  bool template_admin = true;  // may update templates, so may orphan workspaces
  bool site_owner = false;     // may cancel every build
};

struct UploadedFile {
  std::string id, user_id, sha256, content_type, bytes;
  WallTime created_at;
};

enum class JobStatus { kPending, kRunning, kSucceeded, kFailed, kCanceling, kCanceled };
std::string ToString(JobStatus status);

struct JobLog {
  int64_t id = 0;
  WallTime at;
  std::string level, stage, output;
};

struct Job {
  std::string id, type, file_id, initiator_id;  // type: template_version_import, workspace_build
  WallTime created_at;
  std::optional<WallTime> started_at, completed_at, cancel_asked_at;
  JobStatus status = JobStatus::kPending;
  std::string error, error_code;
  std::vector<JobLog> logs;
  size_t log_bytes = 0;
  bool logs_overflowed = false;
  int provisioners = 1;  // that could take it

  bool Active() const;
  bool Succeeded() const { return status == JobStatus::kSucceeded; }
};

struct Template {
  std::string id, name, display_name, description, icon, active_version_id, created_by_id;
  WallTime created_at, updated_at;
  bool deleted = false;
  std::string deprecation_message;
  int64_t default_ttl_ms = 0;
  int64_t activity_bump_ms = 3'600'000;
  bool allow_user_cancel = false;
  bool allow_user_autostop = true;
};

struct TemplateVersion {
  std::string id, name, message, template_id, file_id;  // template_id: empty until it has one
  bool archived = false;
  Job job;
  std::map<std::string, std::string> variables;
  std::shared_ptr<const TemplateModel> model;  // once imported
};

struct AgentLog {
  int64_t id = 0;
  WallTime at;
  std::string level, output, source_id;
};

// What the agent says about a script run (facts 4.2).
struct ScriptReport {
  std::string status;  // ok, exit_failure, timed_out, pipes_left_open
  int exit_code = 0;
  WallTime started_at, ended_at;
};

struct Script {
  std::string id, log_source_id, display_name, text;
  int64_t timeout_seconds = 0;
  std::optional<ScriptReport> report;     // of the newest run
  std::optional<ScriptReport> first_run;  // what timings keep
  std::optional<ScriptReport> on_its_way;
  WallTime arrives_at;
};

struct AppStatus {
  std::string id, state, message, uri;
  WallTime created_at;
};

struct App {
  AppModel model;
  std::string id;
  std::string health = "disabled";
  std::vector<AppStatus> statuses;
};

struct Agent {
  std::string id, name, token, resource_id, os, arch, log_source_id;
  WallTime created_at;
  std::optional<WallTime> first_connected_at, last_connected_at, disconnected_at, started_at,
      ready_at;
  std::string lifecycle = "created";
  std::string untold_lifecycle;  // reached while it was cut off
  int connection_timeout = 120;
  std::map<std::string, std::string> environment;
  std::vector<Script> scripts;
  std::vector<App> apps;
  std::vector<AgentLog> logs;
  std::vector<AgentLog> unsent;  // written while it was cut off
  size_t log_bytes = 0;
  bool logs_overflowed = false;
  bool restarted = false;
  bool was_cut_off = false;
  bool light = false;      // its script runs nothing, and ends by itself
  bool pod_asked = false;  // its pod is being started, runs, or could not start
};

struct Build {
  std::string id, transition, reason, version_id, initiator_id;
  int number = 1;
  WallTime created_at, updated_at;
  bool orphan = false;
  Job job;
  std::map<std::string, std::string> parameters;
  std::optional<WallTime> deadline;
  std::optional<WallTime> pod_deadline;
  std::optional<Agent> agent;  // once a start build has succeeded
  bool torn_down = false;      // a stop or delete has begun its work

  std::string Status() const;  // of the workspace: facts 3.2
};

struct Workspace {
  std::string id, name, owner_id, template_id;
  WallTime created_at, updated_at, last_used_at;
  std::optional<WallTime> dormant_at;
  int64_t ttl_ms = 0;  // 0: none
  std::string automatic_updates = "never";
  std::vector<Build> builds;  // never empty
  bool deleted = false;

  // Template administrators see those of others, and site owners may do everything.
  bool IsFor(const User& user, bool change) const {
    return user.id == owner_id || user.site_owner || (user.template_admin && !change);
  }
  const Build& Latest() const { return builds.back(); }
  Build& Latest() { return builds.back(); }
};

// How long the steps take.
struct Pace {
  Millis queue{20};          // a job waits for a provisioner
  Millis work{30};           // a provisioner works
  Millis connect{20};        // from the agent's creation to its first connection
  Millis report{20};         // from the lifecycle change to the exit code
  Millis cut_off{300};       // from the start of scripts to a fault that hits them
  Millis heartbeat{15'000};  // of server-sent events, while nothing happens
  Millis look{20};           // between two looks for what watchers are told
  Millis script{1'000};      // of scripts that only take their time: Options::light
};

struct State {
  std::string access_url;
  std::string organization_id, organization_name = "coder";
  std::vector<User> users;
  std::vector<UploadedFile> files;
  std::vector<Template> templates;
  std::vector<TemplateVersion> versions;
  std::vector<Workspace> workspaces;
  // user and path → when, for the rate limit
  std::map<std::string, std::deque<WallTime>> requests;
  size_t most_requests = 0;  // of one user and path in a minute, so far
  Faults faults;
  Pace pace;
  std::string id_seed;
  uint64_t ids = 0;
  int64_t log_ids = 1000;

  std::string NewId();  // a UUID; the same seed gives the same ones
  Millis Slowly(Millis step) const;

  bool IsOrganization(std::string_view id_or_name) const;  // also "default"
  const User* FindUser(std::string_view id_or_name) const;
  const Template* FindTemplate(std::string_view id) const;
  const TemplateVersion* FindVersion(std::string_view id) const;
  const Workspace* FindWorkspace(std::string_view id) const;
  // Null when there is none; `of` gets the workspace.
  const Build* FindBuild(std::string_view id, const Workspace** of) const;
  const Agent* FindAgent(std::string_view id, const Workspace** of) const;
  template <class T>
  static T* Mutable(const T* value) {  // State owns everything it finds
    return const_cast<T*>(value);
  }
};

// The release that this server says it is.
std::string VersionOf(const State& state);
// Computed when somebody reads (facts 4.1).
std::string AgentStatus(const Agent& agent, WallTime now);

}  // namespace ameide::simulator
