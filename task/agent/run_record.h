// What a run knows of itself while it lasts: its result so far, its log, its facts, its bundle and
// its clocks. The steps of a run (run_task.cc, run_commands.h) write here; none of them talks to
// another one. No secret passes through here unredacted.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/result.h"
#include "task/agent/agent.h"
#include "task/agent/disk_reserve.h"
#include "task/agent/log_writer.h"
#include "task/agent/output_file.h"
#include "task/agent/secrets.h"
#include "task/contract/task_result.h"
#include "task/contract/task_spec.h"
#include "task/evidence/bundle.h"

namespace ameide::task {

// Not thread-safe. `options` and `clock` must outlive it.
class RunRecord {
 public:
  RunRecord(const AgentOptions& options, TaskSpec spec, const SecretValues& secrets,
            const Clock& clock);

  // Makes the bundle's folder, the log and the facts; before anything else but Fail.
  Status Open();

  // The first reason stands; what overrules it says so itself.
  void Fail(FailureClass failure, std::string_view reason);
  void Overrule(FailureClass failure, std::string reason);
  bool Failed() const { return result.failure != FailureClass::kNone; }

  // One phase: its fact at the start, its entry in the result at the end.
  class PhaseScope {
   public:
    PhaseScope(RunRecord* record, Phase phase);
    ~PhaseScope();
    PhaseScope(const PhaseScope&) = delete;
    PhaseScope& operator=(const PhaseScope&) = delete;
    MonoTime began() const { return began_; }

   private:
    RunRecord* record_;
    Phase phase_;
    WallTime started_;
    MonoTime began_;
  };

  // When `phase`, starting now, has to be over: by its own clock or by the hard TTL.
  MonoTime PhaseDeadline(Phase phase) const;
  // Which of the two ran out, for people.
  std::string ClockThatRanOut(Phase phase) const;

  // A document into the bundle, without secrets; what fails is an omission.
  void AddDocument(const char* name, const Json& json);
  std::string Clean(const std::string& text) const;
  const Redactor* redactor() const { return redactor_ ? &*redactor_ : nullptr; }

  // Nothing of the command comes any more: the log is whole, and the disk's reserve is free.
  void EndLog();
  // The last fact; facts.jsonl is whole then. `result` is final.
  void EndFacts();

  const AgentOptions& options;
  const Clock& clock;
  TaskSpec spec;
  TaskResult result;
  std::optional<BundleWriter> bundle;  // since Open
  std::optional<LogWriter> log;        // since Open

 private:
  void AddFact(const Json& fact);

  std::optional<Redactor> redactor_;  // when there are secrets
  MonoTime began_;
  std::optional<OutputFile> facts_;
  DiskReserve reserve_;
  int fact_number_ = 0;
};

}  // namespace ameide::task
