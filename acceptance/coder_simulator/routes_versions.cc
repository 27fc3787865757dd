// Versions of templates (facts 2.1 and 2.2). Their logs are in routes_streams.cc.
#include <algorithm>

#include "acceptance/coder_simulator/jobs.h"
#include "acceptance/coder_simulator/objects.h"
#include "acceptance/coder_simulator/router.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

std::string TextOrNone(const Json& body, std::string_view key) {
  const std::string* text = TextOf(body, key);
  return text == nullptr ? "" : *text;
}

std::vector<Validation> RequestProblems(const Json& body) {
  std::vector<Validation> problems;
  if (TextOrNone(body, "storage_method") != "file") {
    problems.push_back({"storage_method", "required"});
  }
  if (TextOrNone(body, "provisioner") != "terraform") {
    problems.push_back({"provisioner", "must be terraform"});
  }
  const std::string name = TextOrNone(body, "name");
  if (!name.empty() && !IsVersionName(name)) {
    problems.push_back({"name", "invalid template version name"});
  }
  return problems;
}

std::map<std::string, std::string> VariablesOf(const Json& body) {
  std::map<std::string, std::string> variables;
  const Json* values = body.Find("user_variable_values");
  if (values == nullptr || values->AsArray() == nullptr) return variables;
  for (const Json& value : *values->AsArray()) {
    const std::string* name = TextOf(value, "name");
    const std::string* text = TextOf(value, "value");
    if (name != nullptr && text != nullptr) variables[*name] = *text;
  }
  return variables;
}

http::Reply CreateVersion(Site& site, const Call& call) {
  const Json body = call.Body();
  if (const auto problems = RequestProblems(body); !problems.empty()) {
    return Problem(400, "Validation failed.", "", problems);
  }
  return site.store.Update([&](State& state, WallTime now) {
    TemplateVersion version;
    version.file_id = TextOrNone(body, "file_id");
    const auto is_uploaded = [&](const UploadedFile& file) { return file.id == version.file_id; };
    if (std::none_of(state.files.begin(), state.files.end(), is_uploaded)) {
      return Problem(404, "File not found.");
    }
    version.template_id = TextOrNone(body, "template_id");
    if (!version.template_id.empty() && state.FindTemplate(version.template_id) == nullptr) {
      return Problem(404, "Template does not exist.");
    }
    version.id = state.NewId();
    version.name = TextOrNone(body, "name");
    if (version.name.empty()) version.name = StrCat("v", version.id.substr(0, 8));
    version.message = TextOrNone(body, "message");
    const auto same = [&](const TemplateVersion& other) {
      return !version.template_id.empty() && other.template_id == version.template_id &&
             other.name == version.name;
    };
    if (std::any_of(state.versions.begin(), state.versions.end(), same)) {
      return Problem(409,
                     StrCat("A template version with name \"", version.name,
                            "\" already exists for this template."),
                     "", {{"name", "This value is already in use and should be unique."}});
    }
    version.variables = VariablesOf(body);
    version.job = NewJob(&state, "template_version_import", version.file_id, call.user.id, now);
    state.versions.push_back(version);
    return Answer(201, VersionJson(state, version));
  });
}

// Runs `look` with the version named first in the path, or answers 404.
template <class F>
http::Reply WithVersion(Site& site, const Call& call, F look) {
  return site.store.Read([&](const State& state, WallTime) {
    const TemplateVersion* version = state.FindVersion(call.arguments[0]);
    return version == nullptr ? NotFound() : look(state, *version);
  });
}

http::Reply GetVersion(Site& site, const Call& call) {
  return WithVersion(site, call, [](const State& state, const TemplateVersion& version) {
    return Answer(200, VersionJson(state, version));
  });
}

http::Reply Parameters(Site& site, const Call& call) {
  return WithVersion(site, call, [](const State&, const TemplateVersion& version) {
    if (version.model == nullptr) return Problem(400, "Job hasn't completed!");
    Json::Array items;
    for (const auto& parameter : version.model->parameters) {
      items.push_back(ParameterJson(parameter));
    }
    return Answer(200, items);
  });
}

http::Reply NoAccounts(Site& site, const Call& call) {
  return WithVersion(
      site, call, [](const State&, const TemplateVersion&) { return Answer(200, Json::Array{}); });
}

http::Reply CancelImport(Site& site, const Call& call) {
  return site.store.Update([&](State& state, WallTime now) {
    TemplateVersion* version = State::Mutable(state.FindVersion(call.arguments[0]));
    if (version == nullptr) return NotFound();
    if (!version->job.Active()) return Problem(400, "Job has already completed!");
    if (version->job.cancel_asked_at)
      return Problem(400, "Job has already been marked as canceled!");
    CancelJob(&state, &version->job, now);
    return Answer(200, Json::Object{{"message", "Job has been marked as canceled..."}});
  });
}

http::Reply Archive(Site& site, const Call& call) {
  return site.store.Update([&](State& state, WallTime) {
    TemplateVersion* version = State::Mutable(state.FindVersion(call.arguments[0]));
    if (version == nullptr) return NotFound();
    for (const Template& item : state.templates) {
      if (item.active_version_id == version->id) {
        return Problem(400, "The active version cannot be archived.");
      }
    }
    for (const Workspace& workspace : state.workspaces) {
      if (!workspace.deleted && workspace.Latest().version_id == version->id) {
        return Problem(400, "A version that is in use cannot be archived.");
      }
    }
    version->archived = true;
    return Answer(200, Json::Object{{"message", "Version archived."}});
  });
}

}  // namespace

std::vector<Route> VersionRoutes() {
  constexpr auto kAdmin = Route::Caller::kTemplateAdmin;
  return {{"POST", "/organizations/{}/templateversions", CreateVersion, kAdmin},
          {"GET", "/templateversions/{}", GetVersion},
          {"GET", "/templateversions/{}/rich-parameters", Parameters},
          {"GET", "/templateversions/{}/external-auth", NoAccounts},
          {"PATCH", "/templateversions/{}/cancel", CancelImport, kAdmin},
          {"POST", "/templateversions/{}/archive", Archive, kAdmin}};
}

}  // namespace ameide::simulator
