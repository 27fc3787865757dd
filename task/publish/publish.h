// The phase `pr`: takes the work of a run out of an untrusted workspace and proposes it. Everything
// the workspace made is hostile here: nothing of it is run, followed or believed.
//
// The work comes as a Git bundle into a clean, bare clone of the remote: no checkout, no hooks, no
// configuration but ours, each object checked (git-index-pack(1) --strict). It must build on the
// recorded base commit, which must be part of the base branch, in a line of commits. Guardrails are
// evaluated on the change set that is computed here. What is pushed is one new commit of our own
// with that tree, to a branch below the profile's prefix, never over somebody else's work.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/result.h"
#include "task/contract/guardrails.h"
#include "task/contract/publication.h"
#include "task/git/git.h"
#include "task/publish/git_host.h"

namespace ameide::task {

// Who commits. A branch that another identity committed counts as somebody else's.
struct BotIdentity {
  std::string name = "Ameide Bot";
  std::string email = "bot@ameide.invalid";
};
// Why this is no identity that a commit can have, or nothing.
std::string BotProblem(const BotIdentity& bot);

struct PublishOrder {
  std::string work_id;
  std::string run_id;
  std::string repository_url;
  std::string base_commit;    // what the run's checkout started from
  std::string checked_out;    // repository.ref
  PullRequestText proposal;   // an empty base: the branch that was checked out, or the default one
  std::string branch_prefix;  // the profile's
  Guardrails profile_rules;
  Guardrails task_rules;
  fs::path bundle;  // hostile; of kTakeoverRef alone
  BotIdentity bot;
};

// Uses `work`, an empty private folder. `git` has the credential, if there is one. Errors are what
// kept it from being published (kInvalid: the work itself; kConflict: the branch is taken;
// kUnavailable, kTimeout: the remote); broken guardrails are a value.
Result<Publication> Publish(const Git& git, GitHost* host, const PublishOrder& order,
                            const fs::path& work, const Clock& clock);

// `publish`, `publish await` and Git's helper `publish-askpass`, when `arguments` (without the
// program's name) start with one of them; else nothing. `self` is the argv prefix that leads here
// again.
std::optional<int> PublishVerb(const std::vector<std::string>& arguments,
                               const Environment& environment,
                               const std::vector<std::string>& self);

}  // namespace ameide::task
