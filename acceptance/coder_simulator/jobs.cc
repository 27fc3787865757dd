#include "acceptance/coder_simulator/jobs.h"

#include <utility>

namespace ameide::simulator {
namespace {

constexpr std::chrono::minutes kPendingReaper{30};  // facts 2.3
constexpr size_t kLogCap = 1u << 20;                // facts 2.3
constexpr size_t kLowLogCap = 64;

}  // namespace

Job NewJob(State* state, std::string type, std::string file_id, std::string initiator,
           WallTime now) {
  Job job;
  job.id = state->NewId();
  job.type = std::move(type);
  job.file_id = std::move(file_id);
  job.initiator_id = std::move(initiator);
  job.created_at = now;
  job.provisioners = state->faults.On(Fault::kProvisionerAbsent) ? 0 : 1;
  return job;
}

void BeginJob(State* state, Job* job, WallTime now) {
  job->status = JobStatus::kRunning;
  job->started_at = now;
  Say(state, job, "Setting up", "Unpacking the template", now);
}

bool MoveJob(State* state, Job* job, WallTime now) {
  if (job->status == JobStatus::kCanceling && !state->faults.On(Fault::kStuckCanceling) &&
      now - *job->cancel_asked_at >= state->Slowly(state->pace.work)) {
    EndJob(state, job, JobStatus::kCanceled, "", now);
  }
  if (job->status != JobStatus::kPending) return false;
  if (job->provisioners == 0) {
    if (now - job->created_at > kPendingReaper) {
      EndJob(state, job, JobStatus::kFailed, "Build has been terminated by the job reaper.", now);
    }
    return false;
  }
  if (now - job->created_at < state->Slowly(state->pace.queue)) return false;
  BeginJob(state, job, now);
  return true;
}

void CancelJob(State* state, Job* job, WallTime now) {
  job->cancel_asked_at = now;
  const bool waiting = job->status == JobStatus::kPending;
  job->status = waiting ? JobStatus::kCanceled : JobStatus::kCanceling;
  if (waiting) job->completed_at = now;
  Say(state, job, "Canceling", "the job was canceled", now);
}

void Say(State* state, Job* job, std::string_view stage, std::string_view output, WallTime now,
         std::string_view level) {
  if (job->logs_overflowed) return;
  const size_t bytes = job->log_bytes + output.size();
  if (bytes > kLogCap || (bytes > kLowLogCap && state->faults.On(Fault::kProvisionerLogOverflow))) {
    job->logs_overflowed = true;
    return;
  }
  job->log_bytes = bytes;
  job->logs.push_back({.id = ++state->log_ids,
                       .at = now,
                       .level = std::string(level),
                       .stage = std::string(stage),
                       .output = std::string(output)});
}

void EndJob(State* state, Job* job, JobStatus status, std::string error, WallTime now) {
  job->status = status;
  job->completed_at = now;
  job->error = std::move(error);
  if (!job->error.empty()) Say(state, job, "Cleaning Up", job->error, now, "error");
}

}  // namespace ameide::simulator
