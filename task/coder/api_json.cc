#include "task/coder/api_json.h"

#include <array>
#include <string>

#include "base/strings.h"

namespace ameide::coder {
namespace {

constexpr size_t kMaxValidations = 100;
constexpr char kNilId[] = "00000000-0000-0000-0000-000000000000";  // some servers' word for none

Error Unreadable(std::string_view what, std::string_view why) {
  return Error{ErrorKind::kInvalid, "read", StrCat("Coder's answer (", what, ")"), std::string(why),
               "check that the URL is Coder's access URL and its version 2.24 or later"};
}

std::string Text(const Json& json, std::string_view key) {
  const Json* member = json.Find(key);
  const std::string* text = member == nullptr ? nullptr : member->AsString();
  return text == nullptr ? "" : *text;
}

std::string Id(const Json& json, std::string_view key) {
  std::string id = Text(json, key);
  return id == kNilId ? "" : id;
}

std::optional<bool> MaybeBool(const Json& json, std::string_view key) {
  const Json* member = json.Find(key);
  const bool* value = member == nullptr ? nullptr : member->AsBool();
  return value == nullptr ? std::nullopt : std::optional<bool>(*value);
}

bool Bool(const Json& json, std::string_view key) { return MaybeBool(json, key).value_or(false); }

std::optional<int64_t> MaybeInt(const Json& json, std::string_view key) {
  const Json* member = json.Find(key);
  int64_t value = 0;
  if (member == nullptr || !member->GetInt64(&value)) return std::nullopt;
  return value;
}

int64_t Int(const Json& json, std::string_view key) { return MaybeInt(json, key).value_or(0); }

// Go writes a time that was never set as year 1, which ParseTime refuses: absent, too.
std::optional<WallTime> Time(const Json& json, std::string_view key) {
  const Result<WallTime> time = ParseTime(Text(json, key));
  return time.ok() ? std::optional<WallTime>(*time) : std::nullopt;
}

const Json& Member(const Json& json, std::string_view key) {
  static const Json kNull;
  const Json* member = json.Find(key);
  return member == nullptr ? kNull : *member;
}

template <class Each>
void ForEach(const Json& json, std::string_view key, const Each& each) {
  const Json::Array* items = Member(json, key).AsArray();
  if (items == nullptr) return;
  size_t count = 0;
  for (const Json& item : *items) {
    if (++count > kMaxListItems) return;
    each(item);
  }
}

template <class Word, size_t N>
Word WordOf(const Json& json, std::string_view key,
            const std::array<std::pair<std::string_view, Word>, N>& words) {
  const std::string text = Text(json, key);
  for (const auto& [word, value] : words) {
    if (word == text) return value;
  }
  return Word::kUnknown;
}

using std::pair;
constexpr std::array<pair<std::string_view, JobStatus>, 6> kJobStatuses = {
    {{"pending", JobStatus::kPending},
     {"running", JobStatus::kRunning},
     {"succeeded", JobStatus::kSucceeded},
     {"canceling", JobStatus::kCanceling},
     {"canceled", JobStatus::kCanceled},
     {"failed", JobStatus::kFailed}}};
constexpr std::array<pair<std::string_view, AppHealth>, 4> kHealths = {
    {{"disabled", AppHealth::kDisabled},
     {"initializing", AppHealth::kInitializing},
     {"healthy", AppHealth::kHealthy},
     {"unhealthy", AppHealth::kUnhealthy}}};
constexpr std::array<pair<std::string_view, AgentStatus>, 4> kAgentStatuses = {
    {{"connecting", AgentStatus::kConnecting},
     {"connected", AgentStatus::kConnected},
     {"disconnected", AgentStatus::kDisconnected},
     {"timeout", AgentStatus::kTimeout}}};
constexpr std::array<pair<std::string_view, Lifecycle>, 9> kLifecycles = {
    {{"created", Lifecycle::kCreated},
     {"starting", Lifecycle::kStarting},
     {"ready", Lifecycle::kReady},
     {"start_error", Lifecycle::kStartError},
     {"start_timeout", Lifecycle::kStartTimeout},
     {"shutting_down", Lifecycle::kShuttingDown},
     {"off", Lifecycle::kShuttingDown},
     {"shutdown_error", Lifecycle::kShuttingDown},
     {"shutdown_timeout", Lifecycle::kShuttingDown}}};
constexpr std::array<pair<std::string_view, Transition>, 3> kTransitions = {
    {{"start", Transition::kStart}, {"stop", Transition::kStop}, {"delete", Transition::kDelete}}};

Job JobFrom(const Json& json) {
  return {Id(json, "id"), WordOf(json, "status", kJobStatuses), Text(json, "error"),
          Text(json, "error_code"), Bool(json, "logs_overflowed")};
}

std::optional<MatchedProvisioners> MatchedFrom(const Json& json) {
  const Json& matched = Member(json, "matched_provisioners");
  const std::optional<int64_t> count = MaybeInt(matched, "count");
  if (!count) return std::nullopt;
  return MatchedProvisioners{*count, Int(matched, "available")};
}

Script ScriptFrom(const Json& json) {
  return {Id(json, "log_source_id"), Text(json, "display_name"), MaybeInt(json, "exit_code"),
          Text(json, "status")};
}

Agent AgentFrom(const Json& json) {
  Agent agent;
  agent.id = Id(json, "id");
  agent.name = Text(json, "name");
  agent.status = WordOf(json, "status", kAgentStatuses);
  agent.lifecycle = WordOf(json, "lifecycle_state", kLifecycles);
  agent.first_connected_at = Time(json, "first_connected_at");
  agent.last_connected_at = Time(json, "last_connected_at");
  agent.disconnected_at = Time(json, "disconnected_at");
  agent.logs_overflowed = Bool(json, "logs_overflowed");
  ForEach(json, "scripts", [&](const Json& item) { agent.scripts.push_back(ScriptFrom(item)); });
  ForEach(json, "apps", [&](const Json& item) {
    agent.apps.push_back({Text(item, "slug"), WordOf(item, "health", kHealths)});
  });
  return agent;
}

// The id, without which an object cannot be used for anything.
Result<std::string> NeedId(const Json& json, std::string_view what) {
  if (json.AsObject() == nullptr) return Unreadable(what, "it is no JSON object");
  std::string id = Id(json, "id");
  if (id.empty()) return Unreadable(what, "it has no id");
  return id;
}

}  // namespace

bool IsActive(JobStatus status) {
  return status == JobStatus::kUnknown || status == JobStatus::kPending ||
         status == JobStatus::kRunning || status == JobStatus::kCanceling;
}

std::string_view ToString(Transition transition) {
  for (const auto& [word, value] : kTransitions) {
    if (value == transition) return word;
  }
  return "unknown";
}

Result<BuildInfo> BuildInfoFrom(const Json& json) {
  BuildInfo info{Text(json, "version"), Text(json, "dashboard_url")};
  if (info.version.empty()) return Unreadable("buildinfo", "it has no version");
  return info;
}

Result<User> UserFrom(const Json& json) {
  AMEIDE_ASSIGN_OR_RETURN(std::string id, NeedId(json, "user"));
  User user{std::move(id), Text(json, "username"), {}};
  if (user.username.empty()) return Unreadable("user", "it has no username");
  ForEach(json, "organization_ids", [&](const Json& item) {
    if (item.AsString() != nullptr) user.organization_ids.push_back(*item.AsString());
  });
  return user;
}

Result<Organization> OrganizationFrom(const Json& json) {
  AMEIDE_ASSIGN_OR_RETURN(std::string id, NeedId(json, "organization"));
  return Organization{std::move(id), Text(json, "name"), Bool(json, "is_default")};
}

Result<Template> TemplateFrom(const Json& json) {
  AMEIDE_ASSIGN_OR_RETURN(std::string id, NeedId(json, "template"));
  return Template{
      .id = std::move(id),
      .name = Text(json, "name"),
      .organization_id = Id(json, "organization_id"),
      .active_version_id = Id(json, "active_version_id"),
      .display_name = Text(json, "display_name"),
      .description = Text(json, "description"),
      .icon = Text(json, "icon"),
      .deprecation_message = Text(json, "deprecation_message"),
      .deprecated = Bool(json, "deprecated"),
      .default_ttl_ms = Int(json, "default_ttl_ms"),
      .activity_bump_ms = Int(json, "activity_bump_ms"),
      .allow_user_cancel_workspace_jobs = MaybeBool(json, "allow_user_cancel_workspace_jobs"),
      .use_classic_parameter_flow = MaybeBool(json, "use_classic_parameter_flow")};
}

Result<TemplateVersion> TemplateVersionFrom(const Json& json) {
  AMEIDE_ASSIGN_OR_RETURN(std::string id, NeedId(json, "template version"));
  return TemplateVersion{.id = std::move(id),
                         .name = Text(json, "name"),
                         .template_id = Id(json, "template_id"),
                         .message = Text(json, "message"),
                         .archived = Bool(json, "archived"),
                         .job = JobFrom(Member(json, "job")),
                         .matched_provisioners = MatchedFrom(json)};
}

Result<RichParameter> RichParameterFrom(const Json& json) {
  RichParameter parameter{.name = Text(json, "name"),
                          .type = Text(json, "type"),
                          .default_value = Text(json, "default_value"),
                          .validation_regex = Text(json, "validation_regex"),
                          .is_mutable = Bool(json, "mutable"),
                          .ephemeral = Bool(json, "ephemeral"),
                          .required = Bool(json, "required"),
                          .validation_min = MaybeInt(json, "validation_min"),
                          .validation_max = MaybeInt(json, "validation_max"),
                          .options = {}};
  if (parameter.name.empty()) return Unreadable("template parameter", "it has no name");
  ForEach(json, "options",
          [&](const Json& item) { parameter.options.push_back(Text(item, "value")); });
  return parameter;
}

Result<ExternalAuth> ExternalAuthFrom(const Json& json) {
  AMEIDE_ASSIGN_OR_RETURN(std::string id, NeedId(json, "external account"));
  return ExternalAuth{std::move(id), Text(json, "display_name"), Text(json, "authenticate_url"),
                      Bool(json, "authenticated"), Bool(json, "optional")};
}

Result<Build> BuildFrom(const Json& json) {
  AMEIDE_ASSIGN_OR_RETURN(std::string id, NeedId(json, "workspace build"));
  Build build;
  build.id = std::move(id);
  build.number = Int(json, "build_number");
  build.transition = WordOf(json, "transition", kTransitions);
  build.status = Text(json, "status");
  build.reason = Text(json, "reason");
  build.template_version_id = Id(json, "template_version_id");
  build.job = JobFrom(Member(json, "job"));
  build.created_at = Time(json, "created_at");
  build.deadline = Time(json, "deadline");
  build.matched_provisioners = MatchedFrom(json);
  ForEach(json, "resources", [&](const Json& resource) {
    ForEach(resource, "agents", [&](const Json& agent) {
      if (Id(agent, "parent_id").empty()) build.agents.push_back(AgentFrom(agent));
    });
  });
  return build;
}

Result<Workspace> WorkspaceFrom(const Json& json) {
  AMEIDE_ASSIGN_OR_RETURN(std::string id, NeedId(json, "workspace"));
  Workspace workspace{.id = std::move(id),
                      .name = Text(json, "name"),
                      .owner_name = Text(json, "owner_name"),
                      .template_name = Text(json, "template_name"),
                      .created_at = Time(json, "created_at"),
                      .latest_build = {}};
  AMEIDE_ASSIGN_OR_RETURN(workspace.latest_build, BuildFrom(Member(json, "latest_build")));
  return workspace;
}

Result<WorkspacePage> WorkspacePageFrom(const Json& json) {
  AMEIDE_ASSIGN_OR_RETURN(auto items, ListFrom(Member(json, "workspaces"), WorkspaceFrom));
  return WorkspacePage{std::move(items), Int(json, "count")};
}

Result<LogLine> LogLineFrom(const Json& json) {
  const std::optional<int64_t> id = MaybeInt(json, "id");
  if (!id) return Unreadable("log line", "it has no id");
  // Builds say log_level, agents level.
  std::string level = Text(json, "level");
  if (level.empty()) level = Text(json, "log_level");
  return LogLine{*id, std::move(level), Text(json, "stage"), Id(json, "source_id"),
                 Text(json, "output")};
}

Result<std::vector<ScriptTiming>> ScriptTimingsFrom(const Json& json) {
  if (json.AsObject() == nullptr) return Unreadable("timings", "it is no JSON object");
  std::vector<ScriptTiming> timings;
  ForEach(json, "agent_script_timings", [&](const Json& item) {
    timings.push_back({Text(item, "display_name"), Text(item, "stage"), Text(item, "status"),
                       Id(item, "workspace_agent_id"), MaybeInt(item, "exit_code")});
  });
  return timings;
}

Result<Parameters> ParametersFrom(const Json& json) {
  const Json::Array* items = json.AsArray();
  if (items == nullptr) return Unreadable("build parameters", "it is no array");
  Parameters parameters;
  for (const Json& item : *items) {
    if (parameters.size() == kMaxListItems) break;
    parameters.emplace(Text(item, "name"), Text(item, "value"));
  }
  return parameters;
}

Result<std::string> UploadedFileFrom(const Json& json) {
  std::string id = Id(json, "hash");
  if (id.empty()) return Unreadable("upload", "it has no hash");
  return id;
}

Result<std::optional<Workspace>> WatchEventFrom(const Json& json) {
  if (json.AsObject() == nullptr) return Unreadable("watch event", "it is no JSON object");
  if (Text(json, "type") != "data") return std::optional<Workspace>();
  AMEIDE_ASSIGN_OR_RETURN(Workspace workspace, WorkspaceFrom(Member(json, "data")));
  return std::optional<Workspace>(std::move(workspace));
}

ApiError ApiErrorFrom(std::string_view body) {
  const Result<Json> json = ParseJson(body);
  if (!json.ok() || json->AsObject() == nullptr) return {};
  ApiError error{Text(*json, "message"), Text(*json, "detail"), {}};
  ForEach(*json, "validations", [&](const Json& item) {
    if (error.validations.size() < kMaxValidations) {
      error.validations.emplace_back(Text(item, "field"), Text(item, "detail"));
    }
  });
  return error;
}

}  // namespace ameide::coder
