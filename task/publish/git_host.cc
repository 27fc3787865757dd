#include "task/publish/git_host.h"

#include <unistd.h>

#include "base/strings.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "task/contract/publication.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxWords = 1000;

class GhHost final : public GitHost {
 public:
  GhHost(GhSettings settings, const Clock& clock, std::stop_token stop)
      : settings_(std::move(settings)), clock_(clock), stop_(std::move(stop)) {}

  std::vector<std::string> PushOptions(const PullRequestText&) const override { return {}; }

  Result<std::string> Open(const PullRequestText& text, std::string_view) override {
    AMEIDE_ASSIGN_OR_RETURN(
        const std::string open,
        Run({"pr", "list", "--repo", settings_.repository_url, "--head", text.branch, "--base",
             text.base, "--state", "open", "--json", "url", "--jq", ".[0].url"}));
    if (std::string url = LastWebAddress(open); !url.empty()) return url;
    const fs::path body = settings_.scratch / "body.md";
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(body, text.body));
    std::vector<std::string> create = {
        "pr",      "create",    "--repo",      settings_.repository_url,
        "--head",  text.branch, "--base",      text.base,
        "--title", text.title,  "--body-file", body.string()};
    if (text.draft) create.push_back("--draft");
    AMEIDE_ASSIGN_OR_RETURN(const std::string made, Run(std::move(create)));
    if (std::string url = LastWebAddress(made); !url.empty()) return url;
    return Failed("it named no pull request");
  }

 private:
  static Error Failed(std::string cause) {
    return Error{ErrorKind::kUnavailable, "open pull request with", "gh", std::move(cause),
                 "check the push credential's rights, and that gh knows this host"};
  }

  Result<std::string> Run(std::vector<std::string> arguments) {
    SpawnOptions options;
    options.argv = std::move(arguments);
    options.argv.insert(options.argv.begin(), "gh");
    options.environment = settings_.environment;
    options.environment["HOME"] = settings_.scratch.string();
    options.environment["GH_CONFIG_DIR"] = (settings_.scratch / "gh").string();
    options.environment["GH_PROMPT_DISABLED"] = "1";
    options.environment["GH_NO_UPDATE_NOTIFIER"] = "1";
    options.environment["NO_COLOR"] = "1";
    if (!settings_.credential.password.empty()) {
      options.environment["GH_TOKEN"] = settings_.credential.password;
      options.environment["GH_ENTERPRISE_TOKEN"] = settings_.credential.password;
    }
    options.directory = settings_.scratch;
    AMEIDE_ASSIGN_OR_RETURN(const CommandResult result,
                            RunCommand(options, {.timeout = settings_.timeout}, clock_, stop_));
    if (result.timed_out) return Failed("out of time");
    if (!result.status.Success()) {
      return Failed(StrCat("exit status ", result.status.ShellCode(), ": ",
                           Truncate(ToOneLine(result.err), kMaxWords)));
    }
    return result.out;
  }

  GhSettings settings_;
  const Clock& clock_;
  std::stop_token stop_;
};

class PushOptionsHost final : public GitHost {
 public:
  std::vector<std::string> PushOptions(const PullRequestText& text) const override {
    std::vector<std::string> options = {
        "merge_request.create", StrCat("merge_request.target=", text.base),
        StrCat("merge_request.title=", text.draft ? "Draft: " : "", text.title)};
    // A push option is one line; the server takes "\n" for a line break.
    const std::string body = StrReplaceAll(ToPrintable(text.body), "\n", "\\n");
    if (!body.empty()) options.push_back(StrCat("merge_request.description=", body));
    return options;
  }
  Result<std::string> Open(const PullRequestText&, std::string_view push_words) override {
    if (std::string url = LastWebAddress(push_words); !url.empty()) return url;
    return Error{ErrorKind::kUnavailable, "open pull request with", "push options",
                 "the remote named none", "check that it takes merge_request.create"};
  }
};

class NoHost final : public GitHost {
 public:
  std::vector<std::string> PushOptions(const PullRequestText&) const override { return {}; }
  Result<std::string> Open(const PullRequestText&, std::string_view) override {
    return std::string();
  }
};

}  // namespace

std::unique_ptr<GitHost> MakeGhHost(GhSettings settings, const Clock& clock, std::stop_token stop) {
  return std::make_unique<GhHost>(std::move(settings), clock, std::move(stop));
}
std::unique_ptr<GitHost> MakePushOptionsHost() { return std::make_unique<PushOptionsHost>(); }
std::unique_ptr<GitHost> MakeNoHost() { return std::make_unique<NoHost>(); }

HostKind ChooseHost(HostKind wanted, std::string_view url, const Environment& environment) {
  if (wanted != HostKind::kAuto) return wanted;
  if (IsLocalUrl(url)) return HostKind::kNone;
  if (OriginOf(url).find("gitlab") != std::string::npos) return HostKind::kPushOptions;
  const std::string path = Get(environment, "PATH");
  for (const std::string_view folder : StrSplit(path, ':')) {
    const std::string candidate = StrCat(folder, "/gh");
    if (folder.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0) return HostKind::kGh;
  }
  return HostKind::kNone;
}

std::string LastWebAddress(std::string_view words) {
  std::string last;
  const std::string plain = StrReplaceAll(ToPrintable(words), "\n", " ");
  for (const std::string_view word : StrSplit(plain, ' ')) {
    if (PullRequestUrlProblem(word).empty()) last = word;
  }
  return last;
}

}  // namespace ameide::task
