// Any bytes as a profile's file: an answer, or problems that all carry a position.
#include <cstdint>
#include <cstdlib>

#include "base/testing/fuzz.h"
#include "task/contract/profile.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      "version: 1\nidentity: {name: code, marker: x}\nttl: {default: 1h, max: 2h}\n",
      "secrets:\n  - {env: A, secret: b, key: c, phases: [pr, edit]}\n",
      "deploy:\n  builder: image\n  egress: {public_https: true, allow: [{cidr: a, port: 1}]}\n",
      "modes: {human: {enabled: true, namespace: a, apps: [terminal], ttl: 8h}}\n",
      "executor:\n  lease: 5m\n  tools:\n    - {name: a.b, arguments: [{name: c, type: enum}]}\n",
      "a: &x [1, *x]\n<<: {b: !!str c}\n? [k]\n: v\n---\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view yaml(reinterpret_cast<const char*>(data), size);
  const auto profile = ameide::task::ProfileFromYaml(yaml, "f");
  if (profile.ok() != profile.value.has_value()) std::abort();
  for (const ameide::task::Problem& problem : profile.problems) {
    if (problem.message.empty() || problem.position.rfind("f:", 0) != 0) std::abort();
  }
  return 0;
}
