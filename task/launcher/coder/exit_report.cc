#include "task/launcher/coder/exit_report.h"

#include "base/strings.h"
#include "task/contract/run_log.h"
#include "task/launcher/coder/run_watch.h"

namespace ameide::task {
namespace {

std::vector<coder::LogLine> LinesOf(CoderSession& session, std::stop_token stop,
                                    const coder::Agent& agent) {
  auto lines = session.client().Logs(stop, coder::LogKind::kAgent, agent.id, 0);
  if (!lines.ok()) return {};
  const coder::Script* script = TaskScript(agent);
  if (script != nullptr) {
    std::erase_if(*lines, [&](const coder::LogLine& line) {
      return line.source_id != script->log_source_id;
    });
  }
  return *std::move(lines);
}

}  // namespace

ExitFinding ReadExit(CoderSession& session, std::stop_token stop, const coder::Build& build,
                     const std::string& run_id) {
  const coder::Agent* agent = TaskAgent(build);
  if (agent == nullptr) return {};
  std::vector<coder::ScriptTiming> timings;
  if (auto read = session.client().ScriptTimings(stop, build.id); read.ok()) {
    timings = *std::move(read);
  }
  return FindExit(*agent, timings, LinesOf(session, stop, *agent), run_id);
}

std::string CodersLog(CoderSession& session, std::stop_token stop, const coder::Build& build,
                      WallTime now) {
  const coder::Agent* agent = TaskAgent(build);
  if (agent == nullptr) return "";
  const std::vector<coder::LogLine> lines = LinesOf(session, stop, *agent);
  if (lines.empty()) return "";
  std::string log = EncodeLog(now, LogStream::kAgent,
                              "The workspace's own log is lost. This is what Coder kept of it, at "
                              "the time it was asked for.\n");
  for (const coder::LogLine& line : lines) {
    const LogStream stream = line.level == "info" ? LogStream::kStdout : LogStream::kStderr;
    log += EncodeLog(now, stream, StrCat(line.output, "\n"));
  }
  return log;
}

}  // namespace ameide::task
