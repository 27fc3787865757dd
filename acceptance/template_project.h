// Real Terraform (or OpenTofu) over Coder templates, offline: stand-ins with recorded schemas take
// the place of the coder and kubernetes providers. Nothing of the caller's configuration, plugins
// or state is seen.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "acceptance/terraform_cli.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/testing/temp_dir.h"

namespace ameide::acceptance {

class TemplateProject {
 public:
  TemplateProject();

  // A file of the project; folders on the way are made.
  void Write(const std::string& path, std::string_view text);
  // A copy of a folder and all below it, as `path` in the project.
  void Copy(const fs::path& from, const std::string& path);

  // Runs Terraform in the folder `path` of the project. `environment` adds to a clean one.
  TerraformRun Run(const std::string& path, std::vector<std::string> arguments,
                   const Environment& environment = {}) const;

  // The filesystem mirror with the stand-ins; for other programs that run Terraform, too.
  fs::path mirror() const { return temp_.path() / "mirror"; }
  fs::path folder(const std::string& path) const { return temp_.path() / "project" / path; }

 private:
  void InstallStandIn(const std::string& recording, const std::string& version);

  testing::TempDir temp_;
};

}  // namespace ameide::acceptance
