#include "acceptance/coder_simulator/template_model.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/strings.h"

namespace ameide::simulator {
namespace {

Error Refuse(std::string target, std::string cause) {
  return Error{ErrorKind::kInvalid, "import template", std::move(target), std::move(cause),
               "render the template again with ameide-templates"};
}

// Literals only: what an import can know without a workspace.
std::string Literal(const Body& body, std::string_view name, std::string otherwise = "") {
  const Expr* expr = body.Find(name);
  if (expr == nullptr) return otherwise;
  const Scope nothing{[](const auto&) { return std::nullopt; },
                      [](const auto&) { return std::nullopt; }};
  const Result<std::string> text = EvaluateText(*expr, nothing);
  return text.ok() ? *text : std::move(otherwise);
}

std::optional<int64_t> LiteralNumber(const Body& body, std::string_view name) {
  const std::string text = Literal(body, name);
  if (text.empty()) return std::nullopt;
  return std::strtoll(text.c_str(), nullptr, 10);
}

Expr Copy(const Body& body, std::string_view name) {
  const Expr* expr = body.Find(name);
  return expr == nullptr ? Expr() : *expr;
}

class Reader {
 public:
  explicit Reader(const TemplateFiles& files) { model_.files = files; }

  Result<TemplateModel> Run() {
    std::vector<Block> blocks;
    for (const auto& [name, text] : model_.files) {
      if (!name.ends_with(".tf") || name.find('/') != std::string::npos) continue;
      AMEIDE_ASSIGN_OR_RETURN(const Body body, ReadHcl(text, name));
      if (!body.attributes.empty()) return Refuse(name, "an attribute stands outside of blocks");
      blocks.insert(blocks.end(), body.blocks.begin(), body.blocks.end());
    }
    if (blocks.empty()) return Refuse("the archive", "there is no Terraform file in its root");
    for (const Block& block : blocks) AMEIDE_RETURN_IF_ERROR(Take(block));
    AMEIDE_RETURN_IF_ERROR(CheckWhole());
    return std::move(model_);
  }

 private:
  Status Take(const Block& block) {
    Declare(block);
    Collect(block.body);
    const std::string_view type = block.labels.empty() ? "" : std::string_view(block.labels[0]);
    if (block.type == "resource" || block.type == "data") {
      if (block.labels.size() != 2) return Refuse(block.type, "needs a type and a name");
    } else if (block.type == "variable") {
      if (block.labels.size() != 1) return Refuse(block.type, "needs a name");
      TakeVariable(block);
      return Ok{};
    }
    if (block.type == "locals") {
      for (const auto& [name, value] : block.body.attributes) model_.locals[name] = value;
    }
    if (block.type == "data" && type == "coder_parameter") return TakeParameter(block);
    if (block.type != "resource") return Ok{};
    if (type == "coder_agent") return TakeAgent(block);
    if (type == "coder_script") TakeScript(block.body);
    if (type == "coder_app") TakeApp(block.body);
    if (type == "kubernetes_pod_v1" || type == "kubernetes_pod") TakePod(block.body);
    return Ok{};
  }

  void Declare(const Block& block) {
    if (block.type == "data" && block.labels.size() == 2) {
      declared_.insert(StrCat("data.", block.labels[0], ".", block.labels[1]));
    } else if (block.type == "resource" && block.labels.size() == 2) {
      declared_.insert(StrCat(block.labels[0], ".", block.labels[1]));
    } else if (block.type == "variable" && block.labels.size() == 1) {
      declared_.insert(StrCat("var.", block.labels[0]));
    } else if (block.type == "locals") {
      for (const auto& [name, value] : block.body.attributes) {
        declared_.insert(StrCat("local.", name));
      }
    }
  }

  void Collect(const Expr& expr) {
    if (expr.kind == Expr::Kind::kReference && expr.path.size() > 1) {
      const std::string& root = expr.path[0];
      if (root == "data" && expr.path.size() > 2) {
        model_.references.push_back(StrCat("data.", expr.path[1], ".", expr.path[2]));
      } else if (root == "var" || root == "local" || root.starts_with("coder_") ||
                 root.starts_with("kubernetes_")) {
        model_.references.push_back(StrCat(root, ".", expr.path[1]));
      }
    }
    for (const Expr& item : expr.items) Collect(item);
  }
  void Collect(const Body& body) {
    for (const auto& [name, value] : body.attributes) Collect(value);
    for (const Block& block : body.blocks) Collect(block.body);
  }

  void TakeVariable(const Block& block) {
    TemplateVariable variable;
    variable.name = block.labels[0];
    variable.required = block.body.Find("default") == nullptr;
    variable.default_value = Literal(block.body, "default");
    model_.variables.push_back(std::move(variable));
  }

  Status TakeParameter(const Block& block) {
    const Body& body = block.body;
    RichParameter parameter;
    parameter.label = block.labels[1];
    parameter.name = Literal(body, "name");
    parameter.display_name = Literal(body, "display_name");
    parameter.description = Literal(body, "description");
    parameter.type = Literal(body, "type", "string");
    parameter.form_type = Literal(body, "form_type");
    parameter.is_mutable = Literal(body, "mutable") == "true";
    parameter.required = body.Find("default") == nullptr;
    parameter.default_value = Literal(body, "default");
    for (const Block& inner : body.blocks) {
      if (inner.type == "option") {
        parameter.options.push_back({Literal(inner.body, "name"), Literal(inner.body, "value")});
      } else if (inner.type == "validation") {
        parameter.validation_regex = Literal(inner.body, "regex");
        parameter.validation_error = Literal(inner.body, "error");
        parameter.validation_min = LiteralNumber(inner.body, "min");
        parameter.validation_max = LiteralNumber(inner.body, "max");
      }
    }
    if (parameter.form_type.empty())
      parameter.form_type = parameter.options.empty() ? "input" : "radio";
    if (parameter.name.empty()) return Refuse(parameter.label, "the parameter has no name");
    const auto same = [&](const RichParameter& other) { return other.name == parameter.name; };
    if (std::any_of(model_.parameters.begin(), model_.parameters.end(), same)) {
      return Refuse(parameter.name, "two parameters have this name");
    }
    if (!parameter.validation_regex.empty() && parameter.validation_error.empty()) {
      return Refuse(parameter.name, "a regex needs an error text");
    }
    model_.parameters.push_back(std::move(parameter));
    return Ok{};
  }

  Status TakeAgent(const Block& block) {
    if (!model_.agent_name.empty()) return Refuse("coder_agent", "there are two");
    model_.agent_name = block.labels[1];
    model_.agent_os = Literal(block.body, "os");
    model_.agent_arch = Literal(block.body, "arch");
    model_.agent_environment = Copy(block.body, "env");
    model_.connection_timeout =
        static_cast<int>(LiteralNumber(block.body, "connection_timeout").value_or(120));
    static const std::set<std::string> kArchitectures = {"amd64", "arm64", "armv7"};
    if (model_.agent_os != "linux") return Refuse("coder_agent", "os must be linux here");
    if (!kArchitectures.contains(model_.agent_arch)) {
      return Refuse("coder_agent", "arch must be amd64, arm64 or armv7");
    }
    return Ok{};
  }

  void TakeScript(const Body& body) {
    model_.scripts.push_back({.display_name = Literal(body, "display_name"),
                              .script = Copy(body, "script"),
                              .timeout = Copy(body, "timeout"),
                              .run_on_start = Literal(body, "run_on_start") == "true",
                              .start_blocks_login = Literal(body, "start_blocks_login") == "true"});
  }

  void TakeApp(const Body& body) {
    AppModel app;
    app.slug = Literal(body, "slug");
    app.display_name = Literal(body, "display_name");
    app.url = Literal(body, "url");
    app.share = Literal(body, "share", "owner");
    app.subdomain = Literal(body, "subdomain") == "true";
    if (const Block* check = body.FindBlock("healthcheck"); check != nullptr) {
      app.health_url = Literal(check->body, "url");
      app.health_interval = static_cast<int>(LiteralNumber(check->body, "interval").value_or(5));
      app.health_threshold = static_cast<int>(LiteralNumber(check->body, "threshold").value_or(1));
    }
    model_.apps.push_back(std::move(app));
  }

  void TakePod(const Body& body) {
    ++pods_;
    const Block* spec = body.FindBlock("spec");
    if (spec == nullptr) return;
    model_.deadline = Copy(spec->body, "active_deadline_seconds");
    for (const Block& block : spec->body.blocks) {
      if (block.type == "container" || block.type == "init_container") {
        model_.containers.push_back(ReadContainer(block));
      }
    }
  }

  static ContainerModel ReadContainer(const Block& block) {
    ContainerModel container;
    container.name = Literal(block.body, "name");
    container.init = block.type == "init_container";
    container.command = Copy(block.body, "command");
    for (const Block& inner : block.body.blocks) {
      if (inner.type == "volume_mount") {
        container.mounts[Literal(inner.body, "mount_path")] = Literal(inner.body, "name");
      } else if (inner.type == "security_context") {
        container.user = Literal(inner.body, "run_as_user");
      } else if (inner.type == "env") {
        const std::string name = Literal(inner.body, "name");
        const Block* from = inner.body.FindBlock("value_from");
        const Block* key = from == nullptr ? nullptr : from->body.FindBlock("secret_key_ref");
        if (key == nullptr) {
          container.environment.emplace_back(name, Copy(inner.body, "value"));
        } else {
          container.secrets.push_back(
              {name, Literal(key->body, "name"), Literal(key->body, "key")});
        }
      }
    }
    return container;
  }

  Status CheckWhole() const {
    if (model_.agent_name.empty()) return Refuse("coder_agent", "there is none");
    if (pods_ == 0) return Refuse("kubernetes_pod_v1", "there is none, so the agent is dropped");
    if (model_.scripts.empty()) return Refuse("coder_script", "there is none");
    for (const ScriptModel& script : model_.scripts) {
      if (!script.run_on_start) return Refuse(script.display_name, "it is never run");
    }
    std::set<std::string> slugs;
    for (const AppModel& app : model_.apps) {
      if (!slugs.insert(app.slug).second) return Refuse(app.slug, "two apps have this slug");
    }
    for (const std::string& reference : model_.references) {
      if (!declared_.contains(reference)) {
        return Refuse(reference, "this is used, but declared nowhere");
      }
    }
    return Ok{};
  }

  TemplateModel model_;
  std::set<std::string> declared_;
  int pods_ = 0;
};

}  // namespace

Result<TemplateModel> ReadTemplate(const TemplateFiles& files) { return Reader(files).Run(); }

}  // namespace ameide::simulator
