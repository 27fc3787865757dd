// What opens the pull request once the branch is on the remote. One small interface; the hosts
// differ only here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/result.h"
#include "task/publish/credential.h"

namespace ameide::task {

struct PullRequestText {
  std::string branch;
  std::string base;
  std::string title;  // one line
  std::string body;   // Markdown
  bool draft = false;
};

class GitHost {
 public:
  virtual ~GitHost() = default;
  // Options for `git push -o`; what the remote then says goes to Open.
  virtual std::vector<std::string> PushOptions(const PullRequestText& text) const = 0;
  // The pull request's address; one that is open already is found instead of made again. Empty when
  // this host opens none.
  virtual Result<std::string> Open(const PullRequestText& text, std::string_view push_words) = 0;
};

// The program `gh`. It takes its token from its environment only (GH_TOKEN), so of all programs
// that the publisher starts it is the one that has it there.
struct GhSettings {
  std::string repository_url;  // without user information
  Credential credential;
  Environment environment;  // PATH, proxies, certificates
  fs::path scratch;         // its HOME and configuration; ours
  Millis timeout{120'000};
};
std::unique_ptr<GitHost> MakeGhHost(GhSettings settings, const Clock& clock, std::stop_token stop);

// Hosts that open a merge request for `git push -o merge_request.create` and name it in the answer.
std::unique_ptr<GitHost> MakePushOptionsHost();

// The branch alone.
std::unique_ptr<GitHost> MakeNoHost();

enum class HostKind { kAuto, kGh, kPushOptions, kNone };
// kAuto: no host for local repositories; push options when the server's name says GitLab; else gh
// if PATH has it; else none.
HostKind ChooseHost(HostKind wanted, std::string_view url, const Environment& environment);

// The last web address in what a remote or a program said; empty when there is none.
std::string LastWebAddress(std::string_view words);

}  // namespace ameide::task
