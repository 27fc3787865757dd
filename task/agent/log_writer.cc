#include "task/agent/log_writer.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

// Enough for the remarks of one run: a handful of lines.
constexpr uint64_t kRemarkReserve = 16u << 10;
constexpr size_t kLongestWait = 64u << 10;

}  // namespace

Result<LogWriter> LogWriter::Create(const fs::path& path, uint64_t limit, const Clock& clock,
                                    const std::optional<Redactor>& redactor) {
  AMEIDE_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
  return LogWriter(std::move(file), std::max(limit, kRemarkReserve), clock, redactor);
}

void LogWriter::Write(LogStream stream, std::string_view bytes) {
  Filter& filter = filters_[stream == LogStream::kStdout ? 0 : 1];
  if (!filter.redactor) return Store(stream, bytes);
  std::string ready = std::exchange(filter.waiting, {}) + filter.redactor->Take(bytes);
  // A whole line may end like a secret begins: it stays one line of the log.
  if (bytes.ends_with('\n') && !ready.ends_with('\n')) {
    const size_t line = ready.rfind('\n') + 1;  // npos + 1 is 0
    if (ready.size() - line <= kLongestWait) {
      filter.waiting = ready.substr(line);
      ready.resize(line);
    }
  }
  Store(stream, ready);
}

void LogWriter::EndOutput() {
  for (const LogStream stream : {LogStream::kStdout, LogStream::kStderr}) {
    Filter& filter = filters_[stream == LogStream::kStdout ? 0 : 1];
    if (filter.redactor) {
      Store(stream, std::exchange(filter.waiting, {}) + filter.redactor->Finish());
    }
  }
}

void LogWriter::Store(LogStream stream, std::string_view bytes) {
  if (bytes.empty()) return;
  if (echo_ != nullptr) echo_->Output(stream, bytes);
  if (!loss_.empty()) {
    dropped_ += bytes.size();
    return;
  }
  const std::string lines = EncodeLog(clock_->Now(), stream, bytes);
  if (file_.size() + lines.size() > limit_ - kRemarkReserve) {
    Drop(bytes.size(), StrCat("the log's limit of ", limit_, " bytes is reached"));
  } else if (const Status stored = file_.Append(lines); !stored.ok()) {
    Drop(bytes.size(), stored.error().cause);
  }
}

void LogWriter::Drop(size_t bytes, std::string why) {
  loss_ = std::move(why);
  dropped_ += bytes;
  Remark(StrCat("output from here on is not stored: ", loss_));
}

void LogWriter::Remark(std::string_view text) {
  const std::string safe =
      filters_[0].redactor ? filters_[0].redactor->Whole(text) : std::string(text);
  std::string line = Truncate(StrReplaceAll(ToPrintable(safe), "\n", " | "), kMaxRemark);
  line += '\n';
  const std::string encoded = EncodeLog(clock_->Now(), LogStream::kAgent, line);
  if (file_.size() + encoded.size() > limit_) return;
  // A full disk loses the remark, too; result.json carries the loss as well.
  static_cast<void>(file_.Append(encoded));
}

void LogWriter::Finish() {
  if (dropped_ > 0) Remark(StrCat(dropped_, " bytes of output were not stored: ", loss_));
}

}  // namespace ameide::task
