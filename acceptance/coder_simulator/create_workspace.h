// Making a workspace (facts 3.1).
#pragma once

#include <string>

#include "acceptance/coder_simulator/answers.h"
#include "acceptance/coder_simulator/state.h"

namespace ameide::simulator {

// 201 with the workspace, or what is wrong with the request.
http::Reply CreateWorkspace(State* state, const User& caller, const User& owner, const Json& body,
                            WallTime now);

}  // namespace ameide::simulator
