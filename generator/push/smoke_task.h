// Trying a template version with one real task, through the program ameide-launcher.
#pragma once

#include "base/environment.h"
#include "base/files.h"
#include "generator/push/push_template.h"
#include "task/contract/task_spec.h"

namespace ameide::generator {

struct SmokeSetup {
  task::TaskSpec spec;
  fs::path launcher;      // the program
  fs::path profile_file;  // of the profile; empty: the built-in one
  Environment environment;
  std::string organization;
};

// kInvalid with every problem of the file.
Result<task::TaskSpec> ReadSmokeSpec(const fs::path& file);

// Runs the specification once, as a task of its own, from that version of `template_name`; its
// workspace is gone afterwards, its evidence kept where the launcher keeps it. An error unless the
// task's outcome is success.
Status RunSmokeTask(const SmokeSetup& setup, const std::string& template_name,
                    const coder::TemplateVersion& version, const PushWorld& world);

}  // namespace ameide::generator
