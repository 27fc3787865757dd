// pidfd_open(2) and pidfd_send_signal(2). The header of glibc 2.36 declares them without saying
// that they are C, so C++ that includes it directly does not link.
#pragma once

extern "C" {
#include <sys/pidfd.h>
}
