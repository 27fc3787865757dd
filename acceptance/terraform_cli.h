// Real Terraform (or OpenTofu) in a private folder, with the provider that this build made. Nothing
// of the caller's configuration, plugins or state is seen.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "base/processes.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"

namespace ameide::acceptance {

// The program to test with: $TF_ACC_TERRAFORM_PATH, else terraform or tofu on PATH; empty: none.
std::string TerraformProgram();

struct TerraformRun {
  int exit_code = 0;
  std::string out;  // stdout and stderr apart, without colour
  std::string err;
  std::string All() const { return out + err; }
};

class TerraformProject {
 public:
  TerraformProject();

  // Writes main.tf: a provider block with `provider_settings` in it, then `body`.
  void Write(const std::string& body, const std::string& provider_settings = "");
  void SetEnvironment(const std::string& name, const std::string& value);

  TerraformRun Run(std::vector<std::string> arguments);
  TerraformRun Apply() { return Run({"apply", "-auto-approve", "-input=false"}); }
  TerraformRun Plan() { return Run({"plan", "-detailed-exitcode", "-input=false"}); }
  TerraformRun Destroy() { return Run({"destroy", "-auto-approve", "-input=false"}); }
  // Starts without waiting: for tests that interrupt or kill. Output goes to <folder>/run.out.
  Subprocess Start(std::vector<std::string> arguments);
  // False when what was started has not said it within a minute.
  bool WaitForOutput(std::string_view words) const;

  // The attributes of the one resource in the state; null when there is none.
  Json State();
  bool StateIsTainted();
  std::string StateText();  // the raw state file

  const fs::path& folder() const { return folder_; }
  fs::path workspaces() const { return folder_ / "state"; }
  fs::path evidence() const { return folder_ / "evidence"; }

  // The providers that Terraform has started here, without the helpers of a local workspace.
  std::vector<ProcessId> Providers() const;
  // What a clean machine does not have: workspace folders, processes and sockets of this project.
  // Waits (bounded) for processes that are on their way out.
  std::vector<std::string> Leftovers() const;

 private:
  SpawnOptions Options(std::vector<std::string> arguments) const;
  testing::TempDir temp_;
  fs::path folder_;
  std::map<std::string, std::string> environment_;
};

}  // namespace ameide::acceptance
