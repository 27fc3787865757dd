#include "acceptance/coder_simulator/state.h"

#include <algorithm>

#include "base/digest.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

template <class T>
const T* FindById(const std::vector<T>& all, std::string_view id) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const T& each) { return each.id == id; });
  return found == all.end() ? nullptr : &*found;
}

constexpr int kSlowFactor = 20;

}  // namespace

std::string ToString(JobStatus status) {
  switch (status) {
    case JobStatus::kPending:
      return "pending";
    case JobStatus::kRunning:
      return "running";
    case JobStatus::kSucceeded:
      return "succeeded";
    case JobStatus::kFailed:
      return "failed";
    case JobStatus::kCanceling:
      return "canceling";
    case JobStatus::kCanceled:
      return "canceled";
  }
  return "unknown";
}

bool Job::Active() const {
  return status == JobStatus::kPending || status == JobStatus::kRunning ||
         status == JobStatus::kCanceling;
}

std::string Build::Status() const {
  const bool start = transition == "start";
  const bool stop = transition == "stop";
  if (job.status == JobStatus::kRunning) return start ? "starting" : stop ? "stopping" : "deleting";
  if (job.status == JobStatus::kSucceeded) return start ? "running" : stop ? "stopped" : "deleted";
  return ToString(job.status);
}

std::string State::NewId() {
  std::string hex = Sha256Hex(StrCat(id_seed, "/", ++ids)).substr(0, 32);
  hex[12] = '4';
  hex[16] = '8';
  return StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                hex.substr(16, 4), "-", hex.substr(20));
}

Millis State::Slowly(Millis step) const {
  return faults.On(Fault::kSlow) ? step * kSlowFactor : step;
}

bool State::IsOrganization(std::string_view id_or_name) const {
  return id_or_name == "default" || id_or_name == organization_id ||
         id_or_name == organization_name;
}

const User* State::FindUser(std::string_view id_or_name) const {
  const auto found = std::find_if(users.begin(), users.end(), [&](const User& user) {
    return user.id == id_or_name || AsciiLower(user.name) == AsciiLower(id_or_name);
  });
  return found == users.end() ? nullptr : &*found;
}

const Template* State::FindTemplate(std::string_view id) const { return FindById(templates, id); }
const TemplateVersion* State::FindVersion(std::string_view id) const {
  return FindById(versions, id);
}
const Workspace* State::FindWorkspace(std::string_view id) const {
  return FindById(workspaces, id);
}

const Build* State::FindBuild(std::string_view id, const Workspace** of) const {
  for (const Workspace& workspace : workspaces) {
    if (const Build* build = FindById(workspace.builds, id); build != nullptr) {
      *of = &workspace;
      return build;
    }
  }
  return nullptr;
}

const Agent* State::FindAgent(std::string_view id, const Workspace** of) const {
  for (const Workspace& workspace : workspaces) {
    for (const Build& build : workspace.builds) {
      if (!build.agent || build.agent->id != id) continue;
      *of = &workspace;
      return &*build.agent;
    }
  }
  return nullptr;
}

std::string VersionOf(const State& state) {
  if (state.faults.On(Fault::kOldServer)) return "v2.20.0";
  return state.faults.On(Fault::kNewServer) ? "v2.37.0" : "v2.34.1";
}

std::string AgentStatus(const Agent& agent, WallTime now) {
  if (!agent.first_connected_at) {
    const bool late = agent.connection_timeout > 0 &&
                      now - agent.created_at > std::chrono::seconds(agent.connection_timeout);
    return late ? "timeout" : "connecting";
  }
  return agent.disconnected_at ? "disconnected" : "connected";
}

}  // namespace ameide::simulator
