#include "task/launcher/local/local_publisher.h"

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "absl/cleanup/cleanup.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "task/launcher/local/local_secrets.h"
#include "task/launcher/record_store.h"

namespace ameide::task {
namespace {

constexpr Millis kPause{20};
constexpr Millis kReserve{60'000};    // the program keeps the phase's clock itself
constexpr Millis kStopGrace{15'000};  // from TERM to KILL
constexpr uint64_t kMaxAnswer = 16u << 20;

class LocalPublisher final : public Publisher {
 public:
  explicit LocalPublisher(LocalPublisherOptions options) : options_(std::move(options)) {
    std::error_code ignored;  // the program has another working directory
    options_.root = fs::absolute(options_.root, ignored);
  }

  Status Check(const TaskSpec& spec, const ProfileContract& contract) override {
    AMEIDE_RETURN_IF_ERROR(Secrets(spec, contract));
    return Ok{};
  }

  Result<Publication> Publish(const LaunchContext& context,
                              const PublishRequest& request) override {
    AMEIDE_ASSIGN_OR_RETURN(const auto secrets, Secrets(request.spec, request.contract));
    // One per run, so that what a lost launcher left behind goes with the next attempt.
    const fs::path folder = options_.root / request.spec.run_id;
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(options_.root));
    AMEIDE_ASSIGN_OR_RETURN(WorkLock lock, WorkLock::Try(LockOf(folder)));
    const absl::Cleanup discard = [&] { lock.Discard(); };
    AMEIDE_RETURN_IF_ERROR(RemoveTree(folder));
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(folder));
    const absl::Cleanup remove = [&] { (void)RemoveTree(folder); };
    AMEIDE_RETURN_IF_ERROR(
        WriteFileAtomically(folder / "spec.json", ToJson(request.spec).DumpPretty()));
    AMEIDE_RETURN_IF_ERROR(
        WriteFileAtomically(folder / "task.json", ToJson(request.contract).DumpPretty()));
    AMEIDE_ASSIGN_OR_RETURN(Subprocess child, Start(request, folder, PushCredentialText(secrets)));
    Await(context, request.spec.timeouts.pr + kReserve, &child);
    return ReadAnswer(folder);
  }

  // A folder whose lock can be had belongs to nobody any more.
  Result<std::vector<std::string>> Sweep() override {
    std::vector<std::string> removed;
    std::error_code error;
    for (fs::directory_iterator it(options_.root, error), end; !error && it != end;
         it.increment(error)) {
      std::error_code ignored;
      if (!fs::is_directory(it->symlink_status(ignored))) continue;
      Result<WorkLock> lock = WorkLock::Try(LockOf(it->path()));
      if (!lock.ok() && lock.error().kind == ErrorKind::kConflict) continue;
      if (!lock.ok()) return lock.error();
      AMEIDE_RETURN_IF_ERROR(RemoveTree(it->path()));
      lock->Discard();
      removed.push_back(StrCat("publish/", it->path().filename().string()));
    }
    std::sort(removed.begin(), removed.end());
    return removed;
  }

 private:
  static fs::path LockOf(const fs::path& folder) { return folder.string() + ".lock"; }

  Result<std::map<std::string, std::string>> Secrets(const TaskSpec& spec,
                                                     const ProfileContract& contract) const {
    return ReadLocalSecrets(options_.secrets_dir, spec, contract, SecretReader::kPublisher);
  }

  Result<Subprocess> Start(const PublishRequest& request, const fs::path& folder,
                           const std::string& credential) const {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoError(errno, "make pipe", "");
    const UniqueFd theirs(ends[0]);
    UniqueFd ours(ends[1]);
    // A pipe holds more than any credential, so this does not wait for the reader.
    AMEIDE_RETURN_IF_ERROR(WriteAll(ours.get(), credential, "pipe"));
    ours.Reset();
    const UniqueFd log(::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    SpawnOptions options;
    options.argv = options_.program;
    for (const std::string& word :
         {std::string("--spec"), (folder / "spec.json").string(), std::string("--contract"),
          (folder / "task.json").string(), std::string("--bundle"),
          fs::absolute(request.work_bundle).string(), std::string("--base"), request.base_commit,
          std::string("--result"), (folder / "answer.json").string(), std::string("--work"),
          (folder / "work").string(), std::string("--credential-fd"), std::string("3")}) {
      options.argv.push_back(word);
    }
    for (const std::string& word : options_.how) options.argv.push_back(word);
    options.environment = options_.environment;
    options.directory = folder;
    options.new_session = true;
    options.stderr_fd = log.get();
    options.extra_fd = theirs.get();
    return Subprocess::Spawn(options);
  }

  // To its end; asked to stop, it takes its own children with it.
  static void Await(const LaunchContext& context, Millis bound, Subprocess* child) {
    std::stop_token stop = context.stop;
    MonoTime end = context.clock.Monotonic() + bound;
    bool asked = false;
    while (!child->Poll()) {
      const bool on = context.clock.WaitFor(stop, kPause);
      if (on && context.clock.Monotonic() < end) continue;
      if (asked) {
        child->SignalGroup(SIGKILL);
        child->Wait();
        return;
      }
      asked = true;
      stop = {};
      end = context.clock.Monotonic() + kStopGrace;
      child->Signal(SIGTERM);
    }
  }

  static Result<Publication> ReadAnswer(const fs::path& folder) {
    const Result<std::string> bytes = ReadFile(folder / "answer.json", kMaxAnswer);
    if (!bytes.ok()) {
      const auto words = ReadFileTail(folder / "log", 2000);
      return Error{ErrorKind::kUnavailable, "publish with", "the publish program",
                   StrCat("it gave no answer: ", words.ok() ? ToOneLine(*words) : ""), ""};
    }
    AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(*bytes));
    Checked<Publication> publication = PublicationFromJson(json);
    if (!publication.ok()) return ToError(publication.problems, "read", "the publisher's answer");
    return std::move(*publication.value);
  }

  LocalPublisherOptions options_;
};

}  // namespace

std::unique_ptr<Publisher> MakeLocalPublisher(LocalPublisherOptions options) {
  return std::make_unique<LocalPublisher>(std::move(options));
}

}  // namespace ameide::task
