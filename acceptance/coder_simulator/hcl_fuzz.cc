#include <cstdint>

#include "acceptance/coder_simulator/import_check.h"
#include "acceptance/coder_simulator/template_plan.h"

// Whatever a client uploads: no crash, no endless work.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide::simulator;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ReadTar(text).ok();
  const auto model = ReadTemplate({{"main.tf", std::string(text)}});
  if (model.ok()) PlanTemplate(*model, {}).ok();
  return 0;
}
