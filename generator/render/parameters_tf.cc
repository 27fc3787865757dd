#include "generator/render/parameters_tf.h"

#include "generator/hcl/body.h"
#include "generator/render/names.h"
#include "task/contract/words.h"

namespace ameide::generator {
namespace {

using hcl::Body;

// What all have in common. Immutable: a workspace runs one task once.
Body Parameter(std::string_view name, std::string_view display_name, hcl::Expr description,
               std::string_view type, int order) {
  Body parameter;
  parameter.Attribute("name", hcl::String(name));
  parameter.Attribute("display_name", hcl::String(display_name));
  parameter.Attribute("description", std::move(description));
  parameter.Attribute("type", hcl::String(type));
  parameter.Attribute("mutable", hcl::Bool(false));
  parameter.Attribute("order", hcl::Number(order));
  return parameter;
}

Body Matches(std::string_view regex, std::string_view error) {
  Body validation;
  validation.Attribute("regex", hcl::String(regex));
  validation.Attribute("error", hcl::String(error));
  return validation;
}

// The patterns allow the empty text: Coder plans a template once without any values when it
// imports it. task.sh refuses an empty task.
Body WorkId() {
  Body parameter = Parameter(
      task::kParameterWorkId, "Work id",
      hcl::String("The caller's key for this piece of work; one task per key."), "string", 1);
  parameter.BlankLine();
  parameter.Block("validation", Matches("^([A-Za-z0-9][A-Za-z0-9._-]{0,127})?$",
                                        "Use up to 128 letters, digits, '.', '_' and '-'."));
  return parameter;
}

Body Kind() {
  Body parameter =
      Parameter(task::kParameterKind, "Kind", hcl::String("What the task is for."), "string", 2);
  for (const task::TaskKind kind : task::AllTaskKinds()) {
    Body option;
    option.Attribute("name", hcl::String(task::ToString(kind)));
    option.Attribute("value", hcl::String(task::ToString(kind)));
    parameter.BlankLine();
    parameter.Block("option", std::move(option));
  }
  return parameter;
}

Body Spec(const task::Profile& profile) {
  const std::string text =
      StrCat("The task specification: JSON, encoded in base64.\n\n",
             "The launcher fills this in. It may only narrow what the profile \"",
             profile.contract.name, "\" allows; the agent program checks that again.\n");
  Body parameter = Parameter(task::kParameterSpec, "Specification",
                             hcl::Heredoc({hcl::String(text)}), "string", 3);
  parameter.Attribute("form_type", hcl::String("textarea"));
  parameter.BlankLine();
  parameter.Block("validation",
                  Matches("^[A-Za-z0-9+/]*={0,2}$", "Encode the specification in base64."));
  return parameter;
}

Body Ttl(const task::Profile& profile) {
  const int64_t max = Seconds(profile.contract.max_ttl);
  Body parameter = Parameter(task::kParameterTtl, "Time to live",
                             hcl::String("Seconds after which the pod is ended, whatever happens."),
                             "number", 4);
  parameter.Attribute("default", hcl::Number(Seconds(profile.contract.default_ttl)));
  Body validation;
  validation.Attribute("min", hcl::Number(task::kMinTtlSeconds));
  validation.Attribute("max", hcl::Number(max));
  validation.Attribute("error", hcl::String("Choose {min} to {max} seconds."));
  parameter.BlankLine();
  parameter.Block("validation", std::move(validation));
  return parameter;
}

Body PublishKey() {
  Body parameter = Parameter(
      task::kParameterPublishKey, "Publishing key",
      hcl::String(
          "Whose orders to publish hold: an Ed25519 public key (DER, base64). Empty: none."),
      "string", 5);
  parameter.Attribute("default", hcl::String("")).BlankLine();
  parameter.Block("validation",
                  Matches("^[A-Za-z0-9+/]*={0,2}$", "Encode the public key in base64."));
  return parameter;
}

Body Installation() {
  Body parameter = Parameter(
      task::kParameterInstallation, "Installation",
      hcl::String("Whose workspace it is, for sweeps: the id of a launcher's state folder."),
      "string", 6);
  parameter.Attribute("default", hcl::String("")).BlankLine();
  parameter.Block("validation", Matches("^([0-9a-f]{16})?$", "Use 16 hexadecimal digits."));
  return parameter;
}

}  // namespace

std::string ParametersTf(const task::Profile& profile) {
  Body file;
  file.Comment(kMadeBy).BlankLine();
  file.Block("data", {"coder_parameter", "work_id"}, WorkId()).BlankLine();
  file.Block("data", {"coder_parameter", "kind"}, Kind()).BlankLine();
  file.Block("data", {"coder_parameter", "spec"}, Spec(profile)).BlankLine();
  file.Block("data", {"coder_parameter", "ttl"}, Ttl(profile)).BlankLine();
  file.Block("data", {"coder_parameter", "publish_key"}, PublishKey()).BlankLine();
  file.Block("data", {"coder_parameter", "installation"}, Installation());
  return hcl::Print(file);
}

}  // namespace ameide::generator
