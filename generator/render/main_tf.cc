#include "generator/render/main_tf.h"

#include "generator/hcl/body.h"
#include "generator/render/names.h"

namespace ameide::generator {
namespace {

using hcl::Body;

Body Requirements() {
  const auto provider = [](std::string_view source, std::string_view version) {
    return hcl::Object({{"source", hcl::String(source)}, {"version", hcl::String(version)}});
  };
  Body providers;
  // The bounds of what the template was checked with.
  providers.Attribute("coder", provider("coder/coder", ">= 2.13.0, < 3.0.0"));
  providers.Attribute("kubernetes", provider("hashicorp/kubernetes", ">= 2.36.0, < 4.0.0"));
  Body terraform;
  terraform.Attribute("required_version", hcl::String(">= 1.9.0"));
  terraform.Block("required_providers", providers);
  return terraform;
}

}  // namespace

std::string MainTf() {
  Body file;
  file.Comment(kMadeBy).BlankLine();
  file.Block("terraform", Requirements()).BlankLine();
  file.Block("provider", {"coder"}, {}).BlankLine();
  file.Block("provider", {"kubernetes"}, {}).BlankLine();
  file.Block("data", {"coder_workspace", "me"}, {}).BlankLine();
  file.Block("data", {"coder_workspace_owner", "me"}, {});
  return hcl::Print(file);
}

}  // namespace ameide::generator
