// The verbs of the publisher. CLI11 stops here.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "absl/cleanup/cleanup.h"
#include "base/stop_on_signal.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"
#include "task/evidence/redactor.h"
#include "task/publish/publish.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxInput = 4u << 20;  // spec.json and task.json
constexpr uint64_t kMaxCredential = 64u << 10;
constexpr Millis kDefaultTimeout{600'000};
constexpr size_t kMaxReason = 4000;
constexpr char kVerb[] = "publish";
constexpr char kHelperVerb[] = "publish-askpass";

// What of our own environment reaches Git and gh: nothing that could change what they run.
constexpr std::string_view kPassed[] = {
    "PATH",          "LANG",         "HTTP_PROXY",     "http_proxy",    "HTTPS_PROXY",
    "https_proxy",   "NO_PROXY",     "no_proxy",       "ALL_PROXY",     "all_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"};

struct Arguments {
  std::string spec;
  std::string contract;
  std::string bundle;
  std::string base;
  std::string result;
  std::string work;
  std::string credential_file;
  int credential_fd = -1;
  std::string host = "auto";
};

Environment PlainEnvironment(const Environment& ours) {
  Environment plain;
  for (const std::string_view name : kPassed) {
    if (std::string value = Get(ours, name); !value.empty()) plain.emplace(name, std::move(value));
  }
  return plain;
}

template <class T>
Result<T> ReadDocument(const std::string& path, Checked<T> (*from)(const Json&)) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxInput));
  AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  Checked<T> value = from(json);
  if (!value.ok()) return ToError(value.problems, "read", path);
  return std::move(*value.value);
}

Result<Credential> ReadCredential(const Arguments& arguments) {
  std::string text;
  if (arguments.credential_fd >= 0) {
    const UniqueFd pipe(arguments.credential_fd);
    char buffer[4096];
    for (ssize_t got = 1; got > 0 && text.size() < kMaxCredential;) {
      got = ::read(pipe.get(), buffer, sizeof buffer);
      if (got > 0) text.append(buffer, static_cast<size_t>(got));
    }
  } else if (!arguments.credential_file.empty()) {
    struct stat file {};
    if (::stat(arguments.credential_file.c_str(), &file) == 0 && (file.st_mode & 0077) != 0) {
      return Error{ErrorKind::kDenied, "read push credential", arguments.credential_file,
                   "others may read it", "chmod 600"};
    }
    AMEIDE_ASSIGN_OR_RETURN(text, ReadFile(arguments.credential_file, kMaxCredential));
    AMEIDE_RETURN_IF_ERROR(RemoveTree(arguments.credential_file));
  }
  if (StripWhitespace(text).empty()) return Credential{};
  return CredentialFromText(text);
}

HostKind HostFrom(const std::string& word) {
  if (word == "gh") return HostKind::kGh;
  if (word == "push-options") return HostKind::kPushOptions;
  return word == "none" ? HostKind::kNone : HostKind::kAuto;
}

std::unique_ptr<GitHost> MakeHost(HostKind kind, const PublishOrder& order,
                                  const Credential& credential, const Environment& environment,
                                  const fs::path& scratch, const Clock& clock,
                                  std::stop_token stop) {
  if (kind == HostKind::kPushOptions) return MakePushOptionsHost();
  if (kind != HostKind::kGh) return MakeNoHost();
  GhSettings settings;
  settings.repository_url = order.repository_url;
  settings.credential = credential;
  settings.environment = environment;
  settings.scratch = scratch;
  return MakeGhHost(std::move(settings), clock, std::move(stop));
}

Result<PublishOrder> OrderOf(const Arguments& arguments, Millis* timeout) {
  AMEIDE_ASSIGN_OR_RETURN(const TaskSpec spec, ReadDocument(arguments.spec, TaskSpecFromJson));
  AMEIDE_ASSIGN_OR_RETURN(const ProfileContract contract,
                          ReadDocument(arguments.contract, ProfileContractFromJson));
  if (!contract.pull_requests || !spec.pull_request || spec.profile != contract.name) {
    return Error{ErrorKind::kDenied, "publish", spec.work_id,
                 "the task asks for no pull request, or its profile has them off",
                 "set pull_request in the spec and enable it in the profile"};
  }
  *timeout = spec.timeouts.pr > Millis(0) ? spec.timeouts.pr : kDefaultTimeout;
  PublishOrder order;
  order.work_id = spec.work_id;
  order.run_id = spec.run_id;
  order.repository_url = spec.repository.url;
  order.base_commit = arguments.base;
  order.checked_out = spec.repository.ref;
  order.proposal = {spec.pull_request->branch, spec.pull_request->base, spec.pull_request->title,
                    spec.pull_request->body, spec.pull_request->draft};
  order.branch_prefix = contract.branch_prefix;
  order.profile_rules = contract.guardrails;
  order.task_rules = spec.guardrails;
  order.bundle = arguments.bundle;
  return order;
}

// In `work`, which the caller removes. `*credential` is set as soon as it is known.
Result<Publication> PublishIn(const fs::path& work, const Arguments& arguments,
                              const Environment& environment, const std::vector<std::string>& self,
                              Credential* credential) {
  const StopOnSignal stop;
  const SystemClock clock;
  AMEIDE_ASSIGN_OR_RETURN(*credential, ReadCredential(arguments));
  Millis timeout = kDefaultTimeout;
  AMEIDE_ASSIGN_OR_RETURN(const PublishOrder order, OrderOf(arguments, &timeout));
  Environment plain = PlainEnvironment(environment);
  plain["HOME"] = work.string();
  AMEIDE_ASSIGN_OR_RETURN(const Git git, Git::Open(plain, work, clock, stop.token()));
  const Git timed = git.Until(clock.Monotonic() + timeout);
  const HostKind kind = ChooseHost(HostFrom(arguments.host), order.repository_url, plain);
  const auto host = MakeHost(kind, order, *credential, plain, work, clock, stop.token());
  if (credential->password.empty()) return Publish(timed, host.get(), order, work, clock);
  std::vector<std::string> helper = self;
  helper.emplace_back(kHelperVerb);
  AMEIDE_ASSIGN_OR_RETURN(
      const CredentialAnswers answers,
      CredentialAnswers::Start(*credential, order.repository_url, helper, work));
  return Publish(answers.Lend(timed), host.get(), order, work, clock);
}

int PublishWith(const Arguments& arguments, const Environment& environment,
                const std::vector<std::string>& self) {
  const fs::path work = fs::absolute(arguments.work).lexically_normal();
  std::error_code error;
  if (!MakeDirectories(work).ok() || !fs::is_empty(work, error) || error) {
    std::fputs(StrCat("publish: --work ", work.string(), " must be an empty folder\n").c_str(),
               stderr);
    return kExitUsage;
  }
  const absl::Cleanup remove = [&] { (void)RemoveTree(work); };
  Credential credential;
  const Result<Publication> done = PublishIn(work, arguments, environment, self, &credential);
  Publication publication;
  if (done.ok()) publication = *done;
  if (!done.ok()) {
    const bool stopped = done.error().kind == ErrorKind::kCancelled;
    publication.failure = stopped ? FailureClass::kCancelled : FailureClass::kPublishFailed;
    publication.reason = ToPrintable(done.error().ToString());
  }
  const Redactor redactor({{"PUSH_CREDENTIAL", credential.password}});
  publication.reason = Truncate(redactor.Whole(publication.reason), kMaxReason);
  const Status written = WriteFileAtomically(arguments.result, ToJson(publication).DumpPretty());
  if (!written.ok()) {
    std::fputs(StrCat("publish: ", written.error().ToString(), "\n").c_str(), stderr);
    return kExitInternal;
  }
  return AgentExitCode(publication.failure, 0);
}

int PublishMain(const std::vector<std::string>& arguments, const Environment& environment,
                const std::vector<std::string>& self) {
  // Neither a debugger nor a core file gets at what this process holds (PR_SET_DUMPABLE, prctl(2)).
  ::prctl(PR_SET_DUMPABLE, 0);
  Arguments parsed;
  CLI::App app("Publishes the work of a run as a pull request.", "ameide-agent publish");
  app.add_option("--spec", parsed.spec, "The task's spec.json")->required();
  app.add_option("--contract", parsed.contract, "The profile's task.json")->required();
  app.add_option("--bundle", parsed.bundle, "The work, a Git bundle")->required();
  app.add_option("--base", parsed.base, "The commit that the work started from")->required();
  app.add_option("--result", parsed.result, "Where the answer goes, as JSON")->required();
  app.add_option("--work", parsed.work, "An empty private folder; removed")->required();
  auto* file = app.add_option("--credential-file", parsed.credential_file,
                              "Token, or user name and password on two lines; deleted at once");
  app.add_option("--credential-fd", parsed.credential_fd, "The same from an inherited pipe")
      ->excludes(file);
  app.add_option("--host", parsed.host, "auto, gh, push-options or none")
      ->check(CLI::IsMember({"auto", "gh", "push-options", "none"}));
  try {
    // CLI11 takes the arguments last one first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    std::fputs(StrCat("publish: ", error.what(), "\n", app.help()).c_str(), stderr);
    return kExitUsage;
  }
  return PublishWith(parsed, environment, self);
}

}  // namespace

std::optional<int> PublishVerb(const std::vector<std::string>& arguments,
                               const Environment& environment,
                               const std::vector<std::string>& self) {
  if (arguments.empty()) return std::nullopt;
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (arguments.front() == kVerb) return PublishMain(rest, environment, self);
  if (arguments.front() == kHelperVerb) return AskpassMain(rest);
  return std::nullopt;
}

}  // namespace ameide::task
