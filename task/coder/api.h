// What we use of Coder's API v2, as plain values. What a server may leave out is optional; words we
// do not know become kUnknown. Sources: Coder's OpenAPI document of the 2.34 line, and the server's
// source where the two differ. docs/coder-backend.md says which releases are meant.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace ameide::coder {

struct BuildInfo {
  std::string version;  // "v2.34.1+abc1234"
  std::string dashboard_url;
  bool operator==(const BuildInfo&) const = default;
};

struct User {
  std::string id;
  std::string username;
  std::vector<std::string> organization_ids;
  bool operator==(const User&) const = default;
};

struct Organization {
  std::string id;
  std::string name;
  bool is_default = false;
  bool operator==(const Organization&) const = default;
};

struct Template {
  std::string id;
  std::string name;
  std::string organization_id;
  std::string active_version_id;
  std::string display_name;
  std::string description;
  std::string icon;
  std::string deprecation_message;
  bool deprecated = false;
  int64_t default_ttl_ms = 0;
  int64_t activity_bump_ms = 0;
  std::optional<bool> allow_user_cancel_workspace_jobs;
  std::optional<bool> use_classic_parameter_flow;
  bool operator==(const Template&) const = default;
};

enum class JobStatus { kUnknown, kPending, kRunning, kSucceeded, kCanceling, kCanceled, kFailed };
bool IsActive(JobStatus status);  // an unknown status may still end

struct Job {
  std::string id;
  JobStatus status = JobStatus::kUnknown;
  std::string error;
  std::string error_code;  // REQUIRED_TEMPLATE_VARIABLES, INSUFFICIENT_QUOTA
  bool logs_overflowed = false;
  bool operator==(const Job&) const = default;
};

// How many provisioner daemons could take the job; 0 means that nobody ever will.
struct MatchedProvisioners {
  int64_t count = 0;
  int64_t available = 0;
  bool operator==(const MatchedProvisioners&) const = default;
};

struct TemplateVersion {
  std::string id;
  std::string name;
  std::string template_id;
  std::string message;
  bool archived = false;
  Job job;
  std::optional<MatchedProvisioners> matched_provisioners;
  bool operator==(const TemplateVersion&) const = default;
};

struct RichParameter {
  std::string name;
  std::string type;  // string, number, bool, list(string)
  std::string default_value;
  std::string validation_regex;
  bool is_mutable = false;
  bool ephemeral = false;
  bool required = false;
  std::optional<int64_t> validation_min;
  std::optional<int64_t> validation_max;
  std::vector<std::string> options;  // their values
  bool operator==(const RichParameter&) const = default;
};

// One external account (a Git host's, mostly) that a template wants its owner to have linked.
struct ExternalAuth {
  std::string id;
  std::string display_name;
  std::string authenticate_url;
  bool authenticated = false;
  bool optional = false;
  bool operator==(const ExternalAuth&) const = default;
};

struct Script {
  std::string log_source_id;
  std::string display_name;
  std::optional<int64_t> exit_code;  // absent until reported, which may be never
  std::string status;                // ok, exit_failure, timed_out, pipes_left_open; or empty
  bool operator==(const Script&) const = default;
};

enum class AppHealth { kUnknown, kDisabled, kInitializing, kHealthy, kUnhealthy };

struct App {
  std::string slug;
  AppHealth health = AppHealth::kUnknown;
  bool operator==(const App&) const = default;
};

enum class AgentStatus { kUnknown, kConnecting, kConnected, kDisconnected, kTimeout };
enum class Lifecycle {
  kUnknown,
  kCreated,
  kStarting,
  kReady,
  kStartError,
  kStartTimeout,
  kShuttingDown,  // also every state behind it: off, shutdown_error, shutdown_timeout
};

struct Agent {
  std::string id;
  std::string name;
  AgentStatus status = AgentStatus::kUnknown;
  Lifecycle lifecycle = Lifecycle::kUnknown;
  std::optional<WallTime> first_connected_at;
  std::optional<WallTime> last_connected_at;
  std::optional<WallTime> disconnected_at;
  bool logs_overflowed = false;
  std::vector<Script> scripts;
  std::vector<App> apps;
  bool operator==(const Agent&) const = default;
};

enum class Transition { kUnknown, kStart, kStop, kDelete };
std::string_view ToString(Transition transition);  // "start", "stop", "delete"

struct Build {
  std::string id;
  int64_t number = 0;
  Transition transition = Transition::kUnknown;
  std::string status;  // as the server words it: running, stopped, deleted, failed, …
  std::string reason;  // initiator, autostop, …
  std::string template_version_id;
  Job job;
  std::optional<WallTime> created_at;
  std::optional<WallTime> deadline;
  std::optional<MatchedProvisioners> matched_provisioners;
  std::vector<Agent> agents;  // of all resources; without agents inside of dev containers
  bool operator==(const Build&) const = default;
};

struct Workspace {
  std::string id;
  std::string name;
  std::string owner_name;
  std::string template_name;
  std::optional<WallTime> created_at;
  Build latest_build;
  bool operator==(const Workspace&) const = default;
};

struct WorkspacePage {
  std::vector<Workspace> workspaces;
  int64_t count = 0;  // of all pages
};

// A line of a build's log or of an agent's; order and resume by id, never by time.
struct LogLine {
  int64_t id = 0;
  std::string level;
  std::string stage;      // builds only
  std::string source_id;  // agents only: Script::log_source_id
  std::string output;     // hostile bytes
  bool operator==(const LogLine&) const = default;
};

struct ScriptTiming {
  std::string display_name;
  std::string stage;  // start, stop, cron
  std::string status;
  std::string agent_id;
  std::optional<int64_t> exit_code;
  bool operator==(const ScriptTiming&) const = default;
};

using Parameters = std::map<std::string, std::string>;

// The body of an error; `validations` are field and detail.
struct ApiError {
  std::string message;
  std::string detail;
  std::vector<std::pair<std::string, std::string>> validations;
  bool operator==(const ApiError&) const = default;
};

}  // namespace ameide::coder
