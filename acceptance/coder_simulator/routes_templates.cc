// Templates (facts 2.1 and 2.2).
#include <algorithm>

#include "acceptance/coder_simulator/objects.h"
#include "acceptance/coder_simulator/router.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

// A member of another type than Coder's makes the whole request bad.
bool Set(const Json& member, std::string* to) {
  if (const std::string* text = member.AsString()) *to = *text;
  return member.AsString() != nullptr;
}
bool Set(const Json& member, int64_t* to) { return member.GetInt64(to) && *to >= 0; }
bool Set(const Json& member, bool* to) {
  if (const bool* value = member.AsBool()) *to = *value;
  return member.AsBool() != nullptr;
}

std::vector<Validation> ApplySettings(const Json& body, Template* item) {
  std::vector<Validation> problems;
  const auto apply = [&](std::string_view name, auto* to) {
    const Json* member = body.Find(name);
    if (member == nullptr || member->is_null() || Set(*member, to)) return;
    problems.push_back({std::string(name), "has another type or is out of bounds"});
  };
  apply("display_name", &item->display_name);
  apply("description", &item->description);
  apply("icon", &item->icon);
  apply("deprecation_message", &item->deprecation_message);
  apply("default_ttl_ms", &item->default_ttl_ms);
  apply("activity_bump_ms", &item->activity_bump_ms);
  apply("allow_user_cancel_workspace_jobs", &item->allow_user_cancel);
  apply("allow_user_autostop", &item->allow_user_autostop);
  return problems;
}

http::Reply BadSettings(const std::vector<Validation>& problems) {
  return Problem(400, "Validation failed.", "", problems);
}

bool NameIsTaken(const State& state, const std::string& name, const std::string& but) {
  return std::any_of(state.templates.begin(), state.templates.end(), [&](const Template& item) {
    return !item.deleted && item.id != but && AsciiLower(item.name) == AsciiLower(name);
  });
}

http::Reply NameTaken(const std::string& name) {
  return Problem(409, StrCat("Template with name \"", name, "\" already exists."), "",
                 {{"name", "This value is already in use and should be unique."}});
}

http::Reply CreateTemplate(Site& site, const Call& call) {
  const Json body = call.Body();
  const std::string* name = TextOf(body, "name");
  const std::string* version_id = TextOf(body, "template_version_id");
  if (name == nullptr || !IsName(*name)) {
    return Problem(400, "Validation failed.", "", {{"name", "invalid template name"}});
  }
  return site.store.Update([&](State& state, WallTime now) {
    if (NameIsTaken(state, *name, "")) return NameTaken(*name);
    TemplateVersion* version =
        version_id == nullptr ? nullptr : State::Mutable(state.FindVersion(*version_id));
    if (version == nullptr) return Problem(404, "Template version does not exist.");
    if (!version->template_id.empty() || version->archived) {
      return Problem(400, "The template version cannot be used for a new template.", "",
                     {{"template_version_id", "belongs to a template or is archived"}});
    }
    Template item;
    item.id = state.NewId();
    item.name = *name;
    item.active_version_id = version->id;
    item.created_by_id = call.user.id;
    item.created_at = item.updated_at = now;
    if (const auto problems = ApplySettings(body, &item); !problems.empty()) {
      return BadSettings(problems);
    }
    version->template_id = item.id;
    state.templates.push_back(item);
    return Answer(201, TemplateJson(state, item));
  });
}

http::Reply ListTemplates(Site& site, const Call& call) {
  const std::string query = AsciiLower(call.Query("q"));
  for (const std::string_view term : StrSplit(query, ' ')) {
    const bool known = term.empty() || term.starts_with("exact_name:") ||
                       term.starts_with("name:") || term.starts_with("deprecated:");
    if (!known) return Problem(400, "Invalid template search query.", std::string(term));
  }
  return site.store.Read([&](const State& state, WallTime) {
    const bool deprecated = query.find("deprecated:true") != std::string::npos;
    Json::Array items;
    for (const Template& item : state.templates) {
      bool listed = !item.deleted && (deprecated || item.deprecation_message.empty());
      for (const std::string_view term : StrSplit(query, ' ')) {
        const std::string name = AsciiLower(item.name);
        if (term.starts_with("exact_name:")) listed = listed && name == term.substr(11);
        if (term.starts_with("name:")) listed = listed && name.find(term.substr(5)) != name.npos;
      }
      if (listed) items.push_back(TemplateJson(state, item));
    }
    return Answer(200, items);
  });
}

// The template that the path names: by id, or (two arguments) by organization and name.
const Template* Named(const State& state, const Call& call) {
  if (call.target.path.find("/organizations/") == std::string::npos) {
    const Template* item = state.FindTemplate(call.arguments[0]);
    return item == nullptr || item->deleted ? nullptr : item;
  }
  for (const Template& item : state.templates) {
    if (!item.deleted && AsciiLower(item.name) == AsciiLower(call.arguments[1])) return &item;
  }
  return nullptr;
}

http::Reply GetTemplate(Site& site, const Call& call) {
  return site.store.Read([&](const State& state, WallTime) {
    const Template* item = Named(state, call);
    return item == nullptr ? NotFound() : Answer(200, TemplateJson(state, *item));
  });
}

http::Reply EditTemplate(Site& site, const Call& call) {
  const Json body = call.Body();
  return site.store.Update([&](State& state, WallTime now) {
    Template* item = State::Mutable(Named(state, call));
    if (item == nullptr) return NotFound();
    Template edited = *item;
    const std::string* name = TextOf(body, "name");
    if (name != nullptr && !name->empty()) {
      if (NameIsTaken(state, *name, item->id)) return NameTaken(*name);
      edited.name = *name;
    }
    if (const auto problems = ApplySettings(body, &edited); !problems.empty()) {
      return BadSettings(problems);
    }
    edited.updated_at = now;
    *item = edited;
    return Answer(200, TemplateJson(state, *item));
  });
}

http::Reply DeleteTemplate(Site& site, const Call& call) {
  return site.store.Update([&](State& state, WallTime) {
    Template* item = State::Mutable(Named(state, call));
    if (item == nullptr) return NotFound();
    for (const Workspace& workspace : state.workspaces) {
      if (workspace.template_id == item->id && !workspace.deleted) {
        return Problem(400, "All workspaces must be deleted before a template can be removed.");
      }
    }
    item->deleted = true;
    return Answer(200, Json::Object{{"message", "Template has been deleted!"}});
  });
}

http::Reply ListVersions(Site& site, const Call& call) {
  const bool archived = call.Query("include_archived") == "true";
  return site.store.Read([&](const State& state, WallTime) {
    const Template* item = Named(state, call);
    if (item == nullptr) return NotFound();
    Json::Array items;
    for (const TemplateVersion& version : state.versions) {
      if (version.template_id == item->id && (archived || !version.archived)) {
        items.push_back(VersionJson(state, version));
      }
    }
    return AnswerPage(call, items);
  });
}

http::Reply GetNamedVersion(Site& site, const Call& call) {
  return site.store.Read([&](const State& state, WallTime) {
    for (const TemplateVersion& version : state.versions) {
      if (version.template_id == call.arguments[0] && version.name == call.arguments[1]) {
        return Answer(200, VersionJson(state, version));
      }
    }
    return NotFound();
  });
}

http::Reply Promote(Site& site, const Call& call) {
  const Json body = call.Body();
  const std::string* id = TextOf(body, "id");
  return site.store.Update([&](State& state, WallTime now) {
    Template* item = State::Mutable(Named(state, call));
    const TemplateVersion* version = id == nullptr ? nullptr : state.FindVersion(*id);
    if (item == nullptr || version == nullptr) return NotFound();
    if (version->template_id != item->id || version->archived) {
      return Problem(400,
                     "The provided template version doesn't belong to the specified template.");
    }
    if (!version->job.Succeeded()) {
      return Problem(403, "Only versions that have been built successfully can be promoted.");
    }
    item->active_version_id = version->id;
    item->updated_at = now;
    return Answer(200, Json::Object{{"message", "Updated the active template version!"}});
  });
}

}  // namespace

std::vector<Route> TemplateRoutes() {
  constexpr auto kAdmin = Route::Caller::kTemplateAdmin;
  return {{"GET", "/templates", ListTemplates},
          {"GET", "/organizations/{}/templates", ListTemplates},
          {"POST", "/organizations/{}/templates", CreateTemplate, kAdmin},
          {"GET", "/organizations/{}/templates/{}", GetTemplate},
          {"GET", "/templates/{}", GetTemplate},
          {"PATCH", "/templates/{}", EditTemplate, kAdmin},
          {"DELETE", "/templates/{}", DeleteTemplate, kAdmin},
          {"GET", "/templates/{}/versions", ListVersions},
          {"PATCH", "/templates/{}/versions", Promote, kAdmin},
          {"GET", "/templates/{}/versions/{}", GetNamedVersion}};
}

}  // namespace ameide::simulator
