#include "acceptance/coder_simulator/template_plan.h"

#include <algorithm>
#include <cstdlib>

#include "base/ascii.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

class Resolver {
 public:
  Resolver(const TemplateModel& model, const WorkspaceFacts& facts) : model_(model), facts_(facts) {
    scope_.reference = [this](const std::vector<std::string>& path) { return Find(path); };
    scope_.file = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = model_.files.find(name);
      if (found == model_.files.end()) return std::nullopt;
      return found->second;
    };
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  const Scope& scope() const { return scope_; }

 private:
  std::optional<Json> Find(const std::vector<std::string>& path) const {
    const std::string dotted = StrJoin(path, ".");
    const std::map<std::string, std::string> known = {
        {"path.module", "."},
        {"data.coder_workspace.me.id", facts_.id},
        {"data.coder_workspace.me.name", facts_.name},
        {"data.coder_workspace.me.access_url", facts_.access_url},
        {"data.coder_workspace.me.transition", "start"},
        {"data.coder_workspace_owner.me.id", facts_.owner_id},
        {"data.coder_workspace_owner.me.name", facts_.owner_name},
        {StrCat("coder_agent.", model_.agent_name, ".id"), facts_.agent_id},
        {StrCat("coder_agent.", model_.agent_name, ".token"), facts_.agent_token},
        {StrCat("coder_agent.", model_.agent_name, ".init_script"), "#!/bin/sh\n"},
    };
    if (const auto found = known.find(dotted); found != known.end()) return Json(found->second);
    if (dotted == "data.coder_workspace.me.start_count") return Json(1);
    if (path.size() == 4 && path[1] == "coder_parameter" && path[3] == "value") {
      return Parameter(path[2]);
    }
    if (path.size() == 2 && path[0] == "var") return Variable(path[1]);
    if (path.size() == 2 && path[0] == "local" && model_.locals.contains(path[1])) {
      const Result<Json> value = Evaluate(model_.locals.at(path[1]), scope_);
      if (value.ok()) return *value;
    }
    return std::nullopt;
  }

  std::optional<Json> Parameter(const std::string& label) const {
    for (const RichParameter& parameter : model_.parameters) {
      if (parameter.label != label) continue;
      const auto given = facts_.parameters.find(parameter.name);
      return Json(given == facts_.parameters.end() ? parameter.default_value : given->second);
    }
    return std::nullopt;
  }
  std::optional<Json> Variable(const std::string& name) const {
    const auto given = facts_.variables.find(name);
    if (given != facts_.variables.end()) return Json(given->second);
    for (const TemplateVariable& variable : model_.variables) {
      if (variable.name == name) return Json(variable.default_value);
    }
    return std::nullopt;
  }

  const TemplateModel& model_;
  const WorkspaceFacts& facts_;
  Scope scope_;
};

Result<int64_t> EvaluateNumber(const Expr& expr, const Scope& scope) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string text, EvaluateText(expr, scope));
  return static_cast<int64_t>(std::strtoll(text.c_str(), nullptr, 10));
}

Result<ContainerPlan> PlanContainer(const ContainerModel& model, const Scope& scope) {
  ContainerPlan plan{.name = model.name,
                     .user = model.user,
                     .command = {},
                     .environment = {},
                     .secrets = model.secrets,
                     .mounts = model.mounts};
  for (const auto& [name, value] : model.environment) {
    AMEIDE_ASSIGN_OR_RETURN(plan.environment[name], EvaluateText(value, scope));
  }
  AMEIDE_ASSIGN_OR_RETURN(const Json command, Evaluate(model.command, scope));
  if (command.AsArray() == nullptr) return plan;
  for (const Json& word : *command.AsArray()) {
    if (word.AsString() != nullptr) plan.command.push_back(*word.AsString());
  }
  return plan;
}

}  // namespace

const ContainerPlan* TemplatePlan::Find(std::string_view container) const {
  const auto found =
      std::find_if(containers.begin(), containers.end(),
                   [&](const ContainerPlan& each) { return each.name == container; });
  return found == containers.end() ? nullptr : &*found;
}

Result<TemplatePlan> PlanTemplate(const TemplateModel& model, const WorkspaceFacts& facts) {
  const Resolver resolver(model, facts);
  const Scope& scope = resolver.scope();
  TemplatePlan plan;
  AMEIDE_ASSIGN_OR_RETURN(const Json environment, Evaluate(model.agent_environment, scope));
  if (environment.AsObject() != nullptr) {
    for (const auto& [name, value] : *environment.AsObject()) {
      if (value.AsString() != nullptr) plan.agent_environment[name] = *value.AsString();
      if (value.AsNumber() != nullptr) plan.agent_environment[name] = value.AsNumber()->text;
    }
  }
  for (const ScriptModel& script : model.scripts) {
    TemplatePlan::Script planned;
    planned.display_name = script.display_name;
    AMEIDE_ASSIGN_OR_RETURN(planned.text, EvaluateText(script.script, scope));
    AMEIDE_ASSIGN_OR_RETURN(planned.timeout_seconds, EvaluateNumber(script.timeout, scope));
    plan.scripts.push_back(std::move(planned));
  }
  AMEIDE_ASSIGN_OR_RETURN(plan.deadline_seconds, EvaluateNumber(model.deadline, scope));
  for (const ContainerModel& container : model.containers) {
    if (container.init) {
      plan.has_agent_program = true;
      continue;
    }
    AMEIDE_ASSIGN_OR_RETURN(ContainerPlan planned, PlanContainer(container, scope));
    plan.containers.push_back(std::move(planned));
  }
  return plan;
}

std::string ExpandVariables(std::string_view text, const std::map<std::string, std::string>& from) {
  const auto is_name = [](char c) { return IsAsciiAlnum(c) || c == '_'; };
  const auto value = [&from](std::string_view name) {
    const auto found = from.find(std::string(name));
    return found == from.end() ? std::string() : found->second;
  };
  std::string expanded;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      expanded += text[at++];
      continue;
    }
    ++at;
    const size_t close = at < text.size() && text[at] == '{' ? text.find('}', at) : text.npos;
    if (close != text.npos) {
      expanded += value(text.substr(at + 1, close - at - 1));
      at = close + 1;
      continue;
    }
    const size_t start = at;
    while (at < text.size() && is_name(text[at])) ++at;
    if (at > start) {
      expanded += value(text.substr(start, at - start));
    } else {
      expanded += '$';
    }
  }
  return expanded;
}

}  // namespace ameide::simulator
