#include "provider/plugin/grpc_log.h"

#include <grpc/support/log.h>

#include <atomic>
#include <string>

namespace ameide::plugin {
namespace {

// The hook is a bare function without a context argument, so the log has to be found from here.
std::atomic<const Log*> g_log{nullptr};

LogLevel LevelOf(gpr_log_severity severity) {
  switch (severity) {
    case GPR_LOG_SEVERITY_ERROR:
      return LogLevel::kWarn;
    case GPR_LOG_SEVERITY_INFO:
      return LogLevel::kDebug;
    case GPR_LOG_SEVERITY_DEBUG:
      break;
  }
  return LogLevel::kTrace;
}

void WriteLine(gpr_log_func_args* args) {
  const Log* log = g_log.load(std::memory_order_acquire);
  const LogLevel level = LevelOf(args->severity);
  if (log == nullptr || !log->Enabled(level)) return;
  log->Write(level, args->message,
             {{"library", "grpc"}, {"file", args->file}, {"line", std::to_string(args->line)}});
}

// gRPC formats a line before it asks the hook, so it should not even try below our level.
gpr_log_severity VerbosityFor(const Log& log) {
  if (log.Enabled(LogLevel::kTrace)) return GPR_LOG_SEVERITY_DEBUG;
  return log.Enabled(LogLevel::kDebug) ? GPR_LOG_SEVERITY_INFO : GPR_LOG_SEVERITY_ERROR;
}

}  // namespace

void RouteGrpcLog(const Log& log) {
  g_log.store(&log, std::memory_order_release);
  gpr_set_log_function(&WriteLine);
  gpr_set_log_verbosity(VerbosityFor(log));
}

}  // namespace ameide::plugin
