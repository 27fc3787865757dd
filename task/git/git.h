// Git by its command line, in an environment of our own: no configuration of the machine or the
// user, no hooks, no prompts, no file system monitor, plain English messages.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/result.h"
#include "base/subprocess.h"

namespace ameide::task {

// A value: copy it to vary it. `clock` must outlive every copy.
class Git {
 public:
  // Finds the program once, so that nothing a task puts on PATH later stands in for it. `scratch`
  // gets the one configuration file that we do want Git to read.
  static Result<Git> Open(const Environment& environment, const fs::path& scratch,
                          const Clock& clock, std::stop_token stop);

  // The same with one more variable, or one more configuration value. Configuration goes through
  // the environment: a URL with a password in it must not show in the process list.
  Git With(std::string name, std::string value) const;
  Git WithConfig(std::string key, std::string value) const;
  Git Until(MonoTime deadline) const;
  // With a descriptor that Git and what it starts inherit as number 3, or with one to read from.
  // Both stay the caller's and must outlive the calls.
  Git WithDescriptor(int fd) const;
  Git WithInput(int fd) const;

  using Sink = std::function<void(std::string_view)>;
  // `git <arguments>` in `directory`; what it wrote to stdout, at most 512 MiB of it, or all of it
  // piecewise through `sink`. Errors carry Git's own last words, printable: kTimeout past the
  // deadline, kCancelled by stop, kUnavailable for a bad exit status.
  Result<std::string> Run(const fs::path& directory, std::vector<std::string> arguments,
                          Sink sink = nullptr) const;
  // The same, with what Git wrote to stderr besides: remotes answer there.
  Result<CommandResult> RunForBoth(const fs::path& directory, std::vector<std::string> arguments,
                                   Sink sink = nullptr) const;

 private:
  Git(std::string program, Environment environment, const Clock& clock, std::stop_token stop);
  Environment FullEnvironment() const;

  std::string program_;
  Environment environment_;
  std::vector<std::pair<std::string, std::string>> config_;
  const Clock* clock_;
  std::stop_token stop_;
  MonoTime deadline_ = MonoTime::max();
  int inherited_ = -1;
  int input_ = -1;
};

// A path to a repository on this machine, or a file URL.
bool IsLocalUrl(std::string_view url);

// `text` without the user name and password that `url` carries, wherever Git repeats them.
std::string WithoutSecretsOf(std::string_view url, std::string_view text);

}  // namespace ameide::task
