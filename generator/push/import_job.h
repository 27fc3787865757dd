// Waiting for Coder to import a template version.
#pragma once

#include "generator/push/push_template.h"

namespace ameide::generator {

// Shows the job's log as it grows until the job has ended, and gives the version as it is then. An
// import that fails, that no provisioner will ever take, or that takes over an hour is an error,
// and the last two are cancelled, as is one that `world.stop` ends: if it is `ours`, for another
// push of the same content may have begun it.
Result<coder::TemplateVersion> AwaitImport(const PushWorld& world, coder::TemplateVersion version,
                                           bool ours);

}  // namespace ameide::generator
