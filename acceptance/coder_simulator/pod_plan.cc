#include "acceptance/coder_simulator/pod_plan.h"

#include "acceptance/coder_simulator/workspace_processes.h"
#include "base/strings.h"
#include "task/contract/template_parameters.h"

namespace ameide::simulator {
namespace {

constexpr uint64_t kMaxSecret = 1u << 20;
constexpr char kPortVariable[] = "AMEIDE_EVIDENCE_PORT";

// envbuilder reads its options and removes them (Coder's envbuilder, options under this prefix).
bool IsBuilders(std::string_view name) { return name.starts_with("ENVBUILDER_"); }

Result<std::string> ReadSecret(const PodSettings& settings, const SecretVariable& variable) {
  const auto missing = [&](std::string cause) {
    return Error{ErrorKind::kNotFound, "start container",
                 StrCat("secret ", variable.secret, ", key ", variable.key), std::move(cause),
                 "put a file <secret>/<key> into the folder of --secrets"};
  };
  if (settings.secrets.empty()) return missing("there is no folder with secrets");
  if (!IsSafeRelativePath(variable.secret) || !IsSafeRelativePath(variable.key)) {
    return missing("these are no plain names");
  }
  const Result<std::string> value =
      ReadFile(settings.secrets / variable.secret / variable.key, kMaxSecret);
  return value.ok() ? value : missing(value.error().cause);
}

Status AddContainer(const ContainerPlan& container, const PodSettings& settings,
                    std::map<std::string, std::string>* environment) {
  for (const auto& [name, value] : container.environment) {
    if (!IsBuilders(name) && name != "HOME") (*environment)[name] = value;
  }
  for (const SecretVariable& variable : container.secrets) {
    if (IsBuilders(variable.env)) continue;
    AMEIDE_ASSIGN_OR_RETURN((*environment)[variable.env], ReadSecret(settings, variable));
  }
  return Ok{};
}

std::map<std::string, std::string> BaseEnvironment(const PodSettings& settings,
                                                   const fs::path& home, const fs::path& tmp,
                                                   const std::string& mark) {
  const std::string path = Get(settings.environment, "PATH");
  return {{"PATH", path.empty() ? "/usr/local/bin:/usr/bin:/bin" : path},
          {"HOME", home.string()},
          {"TMPDIR", tmp.string()},
          {kMarkVariable, mark}};
}

// What Coder's agent sets for commands, over everything else (facts 9).
void AddAgentVariables(const State& state, const Workspace& workspace, const Agent& agent,
                       const fs::path& root, std::map<std::string, std::string>* environment) {
  auto& all = *environment;
  all["CODER"] = "true";
  all["CODER_WORKSPACE_NAME"] = workspace.name;
  all["CODER_WORKSPACE_ID"] = workspace.id;
  all["CODER_WORKSPACE_AGENT_NAME"] = agent.name;
  all["CODER_WORKSPACE_OWNER_NAME"] = state.FindUser(workspace.owner_id)->name;
  all["CODER_AGENT_TOKEN"] = agent.token;
  all["CODER_AGENT_URL"] = state.access_url + "/";
  all["CODER_AGENT_AUTH"] = "token";
  all["CODER_SCRIPT_DATA_DIR"] = (root / "coder/data").string();
  all["CODER_SCRIPT_BIN_DIR"] = (root / "coder/bin").string();
  all["PATH"] = StrCat((root / "coder/bin").string(), ":", all["PATH"]);
  all["GIT_ASKPASS"] = (root / "coder/coder").string();
  all["GIT_SSH_COMMAND"] = StrCat((root / "coder/coder").string(), " gitssh --");
  all["USER"] = all["LOGNAME"] = "task";
  all["SHELL"] = "/bin/sh";
  all["SSH_CLIENT"] = "127.0.0.1 1 1";
  all["SSH_CONNECTION"] = "127.0.0.1 1 127.0.0.1 1";
}

// A word of the container's command with its mounted folders below the workspace's own.
std::string BelowRoot(const std::string& word, const ContainerPlan& container,
                      const fs::path& root) {
  const size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
  const std::string option = equals == std::string::npos ? "" : word.substr(0, equals + 1);
  const std::string path = word.substr(option.size());
  for (const auto& [mount, volume] : container.mounts) {
    if (path != mount && !path.starts_with(mount + "/")) continue;
    if (mount == "/tmp") return StrCat(option, (root / "publisher-tmp").string(), path.substr(4));
    return StrCat(option, root.string(), path);
  }
  return word;
}

Result<PodPlan::Publisher> PlanPublisher(const ContainerPlan& container, const ContainerPlan* task,
                                         const PodSettings& settings, const PodPlan& pod) {
  PodPlan::Publisher publisher;
  for (const std::string& word : container.command) {
    publisher.argv.push_back(BelowRoot(word, container, pod.root));
  }
  if (publisher.argv.empty()) {
    return Error{ErrorKind::kInvalid, "start container", container.name, "it has no command", ""};
  }
  publisher.environment =
      BaseEnvironment(settings, pod.root / "publisher-tmp", pod.root / "publisher-tmp",
                      StrCat(pod.workspace_id, "/publisher"));
  AMEIDE_RETURN_IF_ERROR(AddContainer(container, settings, &publisher.environment));
  const bool same = task != nullptr && !container.user.empty() && container.user == task->user;
  publisher.user = same ? kTaskUser : kPublisherUser;
  return publisher;
}

}  // namespace

Result<PodPlan> MakePodPlan(const State& state, const Workspace& workspace,
                            const PodSettings& settings) {
  const Build& build = workspace.Latest();
  const Agent& agent = *build.agent;
  const TemplateVersion& version = *state.FindVersion(build.version_id);
  AMEIDE_ASSIGN_OR_RETURN(
      const TemplatePlan plan,
      PlanTemplate(*version.model, {.id = workspace.id,
                                    .name = workspace.name,
                                    .owner_id = workspace.owner_id,
                                    .owner_name = state.FindUser(workspace.owner_id)->name,
                                    .access_url = state.access_url,
                                    .agent_id = agent.id,
                                    .agent_token = agent.token,
                                    .parameters = build.parameters,
                                    .variables = version.variables}));
  PodPlan pod;
  pod.workspace_id = workspace.id;
  pod.agent_id = agent.id;
  pod.root = settings.folder / workspace.id;
  pod.script = plan.scripts[0].text;
  pod.timeout = std::chrono::seconds(plan.scripts[0].timeout_seconds);
  for (const App& app : agent.apps) pod.apps.push_back(app.model);
  pod.environment =
      BaseEnvironment(settings, pod.root / "home", pod.root / "tmp", StrCat(workspace.id, "/task"));
  const ContainerPlan* task = plan.Find("task");
  if (task != nullptr) AMEIDE_RETURN_IF_ERROR(AddContainer(*task, settings, &pod.environment));
  for (const auto& [name, value] : plan.agent_environment) {
    pod.environment[name] = ExpandVariables(value, pod.environment);
    if (name == kPortVariable) pod.declared_port = value;
  }
  AddAgentVariables(state, workspace, agent, pod.root, &pod.environment);
  pod.environment["AMEIDE_ROOT"] = pod.root.string();
  if (const ContainerPlan* publisher = plan.Find("publisher"); publisher != nullptr) {
    AMEIDE_ASSIGN_OR_RETURN(pod.publisher, PlanPublisher(*publisher, task, settings, pod));
  }
  return pod;
}

std::optional<std::string> PathOfAppUrl(const PodPlan& plan, std::string_view url) {
  for (const std::string_view host : {"localhost", "127.0.0.1"}) {
    const std::string start = StrCat("http://", host, ":", plan.declared_port);
    if (plan.declared_port.empty() || !url.starts_with(start)) continue;
    const std::string_view path = url.substr(start.size());
    if (path.empty()) return "/";
    if (path[0] == '/') return std::string(path);
  }
  return std::nullopt;
}

}  // namespace ameide::simulator
