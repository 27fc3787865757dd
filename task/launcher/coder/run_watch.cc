#include "task/launcher/coder/run_watch.h"

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/template_parameters.h"

namespace ameide::task {
namespace {

using State = RunVerdict::State;

constexpr size_t kShownError = 800;

RunVerdict Lost(std::string why) { return {State::kLost, Truncate(ToOneLine(why), kShownError)}; }

std::string JobWords(const coder::Job& job) {
  std::string words = job.error.empty() ? "Coder gives no reason" : job.error;
  if (!job.error_code.empty()) StrAppend(&words, " (", job.error_code, ")");
  return words;
}

}  // namespace

const coder::Agent* TaskAgent(const coder::Build& build) {
  for (const coder::Agent& agent : build.agents) {
    if (agent.name == kAgentName) return &agent;
  }
  return nullptr;
}

const coder::Script* TaskScript(const coder::Agent& agent) {
  for (const coder::Script& script : agent.scripts) {
    if (script.display_name == kScriptDisplayName) return &script;
  }
  return nullptr;
}

bool HasConnected(const coder::Agent& agent) {
  return agent.first_connected_at || agent.status == coder::AgentStatus::kConnected ||
         agent.status == coder::AgentStatus::kDisconnected;
}

bool IsTerminal(coder::Lifecycle lifecycle) {
  return lifecycle == coder::Lifecycle::kReady || lifecycle == coder::Lifecycle::kStartError ||
         lifecycle == coder::Lifecycle::kStartTimeout;
}

// Nothing once the workspace is up.
std::optional<RunVerdict> RunWatch::LookAtBuild(const coder::Build& build) const {
  if (build.transition == coder::Transition::kStop ||
      build.transition == coder::Transition::kDelete) {
    return Lost(StrCat("the workspace got a ", ToString(build.transition),
                       " build (reason: ", build.reason, ") while the run was on"));
  }
  switch (build.job.status) {
    case coder::JobStatus::kSucceeded:
      return std::nullopt;
    case coder::JobStatus::kFailed:
      return Lost(StrCat("Coder could not build the workspace: ", JobWords(build.job)));
    case coder::JobStatus::kCanceled:
      return Lost("the build of the workspace was canceled");
    default:
      break;
  }
  if (build.job.status == coder::JobStatus::kPending && build.matched_provisioners &&
      build.matched_provisioners->count == 0) {
    return Lost("no provisioner of Coder's takes this build: start one with the template's tags");
  }
  return RunVerdict{};
}

RunVerdict RunWatch::LookAtAgent(const coder::Build& build, const coder::Agent& agent,
                                 MonoTime now) {
  if (IsTerminal(agent.lifecycle)) return {State::kEnded, ""};
  for (const coder::App& app : agent.apps) {
    // Its health check is whether the evidence is sealed.
    if (app.slug == kEvidenceAppSlug && app.health == coder::AppHealth::kHealthy) {
      return {State::kEnded, ""};
    }
  }
  if (agent.lifecycle == coder::Lifecycle::kShuttingDown) {
    return Lost("the workspace is being shut down while the run is on");
  }
  if (agent.status != coder::AgentStatus::kDisconnected) {
    disconnected_since_.reset();
    return {};
  }
  // The pod's deadline kills agent and all; by the server's own clock, which saw both ends.
  const auto gone_at = agent.disconnected_at ? agent.disconnected_at : agent.last_connected_at;
  if (limits_.ttl > Millis(0) && gone_at && build.created_at &&
      *gone_at - *build.created_at >= limits_.ttl) {
    return {State::kTimedOut, "the hard TTL passed and the pod was ended"};
  }
  if (!disconnected_since_) disconnected_since_ = now;
  if (now - *disconnected_since_ < limits_.disconnected) return {};
  return Lost(StrCat("Coder's agent has been disconnected for more than ",
                     FormatDuration(limits_.disconnected),
                     ": the pod was evicted, killed, or lost its network"));
}

RunVerdict RunWatch::Look(const coder::Workspace& workspace, MonoTime now) {
  const coder::Build& build = workspace.latest_build;
  const std::optional<RunVerdict> of_build = LookAtBuild(build);
  if (of_build && of_build->state != State::kGoesOn) return *of_build;
  const coder::Agent* agent = of_build ? nullptr : TaskAgent(build);
  if (!of_build && agent == nullptr) {
    return Lost(StrCat("the template made no agent named ", kAgentName));
  }
  if (agent != nullptr && HasConnected(*agent)) return LookAtAgent(build, *agent, now);
  if (now - start_ < limits_.readiness) return {};
  return Lost(
      StrCat(agent == nullptr ? "the workspace was not built" : "Coder's agent did not connect",
             " within ", FormatDuration(limits_.readiness),
             " (timeouts.readiness): look at the pod's events"));
}

}  // namespace ameide::task
