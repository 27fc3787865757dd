#include "generator/push/import_job.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::generator {
namespace {

constexpr Millis kLook{1'000};
constexpr Millis kLongestImport{3'600'000};
constexpr size_t kLineBytes = 2'000;

Error ImportError(const coder::TemplateVersion& version, ErrorKind kind, std::string cause,
                  std::string hint) {
  return Error{kind, "import template version", version.name, std::move(cause), std::move(hint)};
}

// The log of one import, from line to line.
class ImportLog {
 public:
  ImportLog(const PushWorld& world, const std::string& version_id)
      : world_(world), version_id_(version_id) {}

  // Until the server ends it or it breaks off; from then on it is asked for. kCancelled only.
  Status Follow() {
    if (live_) {
      const Status followed =
          world_.client.FollowLogs(world_.stop, coder::LogKind::kTemplateVersion, version_id_,
                                   after_, [this](const coder::LogLine& line) { Show(line); });
      live_ = followed.ok();
      if (!live_ && followed.error().kind == ErrorKind::kCancelled) return followed;
    }
    return CatchUp();
  }

 private:
  Status CatchUp() {
    const auto lines =
        world_.client.Logs(world_.stop, coder::LogKind::kTemplateVersion, version_id_, after_);
    if (!lines.ok()) {
      return lines.error().kind == ErrorKind::kCancelled ? Status(lines.error()) : Ok{};
    }
    for (const coder::LogLine& line : *lines) Show(line);
    return Ok{};
  }
  void Show(const coder::LogLine& line) {
    if (line.id <= after_) return;
    after_ = line.id;
    // Coder marks the beginning of a stage with an empty line of that stage.
    const std::string& text = line.output.empty() ? line.stage : line.output;
    if (!text.empty()) world_.say(Truncate(ToOneLine(text), kLineBytes));
  }

  const PushWorld& world_;
  const std::string version_id_;
  int64_t after_ = 0;
  bool live_ = true;
};

// Nobody waits for it any more. Its own errors change nothing: the job then ends by Coder's clock.
void Cancel(const PushWorld& world, const coder::TemplateVersion& version, bool ours) {
  if (ours) (void)world.client.CancelTemplateVersion({}, version.id);
}

Result<coder::TemplateVersion> Judged(coder::TemplateVersion version) {
  const coder::Job& job = version.job;
  if (job.status == coder::JobStatus::kSucceeded) return version;
  if (job.status == coder::JobStatus::kCanceled) {
    return ImportError(version, ErrorKind::kConflict, "somebody cancelled it", "push again");
  }
  const bool lacks = job.error_code == "REQUIRED_TEMPLATE_VARIABLES";
  return ImportError(
      version, ErrorKind::kInvalid, job.error.empty() ? "Coder does not say why" : job.error,
      lacks ? "give each variable with --variable NAME=VALUE" : "the log above says more");
}

}  // namespace

Result<coder::TemplateVersion> AwaitImport(const PushWorld& world, coder::TemplateVersion version,
                                           bool ours) {
  ImportLog log(world, version.id);
  const MonoTime until = world.clock.Monotonic() + kLongestImport;
  while (coder::IsActive(version.job.status)) {
    if (version.matched_provisioners && version.matched_provisioners->count == 0) {
      Cancel(world, version, ours);
      return ImportError(version, ErrorKind::kUnavailable, "Coder has no provisioner for it",
                         "start one (coder provisioner start), then push again");
    }
    if (world.clock.Monotonic() >= until) {
      Cancel(world, version, ours);
      return ImportError(version, ErrorKind::kTimeout, "it took more than an hour",
                         "look at the provisioner, then push again");
    }
    Status shown = log.Follow();
    Result<coder::TemplateVersion> now =
        shown.ok() ? world.client.GetTemplateVersion(world.stop, version.id)
                   : Result<coder::TemplateVersion>(shown.error());
    if (!now.ok() && now.error().kind != ErrorKind::kCancelled) return now;
    if (now.ok()) version = *std::move(now);
    if (world.stop.stop_requested() ||
        (coder::IsActive(version.job.status) && !world.clock.WaitFor(world.stop, kLook))) {
      Cancel(world, version, ours);
      return ImportError(version, ErrorKind::kCancelled,
                         ours ? "stopped; its import is cancelled" : "stopped; its import goes on",
                         "");
    }
  }
  (void)log.Follow();  // what came after the last look
  return Judged(std::move(version));
}

}  // namespace ameide::generator
