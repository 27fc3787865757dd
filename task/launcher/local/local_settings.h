// What the local backend's users (the provider, ameide-launcher) take from their own environment.
// Pure: the environment is passed in.
#pragma once

#include "base/environment.h"
#include "base/files.h"
#include "base/result.h"

namespace ameide::task {

// What a task may see of our environment: PATH, LANG and LC_*, proxy and CA settings. Not HOME, not
// credentials, not an agent's sockets.
Environment TaskEnvironment(const Environment& ours);

// Where workspaces/ and records/ lie unless somebody says otherwise: $XDG_STATE_HOME/ameide, else
// $HOME/.local/state/ameide (XDG base directories). kInvalid without both.
Result<fs::path> DefaultStateDirectory(const Environment& ours);

}  // namespace ameide::task
