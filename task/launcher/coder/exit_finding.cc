#include "task/launcher/coder/exit_finding.h"

#include <charconv>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/template_parameters.h"
#include "task/launcher/coder/run_watch.h"

namespace ameide::task {
namespace {

struct Sentinel {
  std::optional<int> code;
  std::string manifest_sha256;
};

std::optional<std::string_view> WordAfter(std::string_view text, std::string_view key) {
  const size_t at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + key.size());
  return text.substr(0, text.find(' '));
}

// "ameide: run <run_id> ended: outcome=<word> exit=<code> manifest=sha256:<digits>". The command
// may print such lines, too; the agent program's comes last.
std::optional<Sentinel> SentinelIn(std::string_view line, const std::string& run_id) {
  const std::string prefix = StrCat("ameide: run ", run_id, " ended: ");
  if (run_id.empty() || !line.starts_with(prefix)) return std::nullopt;
  line = StripWhitespace(line.substr(prefix.size()));
  Sentinel sentinel;
  if (const auto word = WordAfter(line, "exit=")) {
    int code = 0;
    const auto [end, problem] = std::from_chars(word->data(), word->data() + word->size(), code);
    if (problem == std::errc() && end == word->data() + word->size()) sentinel.code = code;
  }
  if (const auto digits = WordAfter(line, "manifest=sha256:"); digits && IsSha256Hex(*digits)) {
    sentinel.manifest_sha256 = *digits;
  }
  if (!sentinel.code) return std::nullopt;
  return sentinel;
}

// 255 stands for several things; the status says for which.
void TakeReport(const std::string& status, std::optional<int64_t> code, std::string source,
                ExitFinding* finding) {
  if (finding->reported() || (status.empty() && !code)) return;
  finding->status = status;
  finding->source = std::move(source);
  if (code && status != "timed_out" && status != "pipes_left_open") {
    finding->code = static_cast<int>(*code);
  }
}

}  // namespace

ExitFinding FindExit(const coder::Agent& agent, const std::vector<coder::ScriptTiming>& timings,
                     const std::vector<coder::LogLine>& log, const std::string& run_id) {
  ExitFinding finding;
  const coder::Script* script = TaskScript(agent);
  if (script != nullptr) TakeReport(script->status, script->exit_code, "script", &finding);
  for (const coder::ScriptTiming& timing : timings) {
    if (timing.display_name != kScriptDisplayName || timing.agent_id != agent.id ||
        timing.stage != "start") {
      continue;
    }
    TakeReport(timing.status, timing.exit_code, "timings", &finding);
  }
  std::optional<Sentinel> sentinel;
  for (const coder::LogLine& line : log) {
    if (script != nullptr && line.source_id != script->log_source_id) continue;
    if (auto found = SentinelIn(line.output, run_id)) sentinel = std::move(found);
  }
  if (sentinel) {
    finding.manifest_sha256 = sentinel->manifest_sha256;
    if (finding.code && *finding.code != *sentinel->code) {
      finding.disagreement = StrCat("Coder reports exit code ", *finding.code, " (", finding.source,
                                    "), the agent program's last line ", *sentinel->code);
    }
    if (!finding.code) {
      finding.code = sentinel->code;
      if (finding.source.empty()) finding.source = "log";
    }
  }
  const bool ready = agent.lifecycle == coder::Lifecycle::kReady;
  if (ready && finding.code && *finding.code != 0 && finding.disagreement.empty()) {
    finding.disagreement = StrCat("Coder calls the script a success, but its exit code is ",
                                  *finding.code, " (", finding.source, ")");
  }
  if (ready && !finding.reported()) {
    finding.code = 0;
    finding.source = "lifecycle";
  }
  return finding;
}

std::string Disagreement(const ExitFinding& finding, const TaskResult& result) {
  if (!finding.disagreement.empty()) return finding.disagreement;
  if (!finding.code) return "";
  const int expected = AgentExitCode(result.failure, result.exit_code.value_or(0));
  if (*finding.code == expected) return "";
  return StrCat("the evidence says ", ToString(result.outcome), " (exit code ", expected,
                "), but the workspace's script ended with ", *finding.code, " (", finding.source,
                ")");
}

}  // namespace ameide::task
