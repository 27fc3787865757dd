// What an import job does with an archive: reads it, and lets Terraform validate it where that can
// be done.
#pragma once

#include <stop_token>
#include <string_view>

#include "acceptance/coder_simulator/template_model.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"

namespace ameide::simulator {

struct ImportSettings {
  fs::path scratch;    // private folders go below it
  fs::path terraform;  // empty: no `terraform validate`
  // A filesystem mirror with the providers of the templates, and nothing else is asked then. Empty:
  // Terraform finds them as `environment` says.
  fs::path provider_mirror;
  Environment environment;
};

// kInvalid: a program or folder that is not there.
Status CheckImportSettings(const ImportSettings& settings);

// The model, or what is wrong with the archive.
Result<TemplateModel> ImportTemplate(std::string_view archive, const ImportSettings& settings,
                                     const Clock& clock, std::stop_token stop = {});

}  // namespace ameide::simulator
