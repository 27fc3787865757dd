#include "task/executor/settings.h"

#include <algorithm>

#include "base/strings.h"

namespace ameide::task {
namespace {

constexpr char kAuditFile[] = "executor/audit.jsonl";
constexpr char kDroppedFolder[] = "evidence-out";  // AMEIDE_EVIDENCE_DIR of a task (task/agent)

Error Missing(std::string what, std::string hint) {
  return {ErrorKind::kInvalid, "start", "the executor's tools", std::move(what), std::move(hint)};
}

// What the task was given under that name.
std::string Setting(const ToolInputs& inputs, const std::string& name) {
  if (inputs.spec) {
    const auto found = inputs.spec->environment.find(name);
    if (found != inputs.spec->environment.end()) return found->second;
  }
  return Get(inputs.environment, name);
}

std::string_view VariableOf(std::string_view key) {
  if (key == "devbox") return kEnvDevbox;
  return key == "branch" ? kEnvBranch : kEnvUser;
}

Result<Json::Object> SessionKey(const ToolInputs& inputs, const ExecutorContract& contract) {
  Json::Object key;
  for (const std::string& name : contract.session_key) {
    const std::string variable(VariableOf(name));
    const std::string value = Setting(inputs, variable);
    if (value.empty()) {
      return Missing(StrCat("it is not said for which ", name, " a session is"),
                     StrCat("set ", variable, " in the task's environment"));
    }
    key.emplace_back(name, value);
  }
  return key;
}

// Both sides show who they are: without our own certificate nothing is spoken.
Result<http::ClientOptions> ClientFor(const ToolInputs& inputs, const ExecutorContract& contract,
                                      const Endpoint& endpoint) {
  const auto pem = [&](const std::string& given, const std::string& variable) {
    return given.empty() && !variable.empty() ? Get(inputs.environment, variable) : given;
  };
  http::ClientOptions client;
  client.origin = endpoint.origin;
  client.server_name = contract.server_name;
  client.ca_pem = pem(inputs.ca_pem, contract.server_ca);
  client.client_certificate_pem = pem(inputs.certificate_pem, contract.client_certificate);
  client.client_key_pem = pem(inputs.key_pem, contract.client_key);
  client.max_body = kMaxExecutorAnswer;
  if (client.client_certificate_pem.empty()) {
    return Missing("there is no client certificate",
                   StrCat("grant ", contract.client_certificate, " to this phase, or use --cert"));
  }
  if (client.client_key_pem.empty()) {
    return Missing("there is no client key",
                   StrCat("grant ", contract.client_key, " to this phase, or use --key"));
  }
  // Falling back to the system's authorities would trust more than the contract does.
  if (client.ca_pem.empty() && !contract.server_ca.empty()) {
    return Missing("there are no authorities to judge the server by",
                   StrCat("grant ", contract.server_ca, " to this phase, or use --ca"));
  }
  client.proxy =
      http::ProxyFor(endpoint.origin, [&](const std::string& name) -> std::optional<std::string> {
        const auto found = inputs.environment.find(name);
        if (found == inputs.environment.end()) return std::nullopt;
        return found->second;
      });
  return client;
}

fs::path AuditPath(const ToolInputs& inputs) {
  const std::string dropped = Get(inputs.environment, "AMEIDE_EVIDENCE_DIR");
  return (dropped.empty() ? inputs.folder / kDroppedFolder : fs::path(dropped)) / kAuditFile;
}

}  // namespace

Millis LeaseAt(WallTime now, WallTime ends_at, Millis lease) {
  const auto left = std::chrono::floor<std::chrono::seconds>(ends_at - now);
  return std::max(Millis(0), std::min(lease, Millis(left)));
}

Result<ToolSettings> SettingsFrom(const ToolInputs& inputs) {
  if (!inputs.contract.executor) {
    return Missing(StrCat("profile \"", inputs.contract.name, "\" has no executor"),
                   "state one under `executor` in the profile");
  }
  ToolSettings settings;
  settings.contract = *inputs.contract.executor;
  const ExecutorContract& contract = settings.contract;
  const std::string url =
      inputs.endpoint.empty() ? Setting(inputs, contract.endpoint_env) : inputs.endpoint;
  AMEIDE_ASSIGN_OR_RETURN(settings.endpoint, EndpointFromUrl(url));
  AMEIDE_ASSIGN_OR_RETURN(settings.client, ClientFor(inputs, contract, settings.endpoint));
  settings.session.task_id = inputs.task_id;
  if (settings.session.task_id.empty() && inputs.spec) {
    settings.session.task_id = inputs.spec->work_id;
  }
  if (settings.session.task_id.empty()) {
    return Missing("it is not said for which task", "use --task-id, or put spec.json beside it");
  }
  AMEIDE_ASSIGN_OR_RETURN(settings.session.key, SessionKey(inputs, contract));
  const bool own_ttl = inputs.spec && inputs.spec->ttl > Millis(0);
  settings.session.ends_at =
      inputs.started + (own_ttl ? inputs.spec->ttl : inputs.contract.default_ttl);
  settings.audit = AuditPath(inputs);
  return settings;
}

}  // namespace ameide::task
