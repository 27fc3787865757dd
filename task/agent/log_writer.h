// run.log as it is written: constant memory, never blocking the command, honest about what it lost.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "task/agent/echo.h"
#include "task/agent/output_file.h"
#include "task/contract/run_log.h"
#include "task/evidence/redactor.h"

namespace ameide::task {

// Not thread-safe. `clock` must outlive it.
class LogWriter {
 public:
  // `limit` bounds the file; a last part of it is kept for our own remarks. `redactor`: what takes
  // secrets out, when there are any; it may hold back the last bytes of a stream for a while.
  static Result<LogWriter> Create(const fs::path& path, uint64_t limit, const Clock& clock,
                                  const std::optional<Redactor>& redactor = {});

  // Everything of the command's output also goes there, without secrets; null: nowhere.
  void PassOnTo(Echo* echo) { echo_ = echo; }

  // Never fails: what cannot be stored is counted. Once something was dropped, no later output is
  // stored either, so the log has no hole in its middle.
  void Write(LogStream stream, std::string_view bytes);
  // Both streams are at their end: what was held back is written.
  void EndOutput();
  // One `agent` line: printable, at most kMaxRemark bytes, without newlines.
  void Remark(std::string_view text);
  // Says in the log how much is missing, if anything is. Call once, after the last Write.
  void Finish();

  uint64_t dropped_bytes() const { return dropped_; }
  // Why output was dropped; empty when none was.
  const std::string& loss() const { return loss_; }

  static constexpr size_t kMaxRemark = 1000;

 private:
  LogWriter(OutputFile file, uint64_t limit, const Clock& clock,
            const std::optional<Redactor>& redactor)
      : file_(std::move(file)),
        limit_(limit),
        clock_(&clock),
        filters_{Filter{redactor, {}}, Filter{redactor, {}}} {}
  // One stream's way through its redactor.
  struct Filter {
    std::optional<Redactor> redactor;
    std::string waiting;  // a line whose end the redactor still holds back
  };
  void Store(LogStream stream, std::string_view bytes);
  void Drop(size_t bytes, std::string why);

  OutputFile file_;
  uint64_t limit_;
  const Clock* clock_;
  Echo* echo_ = nullptr;
  std::array<Filter, 2> filters_;  // stdout's and stderr's
  uint64_t dropped_ = 0;
  std::string loss_;
};

}  // namespace ameide::task
