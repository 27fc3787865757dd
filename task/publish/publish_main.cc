// The verbs of the publisher. CLI11 stops here.
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "absl/cleanup/cleanup.h"
#include "base/stop_on_signal.h"
#include "base/strings.h"
#include "task/contract/manifest.h"
#include "task/contract/profile.h"
#include "task/contract/task_spec.h"
#include "task/contract/template_parameters.h"
#include "task/publish/await_order.h"
#include "task/publish/publish_job.h"
#include "task/publish/publisher_environment.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxInput = 4u << 20;  // spec.json and task.json
constexpr uint64_t kMaxCredential = 64u << 10;
constexpr char kVerb[] = "publish";
constexpr char kAwaitVerb[] = "await";

struct Arguments {
  std::string spec;
  std::string contract;
  std::string bundle;
  std::string base;
  std::string result;
  std::string work;
  std::string credential_file;
  int credential_fd = -1;
};

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

int Complain(std::string_view words, int code) {
  std::fputs(StrCat("publish: ", words, "\n").c_str(), stderr);
  return code;
}

Result<fs::path> EmptyFolder(const std::string& path) {
  fs::path work = fs::absolute(path).lexically_normal();
  std::error_code error;
  if (MakeDirectories(work).ok() && fs::is_empty(work, error) && !error) return work;
  return Error{ErrorKind::kInvalid, "use", StrCat("--work ", work.string()),
               "it must be an empty folder", ""};
}

int Answer(const Publication& publication, const fs::path& file, unsigned mode) {
  const Status written = WriteFileAtomically(file, ToJson(publication).DumpPretty(), mode);
  if (!written.ok()) return Complain(written.error().ToString(), kExitInternal);
  return AgentExitCode(publication.failure, 0);
}

int PublishWith(const Arguments& arguments, const PublishSettings& settings) {
  const Result<fs::path> work = EmptyFolder(arguments.work);
  if (!work.ok()) return Complain(work.error().ToString(), kExitUsage);
  const absl::Cleanup remove = [&] { (void)RemoveTree(*work); };
  const StopOnSignal stop;
  const SystemClock clock;
  PublishJob job;
  const auto read = [&]() -> Status {
    AMEIDE_ASSIGN_OR_RETURN(job.credential, ReadCredential(arguments));
    AMEIDE_ASSIGN_OR_RETURN(job.spec, ReadDocument(arguments.spec, TaskSpecFromJson));
    AMEIDE_ASSIGN_OR_RETURN(job.contract,
                            ReadDocument(arguments.contract, ProfileContractFromJson));
    return Ok{};
  };
  const Status ready = read();
  job.base_commit = arguments.base;
  job.bundle = arguments.bundle;
  const Publication publication = ready.ok()
                                      ? PublishAndTell(job, settings, *work, clock, stop.token())
                                      : CouldNotPublish(ready.error(), job.credential);
  return Answer(publication, arguments.result, 0600);
}

void AddSettings(CLI::App* app, PublishSettings* settings) {
  app->add_option("--host", settings->host, "auto, gh, push-options or none")
      ->check(CLI::IsMember({"auto", "gh", "push-options", "none"}));
  app->add_option("--bot-name", settings->bot.name, "Who commits")->capture_default_str();
  app->add_option("--bot-email", settings->bot.email)->capture_default_str();
}

// An exit code when there is nothing to do any more.
std::optional<int> Parse(CLI::App* app, const std::vector<std::string>& arguments,
                         const PublishSettings& settings) {
  try {
    // CLI11 takes the arguments last one first.
    app->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& success) {
    return app->exit(success);
  } catch (const CLI::ParseError& error) {
    return Complain(StrCat(error.what(), "\n", app->help()), kExitUsage);
  }
  const std::string problem = BotProblem(settings.bot);
  if (problem.empty()) return std::nullopt;
  return Complain(StrCat("--bot-name and --bot-email: ", problem), kExitUsage);
}

int PublishMain(const std::vector<std::string>& arguments, PublishSettings settings) {
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
  AddSettings(&app, &settings);
  if (const auto code = Parse(&app, arguments, settings)) return *code;
  return PublishWith(parsed, settings);
}

struct AwaitArguments {
  std::string workspace;
  std::string publication;
  std::string work;
};

// Once there is an order that holds, every end is an answer; the launcher waits for one.
int AwaitWith(const AwaitArguments& arguments, const PublishSettings& settings) {
  const Result<fs::path> work = EmptyFolder(arguments.work);
  if (!work.ok()) return Complain(work.error().ToString(), kExitUsage);
  const absl::Cleanup remove = [&] { (void)RemoveTree(*work); };
  const fs::path answer = fs::path(arguments.publication) / kPublicationFile;
  const StopOnSignal stop;
  const SystemClock clock;
  Result<AwaitingPublisher> read = PublisherFromEnvironment(settings.environment);
  if (!read.ok()) return Answer(CouldNotPublish(read.error(), {}), answer, 0644);
  PublishJob& job = read->job;
  const AwaitedOrder awaited{arguments.workspace, read->public_key_pem, job.spec.work_id,
                             job.spec.run_id};
  const auto order = AwaitOrder(awaited, clock, stop.token(), [](std::string_view words) {
    std::fputs(StrCat("publish: ", words, "\n").c_str(), stderr);
  });
  if (!order.ok()) return Complain(order.error().ToString(), kExitCancelled);
  job.base_commit = order->base_commit;
  job.bundle = *work / "ordered.bundle";
  const Status taken = TakeOrderedWork(arguments.workspace, *order, job.bundle);
  const Publication publication = taken.ok()
                                      ? PublishAndTell(job, settings, *work, clock, stop.token())
                                      : CouldNotPublish(taken.error(), job.credential);
  return Answer(publication, answer, 0644);
}

int AwaitMain(const std::vector<std::string>& arguments, PublishSettings settings) {
  // Everything was taken over by the caller: the credential is in our memory only from here on.
  ForgetProcessEnvironment();
  AwaitArguments parsed;
  CLI::App app(
      "Waits for the launcher's signed order, then publishes the work of the run. The task, its "
      "profile, the key and the push credential come from the environment.",
      "ameide-agent publish await");
  app.add_option("--workspace", parsed.workspace, "The task's folder; only read")->required();
  app.add_option("--publication", parsed.publication, "The folder of the answer")->required();
  app.add_option("--work", parsed.work, "An empty private folder; removed")->required();
  AddSettings(&app, &settings);
  if (const auto code = Parse(&app, arguments, settings)) return *code;
  return AwaitWith(parsed, settings);
}

}  // namespace

std::optional<int> PublishVerb(const std::vector<std::string>& arguments,
                               const Environment& environment,
                               const std::vector<std::string>& self) {
  if (arguments.empty()) return std::nullopt;
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (arguments.front() == kAskpassVerb) return AskpassMain(rest);
  if (arguments.front() != kVerb) return std::nullopt;
  // Neither a debugger nor a core file gets at what this process holds (PR_SET_DUMPABLE, prctl(2)).
  ::prctl(PR_SET_DUMPABLE, 0);
  PublishSettings settings;
  settings.environment = environment;
  settings.self = self;
  if (rest.empty() || rest.front() != kAwaitVerb) return PublishMain(rest, std::move(settings));
  return AwaitMain({rest.begin() + 1, rest.end()}, std::move(settings));
}

}  // namespace ameide::task
