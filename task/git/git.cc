#include "task/git/git.h"

#include <unistd.h>

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/task_result.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxOutput = 512u << 20;
constexpr size_t kMaxWordLines = 12;
constexpr size_t kMaxWords = 2000;
constexpr Millis kLongest = std::chrono::hours(24 * 30);

Result<std::string> FindGit(const Environment& environment) {
  const auto path = environment.find("PATH");
  if (path != environment.end()) {
    for (const std::string_view folder : StrSplit(path->second, ':')) {
      const std::string candidate = StrCat(folder, "/git");
      if (folder.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
  }
  return Error{ErrorKind::kNotFound, "find program", "git", "it is in no folder of PATH",
               "install Git in the workspace's image"};
}

// Git's last words say best what is wrong; its hints are for people at a terminal.
std::string Words(const CommandResult& result) {
  const std::string all = ToPrintable(result.err.empty() ? result.out : result.err);
  std::vector<std::string_view> lines;
  for (const std::string_view line : StrSplit(Tail(all, kMaxWordLines, kMaxWords), '\n')) {
    const std::string_view text = StripWhitespace(line);
    if (!text.empty() && !text.starts_with("hint:")) lines.push_back(text);
  }
  if (lines.empty()) {
    return result.status.signal ? StrCat("ended by signal ", *result.status.signal)
                                : StrCat("exit status ", result.status.ShellCode());
  }
  return StrJoin(lines, "; ");
}

}  // namespace

Git::Git(std::string program, Environment environment, const Clock& clock, std::stop_token stop)
    : program_(std::move(program)),
      environment_(std::move(environment)),
      clock_(&clock),
      stop_(std::move(stop)) {}

Result<Git> Git::Open(const Environment& environment, const fs::path& scratch, const Clock& clock,
                      std::stop_token stop) {
  AMEIDE_ASSIGN_OR_RETURN(std::string program, FindGit(environment));
  // A file, because Git hides -c and GIT_CONFIG_COUNT from the server side of a local fetch, which
  // refuses the user's own clone when it belongs to another account.
  const fs::path config = scratch / "gitconfig";
  AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(config, "[safe]\n\tdirectory = *\n"));
  Environment fixed = environment;
  fixed["GIT_CONFIG_NOSYSTEM"] = "1";
  fixed["GIT_CONFIG_GLOBAL"] = config.string();
  fixed["GIT_ATTR_NOSYSTEM"] = "1";
  fixed["GIT_TERMINAL_PROMPT"] = "0";
  fixed.emplace("GIT_ASKPASS", "/bin/false");
  fixed.emplace("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
  fixed["LC_ALL"] = "C";
  fixed["XDG_CONFIG_HOME"] = scratch.string();
  Git git(std::move(program), std::move(fixed), clock, std::move(stop));
  git.config_ = {{"core.hooksPath", "/dev/null"},
                 {"core.fsmonitor", "false"},
                 {"core.excludesFile", "/dev/null"},
                 {"core.attributesFile", "/dev/null"},
                 {"core.pager", "cat"},
                 {"core.quotePath", "false"},
                 {"advice.addEmbeddedRepo", "false"},
                 {"protocol.ext.allow", "never"},
                 {"protocol.file.allow", "user"},
                 {"gc.auto", "0"},
                 {"maintenance.auto", "false"},
                 {"submodule.recurse", "false"},
                 {"safe.directory", "*"}};
  return git;
}

Git Git::With(std::string name, std::string value) const {
  Git copy = *this;
  copy.environment_[std::move(name)] = std::move(value);
  return copy;
}

Git Git::WithConfig(std::string key, std::string value) const {
  Git copy = *this;
  copy.config_.emplace_back(std::move(key), std::move(value));
  return copy;
}

Git Git::Until(MonoTime deadline) const {
  Git copy = *this;
  copy.deadline_ = deadline;
  return copy;
}

Git Git::WithDescriptor(int fd) const {
  Git copy = *this;
  copy.inherited_ = fd;
  return copy;
}

Git Git::WithInput(int fd) const {
  Git copy = *this;
  copy.input_ = fd;
  return copy;
}

Environment Git::FullEnvironment() const {
  Environment environment = environment_;
  environment["GIT_CONFIG_COUNT"] = std::to_string(config_.size());
  for (size_t i = 0; i < config_.size(); ++i) {
    environment[StrCat("GIT_CONFIG_KEY_", i)] = config_[i].first;
    environment[StrCat("GIT_CONFIG_VALUE_", i)] = config_[i].second;
  }
  return environment;
}

Result<std::string> Git::Run(const fs::path& directory, std::vector<std::string> arguments,
                             Sink sink) const {
  AMEIDE_ASSIGN_OR_RETURN(CommandResult result,
                          RunForBoth(directory, std::move(arguments), std::move(sink)));
  return std::move(result.out);
}

Result<CommandResult> Git::RunForBoth(const fs::path& directory, std::vector<std::string> arguments,
                                      Sink sink) const {
  const std::string operation = StrCat("git ", arguments.empty() ? "" : arguments.front());
  SpawnOptions options;
  options.argv = std::move(arguments);
  options.argv.insert(options.argv.begin(), program_);
  options.environment = FullEnvironment();
  options.directory = directory;
  options.stdin_fd = input_;
  options.extra_fd = inherited_;
  // A workspace may lie inside somebody's clone; that one's configuration is none of ours.
  options.environment["GIT_CEILING_DIRECTORIES"] = directory.parent_path().string();
  CommandLimits limits;
  limits.output_bytes = kMaxOutput;
  limits.on_stdout = std::move(sink);
  const MonoTime now = clock_->Monotonic();
  limits.timeout = deadline_ <= now
                       ? Millis(0)
                       : std::min(std::chrono::duration_cast<Millis>(deadline_ - now), kLongest);
  Result<CommandResult> result = RunCommand(options, limits, *clock_, stop_);
  if (!result.ok()) return std::move(result).error();
  if (result->timed_out) {
    return Error{ErrorKind::kTimeout, operation, directory.string(), "out of time", ""};
  }
  if (!result->status.Success()) {
    return Error{ErrorKind::kUnavailable, operation, directory.string(), Words(*result), ""};
  }
  return result;
}

bool IsLocalUrl(std::string_view url) { return url.starts_with('/') || url.starts_with("file://"); }

std::string WithoutSecretsOf(std::string_view url, std::string_view text) {
  const std::string clean = WithoutUserInfo(url);
  std::string out = StrReplaceAll(text, url, clean);
  const size_t scheme = url.find("://");
  const size_t at = url.find('@', scheme == std::string_view::npos ? 0 : scheme);
  if (scheme == std::string_view::npos || at == std::string_view::npos || clean == url) return out;
  const std::string_view user_info = url.substr(scheme + 3, at - scheme - 3);
  if (user_info.empty()) return out;
  out = StrReplaceAll(out, StrCat(user_info, "@"), "");
  const size_t colon = user_info.find(':');
  if (colon == std::string_view::npos || colon + 1 == user_info.size()) return out;
  return StrReplaceAll(out, user_info.substr(colon + 1), "…");
}

}  // namespace ameide::task
