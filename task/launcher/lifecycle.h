// One run of one task from its record to its end. Used by one thread that holds the work lock.
#pragma once

#include <optional>
#include <string>

#include "task/launcher/evidence_store.h"
#include "task/launcher/launcher.h"
#include "task/launcher/record_store.h"

namespace ameide::task {

// Clocks of single steps, so that no step of an unattended run can hang for ever.
inline constexpr Millis kStepBound{120'000};     // one answer of the backend
inline constexpr Millis kCancelBound{90'000};    // from Cancel until the run has ended
inline constexpr Millis kCollectBound{600'000};  // copying and verifying evidence
// The workspace enforces its hard TTL itself; this much later the launcher cancels the run.
inline constexpr Millis kLauncherReserve{210'000};

class Lifecycle {
 public:
  // All references must outlive the object; `stored` has spec, contract, run_id and start time.
  // Without a publisher a run is only ended.
  Lifecycle(const LaunchContext& context, Backend& backend, const RecordStore& records,
            const RunOptions& options, StoredRecord stored, Publisher* publisher);

  // Creates the workspace and takes the run to its end.
  Result<TaskRecord> Start(const Profile& profile);
  // Goes on where a launcher that was lost left off.
  Result<TaskRecord> Continue();

 private:
  // What to say of the run when its workspace gives no good evidence.
  struct Ending {
    FailureClass failure = FailureClass::kInfrastructure;
    std::string reason;
  };

  Result<TaskRecord> TakeToEnd(const Workspace& workspace);
  Error TakenByAnother(const Workspace& another) const;
  Result<Workspace> ReplaceAndCreate(const Profile& profile, const Workspace& another);
  void TakeOver(const Workspace& live);
  Result<TaskRecord> Finish(Ending ending, bool live);
  Result<std::optional<Ending>> CreateOrAdopt(const Profile& profile);
  Ending Await(const Workspace& workspace);
  Ending CancelAndAwait(const Workspace& workspace, bool expired);
  void Collect(const Ending& ending);
  void Judge(const StoredEvidence& evidence);
  void Publish();
  void Amend(const Amendment& amendment);
  void Sign();
  Publication AskPublisher();
  bool Retained(bool live);
  void Remove();
  void Warn(std::string text);
  Millis TimeLeft() const;

  const LaunchContext& context_;
  Backend& backend_;
  const RecordStore& records_;
  const RunOptions& options_;
  StoredRecord stored_;
  Publisher* publisher_;
};

// Whether another installation made it, so that only its own launchers know whether somebody is at
// work on it. `run_id`: what our record says of it, if there is one.
bool IsAnothers(const Workspace& workspace, const std::string& run_id);
bool IsOver(const Workspace& workspace, WallTime now);
// "made by installation …, over at …", for people.
std::string Ownership(const Workspace& workspace);

// Destroys the workspace and proves it gone, with clocks of its own: the caller's stop does not end
// it early.
Status DestroyAndProve(const LaunchContext& context, Backend& backend, const Workspace& workspace);

}  // namespace ameide::task
