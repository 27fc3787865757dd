// Amounts of cpu, memory and disk as Kubernetes writes them, and sums of them. Pure.
//
// Source: Kubernetes "Quantity": decimal number, then one of m, k, M, G, T, P, Ki, Mi, Gi, Ti, Pi
// or nothing. The profile's loader has refused anything else.
#pragma once

#include <string>

#include "base/json.h"
#include "task/contract/profile.h"

namespace ameide::generator {

struct Amounts {
  std::string cpu;
  std::string memory;
  std::string storage;
  bool operator==(const Amounts&) const = default;
};

Amounts TaskAmounts(const task::Deployment& deployment);  // in Kubernetes' canonical form
Amounts InstallerAmounts();  // the init container that copies one small program
Amounts PublisherAmounts();  // a clean clone, a few Git commands and one request

Amounts Sum(const Amounts& a, const Amounts& b);
Amounts Larger(const Amounts& a, const Amounts& b);  // of each the larger one, as it was written
Amounts Times(const Amounts& amounts, int count);

// {"<prefix>cpu": …, "<prefix>memory": …, "<prefix>ephemeral-storage": …}
Json ToJson(const Amounts& amounts, std::string_view prefix = "");

}  // namespace ameide::generator
