#include "task/executor/tool_server.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "base/strings.h"
#include "base/text.h"
#include "task/executor/calls.h"
#include "task/executor/dispatch.h"
#include "task/executor/lease.h"
#include "task/executor/lines.h"

namespace ameide::task {
namespace {

// Whole lines from any thread. After the first failure nothing more is written.
class Output {
 public:
  Output(int fd, std::stop_source gone) : fd_(fd), gone_(std::move(gone)) {}
  void Write(const Json& message) {
    const std::string line = message.Dump() + "\n";
    const std::lock_guard lock(mutex_);
    if (gone_.stop_requested()) return;
    if (!WriteAll(fd_, line, "standard output").ok()) gone_.request_stop();
  }

 private:
  int fd_;
  std::stop_source gone_;
  std::mutex mutex_;
};

// A descriptor that a stop makes readable, for poll(2).
class StopDescriptor {
 public:
  explicit StopDescriptor(std::stop_token stop)
      : fd_(::eventfd(0, EFD_CLOEXEC)), callback_(std::move(stop), Wake{fd_.get()}) {}
  int get() const { return fd_.get(); }

 private:
  struct Wake {
    int fd;
    void operator()() const { ::eventfd_write(fd, 1); }
  };
  UniqueFd fd_;
  std::stop_callback<Wake> callback_;
};

// False: the input has ended, or `stop`.
bool ReadSome(int input, const StopDescriptor& stop, std::string* bytes) {
  bytes->resize(64u << 10);
  while (true) {
    pollfd fds[] = {{input, POLLIN, 0}, {stop.get(), POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (fds[1].revents != 0) return false;
    const ssize_t got = ::read(input, bytes->data(), bytes->size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return false;
    bytes->resize(static_cast<size_t>(got));
    return true;
  }
}

void Handle(Step step, CallQueue& calls, Output& output) {
  if (step.refused) calls.Record(*step.refused);
  if (step.reply) output.Write(*step.reply);
  if (step.cancel) calls.Cancel(*step.cancel);
  if (step.call) calls.Add(*std::move(step.call));
}

void Converse(int input, Dispatcher& dispatcher, CallQueue& calls, Output& output,
              const std::stop_token& stop) {
  const StopDescriptor wake(stop);
  Lines lines(kMaxRpcLine);
  std::string bytes;
  while (ReadSome(input, wake, &bytes)) {
    for (const auto& line : lines.Feed(bytes)) Handle(dispatcher.Dispatch(line), calls, output);
  }
  if (stop.stop_requested()) return;
  for (const auto& line : lines.Finish()) Handle(dispatcher.Dispatch(line), calls, output);
  calls.Drain(stop);
}

}  // namespace

Status ServeTools(const ToolSettings& settings, const std::string& version,
                  const ToolStreams& streams, const Clock& clock, const Log& log,
                  std::stop_token stop) {
  AMEIDE_ASSIGN_OR_RETURN(const std::unique_ptr<http::Client> client,
                          http::MakeClient(settings.client));
  RemoteExecutor executor(*client, settings.endpoint);
  AMEIDE_ASSIGN_OR_RETURN(Presence presence,
                          Presence::Join(settings.audit.parent_path(), clock, stop));
  AMEIDE_ASSIGN_OR_RETURN(const std::unique_ptr<LeaseKeeper> lease,
                          LeaseKeeper::Open(executor, settings.session, settings.contract.lease,
                                            std::move(presence), clock, log, stop));
  // Not before: a run without a session has no audit among its evidence.
  AMEIDE_ASSIGN_OR_RETURN(const std::unique_ptr<AuditFile> audit, AuditFile::Open(settings.audit));
  std::stop_source ending;  // asked to stop, or nobody reads the output any more
  const std::stop_callback pass_on(stop, [&] { ending.request_stop(); });
  Output output(streams.output, ending);
  Dispatcher dispatcher(settings.contract, version);
  CallQueue calls(executor, *audit, clock, log,
                  {.task_id = settings.session.task_id,
                   .session_id = lease->session_id(),
                   .ends_at = settings.session.ends_at,
                   .is_lost = [&] { return lease->Lost(); },
                   .answer = [&](const Json& reply) { output.Write(reply); }});
  Converse(streams.input, dispatcher, calls, output, ending.get_token());
  if (ending.stop_requested() && !stop.stop_requested()) {
    return Error{ErrorKind::kUnavailable, "answer on", "standard output", "nobody reads it", ""};
  }
  return Ok{};
}

}  // namespace ameide::task
