// Versions of templates (facts 2.1 and 2.2). Their logs are in routes_streams.cc.
#include <algorithm>

#include "acceptance/coder_simulator/objects.h"
#include "acceptance/coder_simulator/router.h"
#include "acceptance/coder_simulator/transitions.h"
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

http::Reply Variables(Site& site, const Call& call) {
  return WithVersion(site, call, [](const State&, const TemplateVersion& version) {
    if (version.model == nullptr) return Problem(400, "Job hasn't completed!");
    Json::Array items;
    for (const TemplateVariable& variable : version.model->variables) {
      const auto given = version.variables.find(variable.name);
      const std::string value =
          given == version.variables.end() ? variable.default_value : given->second;
      items.emplace_back(Json::Object{{"name", variable.name},
                                      {"description", variable.description},
                                      {"type", variable.type},
                                      {"value", variable.sensitive ? "" : value},
                                      {"default_value", variable.default_value},
                                      {"required", variable.required},
                                      {"sensitive", variable.sensitive}});
    }
    return Answer(200, items);
  });
}

http::Reply EmptyList(Site& site, const Call& call) {
  return WithVersion(
      site, call, [](const State&, const TemplateVersion&) { return Answer(200, Json::Array{}); });
}

http::Reply EvaluateParameters(Site& site, const Call& call) {
  const Json body = call.Body();
  return WithVersion(site, call, [&](const State&, const TemplateVersion& version) {
    if (version.model == nullptr) return Problem(400, "Job hasn't completed!");
    Json::Array given;
    const Json* inputs = body.Find("inputs");
    for (const auto& [name, value] : inputs != nullptr && inputs->AsObject() != nullptr
                                         ? *inputs->AsObject()
                                         : Json::Object{}) {
      given.emplace_back(Json::Object{{"name", name}, {"value", value}});
    }
    std::vector<Validation> problems;
    const Json wanted(given);
    CheckParameters(version.model->parameters, &wanted, &problems);
    Json::Array diagnostics, parameters;
    for (const Validation& problem : problems) {
      diagnostics.emplace_back(Json::Object{{"severity", "error"},
                                            {"summary", problem.field},
                                            {"detail", problem.detail},
                                            {"extra", Json::Object{{"code", ""}}}});
    }
    for (const auto& each : version.model->parameters) parameters.push_back(ParameterJson(each));
    return Answer(200, Json::Object{{"id", 1},
                                    {"diagnostics", std::move(diagnostics)},
                                    {"parameters", std::move(parameters)}});
  });
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
          {"GET", "/templateversions/{}/variables", Variables},
          {"GET", "/templateversions/{}/presets", EmptyList},
          {"GET", "/templateversions/{}/external-auth", EmptyList},
          {"GET", "/templateversions/{}/resources", EmptyList},
          {"POST", "/templateversions/{}/dynamic-parameters/evaluate", EvaluateParameters},
          {"PATCH", "/templateversions/{}/cancel", CancelImport, kAdmin},
          {"POST", "/templateversions/{}/archive", Archive, kAdmin}};
}

}  // namespace ameide::simulator
