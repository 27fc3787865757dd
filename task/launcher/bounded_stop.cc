#include "task/launcher/bounded_stop.h"

namespace ameide::task {

BoundedStop::BoundedStop(std::stop_token outer, const Clock& clock, Millis bound)
    : on_outer_(std::move(outer), [this] { source_.request_stop(); }),
      timer_([this, &clock, bound](std::stop_token done) {
        if (!clock.WaitFor(std::move(done), bound)) return;
        expired_ = true;
        source_.request_stop();
      }) {}

}  // namespace ameide::task
