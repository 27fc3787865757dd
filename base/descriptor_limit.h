// How many descriptors this process may have open (getrlimit(2), RLIMIT_NOFILE). The limit belongs
// to the process, and so does what is remembered of it here.
#pragma once

#include <sys/types.h>

namespace ameide {

// Raises the soft limit to the hard one, to 65536 at most: some hundred tasks at once need more
// than the usual 1024. Leaves a higher one as it is. Call it once, before any child is started.
void RaiseDescriptorLimit();

// Gives a child the soft limit from before the raise: a program that uses select(2) breaks above
// 1024. Does nothing without a raise, or when the child has ended.
void RestoreDescriptorLimit(pid_t child);

}  // namespace ameide
