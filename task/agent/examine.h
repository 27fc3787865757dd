// What the command did to its checkout, judged and put into the bundle.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "task/agent/changes.h"
#include "task/agent/secrets.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"
#include "task/evidence/bundle.h"

namespace ameide::task {

// Our own rules, besides guardrails.h's: what cannot be read cannot be allowed, and a credential
// must not be published.
inline constexpr char kRuleUnreadable[] = "changes-unreadable";
inline constexpr char kRuleSecret[] = "secret-in-change";

// What result.json holds at most: it is read back with a size limit.
inline constexpr size_t kMaxChangedFiles = 10'000;
inline constexpr size_t kMaxFindings = 500;

struct Examination {
  std::vector<Finding> findings;
  std::vector<std::string> changed_files;  // on one line each; sorted
  std::vector<std::string> risks;
  bool has_diff = false;  // diff.patch is in the bundle, whole and not empty
  fs::path work_bundle;   // below the scratch folder; empty: none
};

// Reads the changes of `checkout`, evaluates the guardrails on them and writes diff.patch. `git`
// needs a deadline; `scratch` is a new folder of ours. `redactor`: null when there are no secrets.
Examination Examine(const Git& git, const fs::path& checkout, const BaseState& base,
                    const fs::path& scratch, const TaskSpec& spec, const ProfileContract& profile,
                    const Redactor* redactor, BundleWriter* bundle);

// The finding for changes of which nothing more can be said than `cause`.
Finding UnreadableFinding(std::string_view cause);

// The rules of `profile` and `task` on what was found, with the patch's content taken in.
std::vector<Finding> Judge(const ChangeReport& report, const Guardrails& profile,
                           const Guardrails& task);

}  // namespace ameide::task
