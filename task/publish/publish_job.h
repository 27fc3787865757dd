// One publication from a task's documents to the answer: what `publish` and `publish await` share.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"
#include "task/publish/publish.h"

namespace ameide::task {

// How to publish, whatever is published.
struct PublishSettings {
  std::string host = "auto";  // auto, gh, push-options or none
  BotIdentity bot;
  Environment environment;        // ours; only what Git and gh need is passed on
  std::vector<std::string> self;  // argv prefix that leads to PublishVerb
};
inline constexpr char kAskpassVerb[] = "publish-askpass";

struct PublishJob {
  TaskSpec spec;
  ProfileContract contract;
  std::string base_commit;
  fs::path bundle;  // hostile
  Credential credential;
};

// kDenied unless the task asks for a pull request and its profile has them.
Status CheckAsksForPullRequest(const TaskSpec& spec, const ProfileContract& contract);

// In `work`, an empty private folder that the caller removes. What kept the work from being
// published is an answer, too; the credential is in none.
Publication PublishAndTell(const PublishJob& job, const PublishSettings& settings,
                           const fs::path& work, const Clock& clock, std::stop_token stop);

// The answer to a job that could not begin.
Publication CouldNotPublish(const Error& why, const Credential& credential);

}  // namespace ameide::task
