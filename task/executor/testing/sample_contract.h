// A small contract for tests.
#pragma once

#include "task/contract/executor.h"

namespace ameide::task::testing {

inline ExecutorTool SampleTool(std::string name, ExecutorTool::Policy policy, int max_calls = 3) {
  ExecutorTool tool;
  tool.name = std::move(name);
  tool.description = "d";
  tool.policy = policy;
  tool.timeout = std::chrono::seconds(30);
  tool.max_calls = max_calls;
  return tool;
}

// fo.fs.read {path} → content, fo.vs.create_table {table_spec} → …, fo.build → build_ok, log,
// fo.github.create_pr → pr_url (needs approval).
inline ExecutorContract SampleContract() {
  using Policy = ExecutorTool::Policy;
  ExecutorContract contract;
  contract.endpoint_env = "EXECUTOR_ENDPOINT";
  contract.server_name = "executor.example.com";
  contract.server_ca = "EXECUTOR_SERVER_CA";
  contract.client_certificate = "EXECUTOR_CLIENT_CERT";
  contract.client_key = "EXECUTOR_CLIENT_KEY";
  contract.session_key = {"devbox", "branch"};
  contract.lease = std::chrono::minutes(5);
  ExecutorTool read = SampleTool("fo.fs.read", Policy::kReadOnly);
  ExecutorArgument path;
  path.name = "path";
  path.description = "d";
  path.required = true;
  path.pattern = "Metadata/.+";
  read.arguments = {path};
  read.results = {"content"};
  ExecutorTool table = SampleTool("fo.vs.create_table", Policy::kMutating);
  ExecutorArgument spec;
  spec.name = "table_spec";
  spec.type = ExecutorArgument::Type::kObject;
  spec.description = "d";
  spec.required = true;
  table.arguments = {spec};
  table.results = {"created_objects", "created_files", "warnings"};
  ExecutorTool build = SampleTool("fo.build", Policy::kMutating, 2);
  build.results = {"build_ok", "log"};
  ExecutorTool pr = SampleTool("fo.github.create_pr", Policy::kNeedsApproval);
  pr.results = {"pr_url"};
  contract.tools = {read, table, build, pr};
  return contract;
}

}  // namespace ameide::task::testing
