// What `ameide-agent tool` works with, from its options, the task's files and the environment.
// Pure.
//
// An MCP client passes hardly any of its environment on, so what the task's spec says of a setting
// is taken from the spec itself, which lies beside the contract.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/json.h"
#include "base/result.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"
#include "task/executor/remote.h"

namespace ameide::task {

// Members of the spec's `environment` that say what a session is for.
inline constexpr char kEnvDevbox[] = "EXECUTOR_DEVBOX";
inline constexpr char kEnvBranch[] = "EXECUTOR_BRANCH";
inline constexpr char kEnvUser[] = "EXECUTOR_USER";

struct ToolInputs {
  ProfileContract contract;
  std::optional<TaskSpec> spec;
  WallTime started;         // when the task began: the spec's file is as old as the workspace
  fs::path folder;          // the contract's
  Environment environment;  // ours
  // From the command line; empty: as the contract says.
  std::string endpoint;
  std::string certificate_pem;
  std::string key_pem;
  std::string ca_pem;
  std::string task_id;
};

struct ToolSettings {
  ExecutorContract contract;
  Endpoint endpoint;
  http::ClientOptions client;
  SessionRequest session;
  fs::path audit;
};

Result<ToolSettings> SettingsFrom(const ToolInputs& inputs);

// How long a lease may be now: the contract's, in whole seconds, but never beyond the task's end.
// Zero: the task is over.
Millis LeaseAt(WallTime now, WallTime ends_at, Millis lease);

}  // namespace ameide::task
