#include "acceptance/coder_simulator/objects.h"

#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr char kNoId[] = "00000000-0000-0000-0000-000000000000";

void SetTime(Json* object, const char* name, const std::optional<WallTime>& time) {
  if (time) object->Set(name, FormatTime(*time));
}

}  // namespace

Json TimeJson(const std::optional<WallTime>& time) {
  return time ? Json(FormatTime(*time)) : Json();
}

Json UserJson(const State& state, const User& user) {
  const std::string start = "2026-05-01T09:00:00Z";
  Json::Array roles = {Json::Object{{"name", "member"}, {"display_name", "Member"}}};
  if (user.template_admin) {
    roles.emplace_back(
        Json::Object{{"name", "template-admin"}, {"display_name", "Template Admin"}});
  }
  if (user.site_owner)
    roles.emplace_back(Json::Object{{"name", "owner"}, {"display_name", "Owner"}});
  return Json::Object{{"id", user.id},
                      {"username", user.name},
                      {"name", ""},
                      {"email", StrCat(user.name, "@example.test")},
                      {"avatar_url", ""},
                      {"created_at", start},
                      {"updated_at", start},
                      {"last_seen_at", start},
                      {"status", "active"},
                      {"login_type", "token"},
                      {"organization_ids", Json::Array{state.organization_id}},
                      {"roles", roles}};
}

Json OrganizationJson(const State& state) {
  return Json::Object{{"id", state.organization_id},
                      {"name", state.organization_name},
                      {"display_name", "Coder"},
                      {"description", ""},
                      {"icon", ""},
                      {"created_at", "2026-05-01T09:00:00Z"},
                      {"updated_at", "2026-05-01T09:00:00Z"},
                      {"is_default", true}};
}

Json JobJson(const State& state, const Job& job, std::string_view workspace_name) {
  Json json = Json::Object{{"id", job.id}, {"created_at", FormatTime(job.created_at)}};
  SetTime(&json, "started_at", job.started_at);
  SetTime(&json, "completed_at", job.completed_at);
  SetTime(&json, "canceled_at", job.cancel_asked_at);
  if (!job.error.empty()) json.Set("error", job.error);
  if (!job.error_code.empty()) json.Set("error_code", job.error_code);
  json.Set("status", ToString(job.status));
  if (job.started_at) json.Set("worker_id", kNoId);
  json.Set("worker_name", job.started_at ? "simulator" : "");
  json.Set("file_id", job.file_id);
  json.Set("tags", Json::Object{{"owner", ""}, {"scope", "organization"}});
  json.Set("queue_position", job.status == JobStatus::kPending ? 1 : 0);
  json.Set("queue_size", job.status == JobStatus::kPending ? 1 : 0);
  json.Set("organization_id", state.organization_id);
  json.Set("initiator_id", job.initiator_id);
  json.Set("input", Json::Object{});
  json.Set("type", job.type);
  json.Set("metadata", Json::Object{{"workspace_name", workspace_name}});
  json.Set("logs_overflowed", job.logs_overflowed);
  return json;
}

Json JobLogJson(const State& state, const JobLog& log) {
  const bool future = state.faults.On(Fault::kUnknownFields);
  return Json::Object{{"id", log.id},
                      {"created_at", FormatTime(log.at)},
                      {"log_source", future ? "future_source" : "provisioner"},
                      {"log_level", log.level},
                      {"stage", log.stage},
                      {"output", log.output}};
}

Json TemplateJson(const State& state, const Template& item) {
  const User* author = state.FindUser(item.created_by_id);
  return Json::Object{{"id", item.id},
                      {"created_at", FormatTime(item.created_at)},
                      {"updated_at", FormatTime(item.updated_at)},
                      {"organization_id", state.organization_id},
                      {"organization_name", state.organization_name},
                      {"organization_display_name", "Coder"},
                      {"organization_icon", ""},
                      {"name", item.name},
                      {"display_name", item.display_name},
                      {"provisioner", "terraform"},
                      {"active_version_id", item.active_version_id},
                      {"active_user_count", -1},
                      {"build_time_stats", Json::Object{}},
                      {"description", item.description},
                      {"deleted", item.deleted},
                      {"deprecated", !item.deprecation_message.empty()},
                      {"deprecation_message", item.deprecation_message},
                      {"icon", item.icon},
                      {"default_ttl_ms", item.default_ttl_ms},
                      {"activity_bump_ms", item.activity_bump_ms},
                      {"created_by_id", item.created_by_id},
                      {"created_by_name", author == nullptr ? "" : author->name},
                      {"allow_user_autostart", true},
                      {"allow_user_autostop", item.allow_user_autostop},
                      {"allow_user_cancel_workspace_jobs", item.allow_user_cancel},
                      {"failure_ttl_ms", 0},
                      {"time_til_dormant_ms", 0},
                      {"time_til_dormant_autodelete_ms", 0},
                      {"require_active_version", false},
                      {"max_port_share_level", "owner"},
                      {"cors_behavior", "simple"},
                      {"disable_module_cache", false},
                      {"use_classic_parameter_flow", false}};
}

Json MatchedProvisionersJson(const Job& job) {
  return Json::Object{
      {"count", job.provisioners},
      {"available", job.provisioners},
      {"most_recently_seen", job.provisioners > 0 ? Json(FormatTime(job.created_at)) : Json()}};
}

Json VersionJson(const State& state, const TemplateVersion& version) {
  const User* author = state.FindUser(version.job.initiator_id);
  return Json::Object{{"id", version.id},
                      {"template_id", version.template_id.empty() ? Json() : version.template_id},
                      {"organization_id", state.organization_id},
                      {"created_at", FormatTime(version.job.created_at)},
                      {"updated_at", FormatTime(version.job.created_at)},
                      {"name", version.name},
                      {"message", version.message},
                      {"job", JobJson(state, version.job, "")},
                      {"readme", ""},
                      {"created_by", author == nullptr ? Json() : UserJson(state, *author)},
                      {"archived", version.archived},
                      {"warnings", Json::Array{}},
                      {"matched_provisioners", MatchedProvisionersJson(version.job)},
                      {"has_external_agent", false}};
}

Json ParameterJson(const RichParameter& parameter) {
  Json::Array options;
  for (const RichParameter::Option& option : parameter.options) {
    options.emplace_back(Json::Object{
        {"name", option.name}, {"description", ""}, {"value", option.value}, {"icon", ""}});
  }
  Json json = Json::Object{{"name", parameter.name},
                           {"display_name", parameter.display_name},
                           {"description", parameter.description},
                           {"description_plaintext", parameter.description},
                           {"type", parameter.type},
                           {"form_type", parameter.form_type},
                           {"mutable", parameter.is_mutable},
                           {"default_value", parameter.default_value},
                           {"icon", ""},
                           {"options", std::move(options)},
                           {"required", parameter.required},
                           {"ephemeral", false},
                           {"validation_error", parameter.validation_error},
                           {"validation_regex", parameter.validation_regex}};
  if (parameter.validation_min) json.Set("validation_min", *parameter.validation_min);
  if (parameter.validation_max) json.Set("validation_max", *parameter.validation_max);
  return json;
}

void AddUnknownMembers(Json* value) {
  if (const Json::Array* items = value->AsArray(); items != nullptr) {
    Json::Array copy = *items;
    for (Json& item : copy) AddUnknownMembers(&item);
    *value = Json(std::move(copy));
  } else if (const Json::Object* members = value->AsObject(); members != nullptr) {
    Json::Object copy = *members;
    for (auto& [name, member] : copy) {
      // Maps of the user's own names are no objects of the API.
      if (name != "environment_variables" && name != "latency") AddUnknownMembers(&member);
    }
    *value = Json(std::move(copy));
    value->Set("future_member", Json::Object{{"kind", "future_kind"}});
  }
}

}  // namespace ameide::simulator
