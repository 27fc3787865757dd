// Template folders are foreign: reading one must end, and never outside of its bytes.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/testing/fuzz.h"
#include "generator/lint/template_lint.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      "resource \"kubernetes_pod_v1\" \"t\" {\n  spec {\n    container {\n      image = \"a\"\n"
      "      env {\n        name = \"A\"\n        value = \"${b[\"c\"]}\"\n      }\n    }\n  "
      "}\n}\n",
      "resource \"coder_agent\" \"m\" {\n  env = { A = \"$B\", \"c\" : [1, 2] } # x\n  x = <<-EOT\n"
      "    y ${z}\n    EOT\n  metadata {\n    key = \"a\"\n  }\n}\n",
      "---\nicon: x\ntags:\n---\n\n# T\n",
      "data \"coder_parameter\" \"p\" {\n  validation {\n"
      "    regex = \"^a$\"\n  }\n}\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto findings =
      ameide::generator::LintTemplate("t", {{"main.tf", text}, {"README.md", text}});
  for (const auto& finding : findings) {
    if (ameide::generator::FindLintRule(finding.rule) == nullptr) std::abort();
    if (finding.place.line == 0 || finding.place.column == 0) std::abort();
  }
  return 0;
}
