// The calls of CoderClient that are about templates.
#include "task/coder/client_call.h"

namespace ameide::coder {
namespace {

// What creating and changing have in common; durations of licensed features stay untouched.
Json ToJson(const TemplateSettings& settings) {
  return Json::Object{
      {"name", settings.name},
      {"display_name", settings.display_name},
      {"description", settings.description},
      {"icon", settings.icon},
      {"default_ttl_ms", settings.default_ttl_ms},
      {"activity_bump_ms", settings.activity_bump_ms},
      {"allow_user_cancel_workspace_jobs", settings.allow_user_cancel_workspace_jobs}};
}

}  // namespace

Result<std::optional<Template>> CoderClient::FindTemplate(std::stop_token stop,
                                                          const std::string& organization,
                                                          const std::string& name) {
  return AskForMaybe(
      stop, Get("find template", name, ApiPath("organizations", organization, "templates", name)),
      TemplateFrom);
}

Result<Template> CoderClient::CreateTemplate(std::stop_token stop, const std::string& organization,
                                             const TemplateSettings& settings,
                                             const std::string& version_id) {
  Json body = ToJson(settings);
  body.Set("template_version_id", version_id);
  body.Set("template_use_classic_parameter_flow", false);
  return AskFor(stop,
                Post("create template", settings.name,
                     ApiPath("organizations", organization, "templates"), body),
                TemplateFrom);
}

Result<Template> CoderClient::UpdateTemplate(std::stop_token stop, const std::string& template_id,
                                             const TemplateSettings& settings) {
  Json body = ToJson(settings);
  body.Set("use_classic_parameter_flow", false);  // another name than when creating
  return AskFor(
      stop,
      Patch("change settings of template", settings.name, ApiPath("templates", template_id), body),
      TemplateFrom);
}

Status CoderClient::DeleteTemplate(std::stop_token stop, const std::string& template_id) {
  Call call = Get("delete template", template_id, ApiPath("templates", template_id));
  call.request.method = "DELETE";
  AMEIDE_RETURN_IF_ERROR(Ask(stop, call));
  return Ok{};
}

Status CoderClient::PromoteVersion(std::stop_token stop, const std::string& template_id,
                                   const std::string& version_id) {
  AMEIDE_RETURN_IF_ERROR(Ask(stop, Patch("make active the template version", version_id,
                                         ApiPath("templates", template_id, "versions"),
                                         Json::Object{{"id", version_id}})));
  return Ok{};
}

Result<std::string> CoderClient::UploadTar(std::stop_token stop, std::string tar) {
  Call call = Post("upload template", "archive", ApiPath("files"), Json());
  call.request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/x-tar"}};
  call.request.body = std::move(tar);
  call.repeat = Repeat::kSafely;  // the server knows equal content again
  return AskFor(stop, call, UploadedFileFrom);
}

Result<TemplateVersion> CoderClient::CreateTemplateVersion(std::stop_token stop,
                                                           const std::string& organization,
                                                           const NewTemplateVersion& version) {
  Json::Array variables;
  for (const auto& [name, value] : version.variables) {
    variables.push_back(Json::Object{{"name", name}, {"value", value}});
  }
  Json body =
      Json::Object{{"message", version.message},   {"file_id", version.file_id},
                   {"storage_method", "file"},     {"provisioner", "terraform"},
                   {"tags", Json(Json::Object{})}, {"user_variable_values", std::move(variables)}};
  if (!version.name.empty()) body.Set("name", version.name);
  if (!version.template_id.empty()) body.Set("template_id", version.template_id);
  return AskFor(stop,
                Post("create template version", version.name,
                     ApiPath("organizations", organization, "templateversions"), body),
                TemplateVersionFrom);
}

Result<TemplateVersion> CoderClient::GetTemplateVersion(std::stop_token stop,
                                                        const std::string& id) {
  return AskFor(stop, Get("read template version", id, ApiPath("templateversions", id)),
                TemplateVersionFrom);
}

Result<std::optional<TemplateVersion>> CoderClient::FindTemplateVersion(
    std::stop_token stop, const std::string& template_id, const std::string& name) {
  return AskForMaybe(
      stop, Get("find template version", name, ApiPath("templates", template_id, "versions", name)),
      TemplateVersionFrom);
}

Result<std::vector<TemplateVersion>> CoderClient::TemplateVersions(std::stop_token stop,
                                                                   const std::string& template_id) {
  return AskForList(
      stop,
      Get("list versions of template", template_id, ApiPath("templates", template_id, "versions")),
      TemplateVersionFrom);
}

Result<std::vector<RichParameter>> CoderClient::RichParameters(std::stop_token stop,
                                                               const std::string& version_id) {
  return AskForList(stop,
                    Get("read parameters of template version", version_id,
                        ApiPath("templateversions", version_id, "rich-parameters")),
                    RichParameterFrom);
}

Result<std::vector<ExternalAuth>> CoderClient::ExternalAuths(std::stop_token stop,
                                                             const std::string& version_id) {
  return AskForList(stop,
                    Get("read external accounts of template version", version_id,
                        ApiPath("templateversions", version_id, "external-auth")),
                    ExternalAuthFrom);
}

Result<CancelAnswer> CoderClient::CancelTemplateVersion(std::stop_token stop,
                                                        const std::string& id) {
  return Cancel(stop, Patch("cancel import of template version", id,
                            ApiPath("templateversions", id, "cancel"), Json()));
}

Status CoderClient::ArchiveTemplateVersion(std::stop_token stop, const std::string& id) {
  Call call =
      Post("archive template version", id, ApiPath("templateversions", id, "archive"), Json());
  call.repeat = Repeat::kSafely;
  AMEIDE_RETURN_IF_ERROR(Ask(stop, call));
  return Ok{};
}

}  // namespace ameide::coder
