// What most commands share: which profiles are meant, and how the options for that are called.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "generator/command.h"
#include "generator/render/render.h"

namespace ameide::generator {

using Profiles = std::vector<task::Profile>;

Option ProfilesOption();  // --profiles DIR
Option NamesOperand();    // [profile...]
Option OutOption();       // --out DIR, a folder per template is in it
Option JsonOption();      // --json

// The profiles that were asked for; or why not: problems in files, names that do not exist. With
// --json, problems are on standard output, too, as lint's findings.
std::variant<Profiles, Outcome> SelectedProfiles(const Arguments& arguments);

// Every template of the profiles by its folder's name.
std::map<std::string, FileSet> Templates(const Profiles& profiles);

}  // namespace ameide::generator
