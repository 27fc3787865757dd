// The query language of GET /workspaces?q= (facts 3.3). Pure.
#pragma once

#include <string_view>
#include <vector>

#include "acceptance/coder_simulator/rules.h"
#include "acceptance/coder_simulator/state.h"

namespace ameide::simulator {

// Live workspaces that match, oldest first. Problems (unknown keys) name the key.
std::vector<const Workspace*> SearchWorkspaces(const State& state, const User& caller,
                                               std::string_view query, WallTime now,
                                               std::vector<Validation>* problems);

}  // namespace ameide::simulator
