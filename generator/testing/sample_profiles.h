// Profiles for tests: the built-in ones, and random ones that the loader would accept.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "base/strings.h"
#include "profiles/builtin_profiles.h"
#include "task/contract/profile.h"

namespace ameide::generator::testing {

// Read once: tests ask for them hundreds of times.
inline const std::vector<task::Profile>& BuiltinOnes() {
  static const std::vector<task::Profile> kProfiles = [] {
    std::vector<task::Profile> profiles;
    for (const BuiltinProfile& builtin : BuiltinProfiles()) {
      profiles.push_back(*task::ProfileFromYaml(builtin.yaml, builtin.file).value);
    }
    return profiles;
  }();
  return kProfiles;
}

inline std::string BuiltinYaml(std::string_view name) {
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    if (builtin.name == name) return std::string(builtin.yaml);
  }
  return "";
}

inline task::Profile Builtin(std::string_view name) {
  for (const task::Profile& profile : BuiltinOnes()) {
    if (profile.contract.name == name) return profile;
  }
  return {};
}

// Text as people write it and as attackers would: the loader lets any printable line pass.
inline std::string RandomLine(std::mt19937* random) {
  static const std::vector<std::string> kPieces = {
      "word", " ", "${x}", "%{if}", "\"", "\\", "é", "😀",    "#",   ": ", "- ",
      "'",    "`", "{}",   "EOT",   "*",  "&a", "|", "true", "0x1", "$",  "%"};
  std::string line = "a";
  for (int n = 0; n < 8; ++n) line += kPieces[(*random)() % kPieces.size()];
  return line + "z";
}

inline task::Profile RandomProfile(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  std::vector<task::Profile> bases = BuiltinOnes();
  task::Profile profile = bases[below(static_cast<unsigned>(bases.size()))];
  profile.contract.name = StrCat("p", seed, std::string(below(20), 'x'));
  profile.deployment.namespace_name = StrCat("ns-", seed);
  profile.display_name = RandomLine(&random);
  profile.description = RandomLine(&random);
  profile.icon = RandomLine(&random);
  profile.contract.check_command = RandomLine(&random);
  for (unsigned n = below(4); n > 0; --n) {
    profile.instructions_do.push_back(RandomLine(&random));
    profile.contract.guardrails.deny_paths.push_back(StrCat("$x \"é\"/", n, "/**"));
    profile.contract.tools.push_back(StrCat("tool", n));
    profile.deployment.egress.push_back({StrCat("10.0.", below(255), ".0/24"), 443});
    profile.deployment.node_selector[StrCat("example.com/", std::string(1 + below(30), 'k'))] = "v";
    profile.deployment.tolerations.push_back({"k", StrCat("v", n), "NoExecute"});
    profile.deployment.roles.push_back(StrCat("role-", n));
    profile.contract.secrets.push_back(
        {StrCat("VAR_", n), StrCat("secret-", n), "key", {task::Phase::kEdit}});
  }
  profile.contract.default_ttl = std::chrono::minutes(5 + below(60));
  profile.contract.max_ttl = profile.contract.default_ttl + std::chrono::minutes(below(100));
  profile.deployment.public_https = below(2) == 0;
  return profile;
}

}  // namespace ameide::generator::testing
