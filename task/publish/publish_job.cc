#include "task/publish/publish_job.h"

#include "base/strings.h"
#include "base/text.h"
#include "task/evidence/redactor.h"

namespace ameide::task {
namespace {

constexpr Millis kDefaultTimeout{600'000};
constexpr size_t kMaxReason = 4000;

// What of our own environment reaches Git and gh: nothing that could change what they run.
constexpr std::string_view kPassed[] = {
    "PATH",          "LANG",         "HTTP_PROXY",     "http_proxy",    "HTTPS_PROXY",
    "https_proxy",   "NO_PROXY",     "no_proxy",       "ALL_PROXY",     "all_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"};

Environment PlainEnvironment(const Environment& ours, const fs::path& home) {
  Environment plain;
  for (const std::string_view name : kPassed) {
    if (std::string value = Get(ours, name); !value.empty()) plain.emplace(name, std::move(value));
  }
  plain["HOME"] = home.string();
  return plain;
}

HostKind HostFrom(const std::string& word) {
  if (word == "gh") return HostKind::kGh;
  if (word == "push-options") return HostKind::kPushOptions;
  return word == "none" ? HostKind::kNone : HostKind::kAuto;
}

PublishOrder OrderOf(const PublishJob& job, const BotIdentity& bot) {
  const TaskSpec& spec = job.spec;
  PublishOrder order;
  order.work_id = spec.work_id;
  order.run_id = spec.run_id;
  order.repository_url = spec.repository.url;
  order.base_commit = job.base_commit;
  order.checked_out = spec.repository.ref;
  order.proposal = {spec.pull_request->branch, spec.pull_request->base, spec.pull_request->title,
                    spec.pull_request->body, spec.pull_request->draft};
  order.branch_prefix = job.contract.branch_prefix;
  order.profile_rules = job.contract.guardrails;
  order.task_rules = spec.guardrails;
  order.bundle = job.bundle;
  order.bot = bot;
  return order;
}

Result<Publication> Run(const PublishJob& job, const PublishSettings& settings,
                        const fs::path& work, const Clock& clock, std::stop_token stop) {
  AMEIDE_RETURN_IF_ERROR(CheckAsksForPullRequest(job.spec, job.contract));
  const PublishOrder order = OrderOf(job, settings.bot);
  const Environment plain = PlainEnvironment(settings.environment, work);
  AMEIDE_ASSIGN_OR_RETURN(const Git git, Git::Open(plain, work, clock, stop));
  const Millis own = job.spec.timeouts.pr;
  const Git timed = git.Until(clock.Monotonic() + (own > Millis(0) ? own : kDefaultTimeout));
  std::unique_ptr<GitHost> host = MakeNoHost();
  switch (ChooseHost(HostFrom(settings.host), order.repository_url, plain)) {
    case HostKind::kPushOptions:
      host = MakePushOptionsHost();
      break;
    case HostKind::kGh:
      host = MakeGhHost({.repository_url = order.repository_url,
                         .credential = job.credential,
                         .environment = plain,
                         .scratch = work},
                        clock, stop);
      break;
    case HostKind::kAuto:
    case HostKind::kNone:
      break;
  }
  if (job.credential.password.empty()) return Publish(timed, host.get(), order, work, clock);
  std::vector<std::string> helper = settings.self;
  helper.emplace_back(kAskpassVerb);
  AMEIDE_ASSIGN_OR_RETURN(
      const CredentialAnswers answers,
      CredentialAnswers::Start(job.credential, order.repository_url, helper, work));
  return Publish(answers.Lend(timed), host.get(), order, work, clock);
}

Publication Clean(Publication publication, const Credential& credential) {
  const Redactor redactor({{"PUSH_CREDENTIAL", credential.password}});
  publication.reason = Truncate(redactor.Whole(publication.reason), kMaxReason);
  return publication;
}

}  // namespace

Status CheckAsksForPullRequest(const TaskSpec& spec, const ProfileContract& contract) {
  if (contract.pull_requests && spec.pull_request && spec.profile == contract.name) return Ok{};
  return Error{ErrorKind::kDenied, "publish", spec.work_id,
               "the task asks for no pull request, or its profile has them off",
               "set pull_request in the spec and enable it in the profile"};
}

Publication CouldNotPublish(const Error& why, const Credential& credential) {
  Publication publication;
  publication.failure =
      why.kind == ErrorKind::kCancelled ? FailureClass::kCancelled : FailureClass::kPublishFailed;
  publication.reason = ToPrintable(why.ToString());
  return Clean(std::move(publication), credential);
}

Publication PublishAndTell(const PublishJob& job, const PublishSettings& settings,
                           const fs::path& work, const Clock& clock, std::stop_token stop) {
  Result<Publication> done = Run(job, settings, work, clock, std::move(stop));
  if (!done.ok()) return CouldNotPublish(done.error(), job.credential);
  return Clean(std::move(*done), job.credential);
}

}  // namespace ameide::task
