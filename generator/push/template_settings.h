// What Coder is told about a profile's templates besides their files. Pure.
#pragma once

#include <set>
#include <string>

#include "generator/render/render.h"
#include "task/coder/client.h"

namespace ameide::generator {

// `folder` is one of RenderTemplates(profile): the task template or the one for people.
coder::TemplateSettings SettingsOf(const task::Profile& profile, const std::string& folder,
                                   const std::string& name);

// The names of the variables that its *.tf files declare.
Result<std::set<std::string>> VariablesOf(const FileSet& files);

}  // namespace ameide::generator
