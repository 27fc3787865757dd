// What became of publishing a run's work: the publisher's answer to the launcher, as JSON. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "task/contract/guardrails.h"
#include "task/contract/problem.h"
#include "task/contract/words.h"

namespace ameide::task {

struct Publication {
  // kNone: the pull request is there and the remote's branch is our commit.
  FailureClass failure = FailureClass::kPublishFailed;
  std::string reason;  // empty without a failure; printable
  std::string branch;  // set once it was pushed and seen on the remote
  std::string commit;  // the branch's head, made by us
  std::string pr_url;
  std::vector<Finding> findings;  // of the publisher's own look at the work
  bool operator==(const Publication&) const = default;
};

Json ToJson(const Publication& publication);
// Strict; a publication without a failure has branch, commit and pr_url.
Checked<Publication> PublicationFromJson(const Json& json);

// The grants of the phase pr as one push credential (task/publish/credential.h): a token, or user
// name and password on two lines; the user name is the variable with USERNAME in its name. Empty
// when there are none.
std::string PushCredentialText(const std::map<std::string, std::string>& secrets);

// Why `url` is no address of a pull request that people may be shown, or nothing.
std::string PullRequestUrlProblem(std::string_view url);

}  // namespace ameide::task
