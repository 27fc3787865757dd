// The push credential and how Git gets it: over a socket that only Git and its helper inherit, so
// it is in no file, no environment and on no command line.
#pragma once

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/environment.h"
#include "base/files.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "task/git/git.h"

namespace ameide::task {

struct Credential {
  std::string username;
  std::string password;  // empty: there is none
};

// A token alone, or two lines: user name and password. White space around each line is dropped.
// kInvalid for more lines, control characters or 64 KiB; never quotes the text.
Result<Credential> CredentialFromText(std::string_view text);

// "https://git.example:8443" of any URL with an authority; empty for others.
std::string OriginOf(std::string_view url);

// While it lives, answers Git's questions for the credential of one server; others get nothing.
class CredentialAnswers {
 public:
  // `helper` is an argv prefix that runs AskpassMain; a script that calls it is put into `scratch`.
  static Result<CredentialAnswers> Start(Credential credential, std::string_view url,
                                         const std::vector<std::string>& helper,
                                         const fs::path& scratch);
  CredentialAnswers(CredentialAnswers&&) = default;
  CredentialAnswers& operator=(CredentialAnswers&&) = delete;
  ~CredentialAnswers();
  // Only calls through this one can ask.
  Git Lend(const Git& git) const;

 private:
  CredentialAnswers(fs::path script, UniqueFd ours, UniqueFd theirs);
  fs::path script_;
  UniqueFd ours_;
  UniqueFd theirs_;
  std::thread thread_;
};

// The answer to one of Git's prompts ("Password for 'https://user@host': "), or nothing.
std::string AnswerTo(std::string_view prompt, const Credential& credential,
                     std::string_view origin);

// Git's helper: passes its one argument on to the socket it inherited, prints the answer.
int AskpassMain(const std::vector<std::string>& arguments);

}  // namespace ameide::task
