#include "generator/render/variables_tf.h"

#include "generator/hcl/body.h"
#include "generator/render/executor_files.h"
#include "generator/render/names.h"

namespace ameide::generator {
namespace {

using hcl::Body;

// can(regex(pattern, var.name))
hcl::Expr Matches(std::string_view pattern, std::string_view variable) {
  return hcl::Call(
      "can", {hcl::Call("regex", {hcl::String(pattern), hcl::Ref(StrCat("var.", variable))})});
}

Body Variable(std::string_view description, std::string_view value, hcl::Expr condition,
              std::string_view error) {
  Body validation;
  validation.Attribute("condition", std::move(condition));
  validation.Attribute("error_message", hcl::String(error));
  Body variable;
  variable.Attribute("description", hcl::String(description));
  variable.Attribute("type", hcl::Ref("string"));
  variable.Attribute("default", hcl::String(value)).BlankLine();
  variable.Block("validation", std::move(validation));
  return variable;
}

}  // namespace

std::string VariablesTf(const task::Profile& profile) {
  Body file;
  file.Comment(kMadeBy).BlankLine();
  file.Block("variable", {std::string(task::kVariableAgentImage)},
             Variable("Image that holds nothing but the program /ameide-agent, pinned by digest.",
                      profile.deployment.agent_image,
                      Matches("^[^@[:space:]]+@sha256:[0-9a-f]{64}$", task::kVariableAgentImage),
                      "Pin the image by digest: registry/name@sha256: and 64 hexadecimal digits."));
  if (profile.contract.executor) {
    file.BlankLine();
    file.Block("variable", {std::string(kVariableExecutorUrl)},
               Variable("Where the executor's service is, an https URL; empty as long as there is "
                        "none.",
                        "", Matches("^(https://[^[:space:]$]+)?$", kVariableExecutorUrl),
                        "Use an https URL, or leave it empty."));
  }
  return hcl::Print(file);
}

}  // namespace ameide::generator
