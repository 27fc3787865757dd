// Rules about Coder's own blocks: agents, scripts, parameters, presets.
#include <map>
#include <set>

#include "base/strings.h"
#include "generator/lint/template_lint.h"

namespace ameide::generator {
namespace {

bool Is(const HclBlock& block, std::string_view type, std::string_view first_label) {
  return block.type == type && !block.labels.empty() && block.labels[0] == first_label;
}

bool IsTrue(const HclBlock& block, std::string_view attribute) {
  return block.Text(attribute) == "true";
}

class CoderLint {
 public:
  CoderLint(const std::vector<ScannedFile>& scanned, TemplateReport* report)
      : scanned_(scanned), report_(report), task_(IsTaskTemplate(scanned)) {}

  void Run() {
    for (const ScannedFile& file : scanned_) {
      for (const HclBlock& block : file.body.blocks) {
        if (Is(block, "data", "coder_parameter")) Parameter(file, block);
      }
    }
    for (const ScannedFile& file : scanned_) {
      for (const HclBlock& block : file.body.blocks) {
        if (Is(block, "resource", "coder_agent")) Agent(file, block);
        if (Is(block, "resource", "coder_script")) Script(file, block);
        if (Is(block, "resource", "coder_env")) Env(file, block);
        if (Is(block, "resource", "coder_metadata")) Repeated(file, block, "item");
        if (Is(block, "resource", "coder_ai_task")) AiTask(file, block);
        if (Is(block, "data", "coder_workspace_preset")) Preset(file, block);
        if (block.type == "terraform") Providers(file, block);
        if (block.type == "module") Module(file, block);
      }
    }
  }

 private:
  void Script(const ScannedFile& file, const HclBlock& block) {
    const HclValue* cron = block.Find("cron");
    const bool on_start = IsTrue(block, "run_on_start");
    if (!on_start && !IsTrue(block, "run_on_stop") && cron == nullptr) {
      report_->Add("script-never-runs", file, block,
                   "never runs; set run_on_start, run_on_stop or cron");
    }
    if (IsTrue(block, "start_blocks_login") && !on_start) {
      report_->Add("script-blocks-nothing", file, block, "start_blocks_login",
                   "needs run_on_start, too");
    }
    if (cron != nullptr) {
      size_t fields = 0;
      const std::string text = LiteralText(cron->text).value_or("");
      for (const std::string_view field : StrSplit(text, ' ')) fields += !field.empty();
      if (fields == 5) {
        report_->Add("cron-five-fields", file, block, "cron",
                     "has five fields, and the first is read as seconds; write six");
      }
    }
    if (on_start && !starting_.insert(block.Text("agent_id")).second) {
      report_->Add("script-parallel", file, block,
                   "runs beside another script of the same agent; put the steps into one");
    }
  }

  void Agent(const ScannedFile& file, const HclBlock& block) {
    if (block.Text("arch").find("coder_provisioner") != std::string::npos) {
      report_->Add("agent-arch", file, block, "arch",
                   "is the provisioner's, not the node's; write it and select such nodes");
    }
    if (task_ && block.Literal("api_key_scope") != "no_user_data") {
      report_->Add("agent-key-scope", file, block, "api_key_scope",
                   "lets a task use the owner's data; set \"no_user_data\"");
    }
    Repeated(file, block, "metadata");
    const HclValue* env = block.Find("env");
    if (env == nullptr) return;
    for (const auto& [name, value] : ObjectMembers(*env)) {
      const std::optional<std::string> text = LiteralText(value.text);
      if (!text || text->find('$') == std::string::npos) continue;
      report_->Add("agent-env-expanded", file.path, value.line, value.column,
                   StrCat(name, " holds a dollar sign, which the agent expands; use base64"));
    }
  }

  void Repeated(const ScannedFile& file, const HclBlock& block, std::string_view type) {
    std::set<std::string> keys;
    for (const HclBlock& entry : block.blocks) {
      if (entry.type != type || entry.Find("key") == nullptr) continue;
      if (keys.insert(entry.Text("key")).second) continue;
      report_->Add("metadata-repeated", file, entry, "key", "is there already; rename one");
    }
  }

  void Env(const ScannedFile& file, const HclBlock& block) {
    const std::string name = StrCat(block.Text("agent_id"), " ", block.Text("name"));
    if (block.Find("merge_strategy") != nullptr || env_.insert(name).second) return;
    report_->Add("env-repeated", file, block, "name", "is set by another coder_env; keep one");
  }

  void AiTask(const ScannedFile& file, const HclBlock& block) {
    if (block.Find("app_id") != nullptr) return;
    report_->Add("ai-task-without-app", file, block, "has no app_id; name the app");
  }

  void Parameter(const ScannedFile& file, const HclBlock& block) {
    const std::string name = block.Literal("name").value_or("");
    if (!parameters_.insert(name).second) {
      report_->Add("parameter-repeated", file, block, "name",
                   StrCat(name, " is another parameter's name, too; rename one"));
    }
    const HclBlock* validation = block.Block("validation");
    const bool has_default = block.Find("default") != nullptr;
    const bool bounded = validation != nullptr || block.Block("option") != nullptr ||
                         block.Text("type") == "\"bool\"";
    if (!has_default && !bounded) {
      report_->Add("parameter-unchecked", file, block,
                   StrCat(name,
                          " is required, but without options or validation a missing value "
                          "is the empty text; add one"));
    }
    const bool is_mutable = IsTrue(block, "mutable");
    if (IsTrue(block, "ephemeral") && (!has_default || !is_mutable)) {
      report_->Add("parameter-ephemeral", file, block, "ephemeral",
                   "needs a default and mutable = true");
    } else if (task_ && is_mutable) {
      report_->Add("parameter-mutable", file, block, "mutable",
                   "would let a second build run the task with other values; set false");
    }
    LintParameterValues(file, block, report_);
  }

  void Preset(const ScannedFile& file, const HclBlock& block) {
    const HclBlock* prebuilds = block.Block("prebuilds");
    if (prebuilds != nullptr && task_) {
      report_->Add("prebuilds", file, *prebuilds,
                   "would run the task before anybody asked for it; remove the block");
    }
    const HclValue* values = block.Find("parameters");
    if (values == nullptr) return;
    for (const auto& [name, value] : ObjectMembers(*values)) {
      if (parameters_.contains(name)) continue;
      report_->Add("preset-parameter", file.path, value.line, value.column,
                   StrCat(name, " is no parameter of this template; correct the name"));
    }
  }

  void Module(const ScannedFile& file, const HclBlock& block) {
    const std::string source = block.Literal("source").value_or("");
    if (!source.starts_with("../") && !source.starts_with("/")) return;
    report_->Add("module-outside", file, block, "source",
                 StrCat(source,
                        " is outside the folder, and only the folder is uploaded; move the "
                        "module into it"));
  }

  void Providers(const ScannedFile& file, const HclBlock& block) {
    const HclBlock* required = block.Block("required_providers");
    if (required == nullptr) return;
    for (const auto& [name, value] : required->attributes) {
      if (ObjectMembers(value).contains("version")) continue;
      report_->Add("provider-unbounded", file.path, value.line, value.column,
                   StrCat(name, " has no version; write a lower and an upper bound"));
    }
  }

  const std::vector<ScannedFile>& scanned_;
  TemplateReport* report_;
  bool task_;
  std::set<std::string> parameters_;
  std::set<std::string> env_;
  std::set<std::string> starting_;  // agents with a script that runs on start
};

}  // namespace

void LintCoderBlocks(const std::vector<ScannedFile>& scanned, TemplateReport* report) {
  CoderLint(scanned, report).Run();
}

}  // namespace ameide::generator
