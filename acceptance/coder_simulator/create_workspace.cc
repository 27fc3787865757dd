#include "acceptance/coder_simulator/create_workspace.h"

#include <optional>

#include "acceptance/coder_simulator/objects.h"
#include "acceptance/coder_simulator/router.h"
#include "acceptance/coder_simulator/transitions.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

// The version that the request means, or the answer that refuses it.
struct Chosen {
  const TemplateVersion* version = nullptr;
  std::optional<http::Reply> refusal;
};

Chosen ChooseVersion(State* state, const Json& body) {
  const std::string* template_id = TextOf(body, "template_id");
  const std::string* version_id = TextOf(body, "template_version_id");
  Chosen chosen;
  if ((template_id == nullptr) == (version_id == nullptr)) {
    chosen.refusal = Problem(400, "Validation failed.", "",
                             {{"template_id", "give it or template_version_id, not both"}});
    return chosen;
  }
  std::string id = version_id == nullptr ? "" : *version_id;
  if (template_id != nullptr) {
    const Template* item = state->FindTemplate(*template_id);
    if (item != nullptr) id = item->active_version_id;
  }
  const TemplateVersion* version = state->FindVersion(id);
  const Template* item = version == nullptr ? nullptr : state->FindTemplate(version->template_id);
  if (item == nullptr) {
    chosen.refusal = Problem(400, "Template or template version does not exist.");
  } else if (item->deleted) {
    chosen.refusal = Problem(404, StrCat("Template \"", item->name, "\" has been deleted!"));
  } else if (!item->deprecation_message.empty()) {
    chosen.refusal = Problem(400, StrCat("Template \"", item->name, "\" has been deprecated."));
  } else if (version->archived) {
    chosen.refusal = Problem(400, "Archived template versions cannot be used.");
  } else if (version->job.Active() || state->faults.Take(Fault::kStillImporting)) {
    chosen.refusal = Problem(406, "The provided template version is importing.");
  } else if (!version->job.Succeeded()) {
    chosen.refusal = Problem(400, "The provided template version failed to import.");
  }
  chosen.version = version;
  return chosen;
}

bool NameIsTaken(const State& state, const std::string& owner_id, std::string_view name) {
  for (const Workspace& workspace : state.workspaces) {
    if (workspace.owner_id == owner_id && !workspace.deleted &&
        AsciiLower(workspace.name) == AsciiLower(name)) {
      return true;
    }
  }
  return false;
}

}  // namespace

http::Reply CreateWorkspace(State* state, const User& caller, const User& owner, const Json& body,
                            WallTime now) {
  if (state->faults.Take(Fault::kCreateFails)) {
    return Problem(500, "Internal error creating workspace.");
  }
  std::vector<Validation> problems;
  const std::string* name = TextOf(body, "name");
  if (name == nullptr || !IsName(*name)) problems.push_back({"name", "invalid workspace name"});
  const int64_t ttl = CheckTtl(body.Find("ttl_ms"), &problems);
  const std::string* updates = TextOf(body, "automatic_updates");
  if (updates != nullptr && *updates != "never" && *updates != "always") {
    problems.push_back({"automatic_updates", "must be always or never"});
  }
  if (!problems.empty()) return Problem(400, "Validation failed.", "", problems);
  const Chosen chosen = ChooseVersion(state, body);
  if (chosen.refusal) return *chosen.refusal;
  if (NameIsTaken(*state, owner.id, *name) || state->faults.Take(Fault::kNameTaken)) {
    return Problem(409, StrCat("Workspace \"", *name, "\" already exists."), "",
                   {{"name", "This value is already in use and should be unique."}});
  }
  auto parameters = CheckParameters(chosen.version->model->parameters,
                                    body.Find("rich_parameter_values"), &problems);
  if (!problems.empty()) {
    return Problem(400, "Unable to validate parameters.", "", problems);
  }
  const Template* item = state->FindTemplate(chosen.version->template_id);
  Workspace workspace;
  workspace.id = state->NewId();
  workspace.name = *name;
  workspace.owner_id = owner.id;
  workspace.template_id = item->id;
  workspace.created_at = workspace.updated_at = workspace.last_used_at = now;
  workspace.ttl_ms = ttl > 0 ? ttl : item->default_ttl_ms;
  if (updates != nullptr) workspace.automatic_updates = *updates;
  Build& build = StartBuild(state, &workspace, "start", caller.id, "initiator", now);
  build.version_id = chosen.version->id;
  build.job.file_id = chosen.version->file_id;
  build.parameters = std::move(parameters);
  state->workspaces.push_back(std::move(workspace));
  if (state->faults.Take(Fault::kCreateAnswerLost)) {
    return Page(502, "Bad gateway", "The proxy lost the server's answer.");
  }
  return Answer(201, WorkspaceJson(*state, state->workspaces.back(), now));
}

}  // namespace ameide::simulator
