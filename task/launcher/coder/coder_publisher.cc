#include "task/launcher/coder/coder_publisher.h"

#include <algorithm>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/publish_order.h"
#include "task/contract/template_parameters.h"
#include "task/evidence/order_envelope.h"
#include "task/launcher/coder/publish_keys.h"

namespace ameide::task {
namespace {

constexpr Millis kPause{1'000};
constexpr Millis kReserve{60'000};        // beyond the phase's own clock, which the publisher keeps
constexpr Millis kClockSkew{5 * 60'000};  // between the pod's wall clock and ours

class CoderPublisher final : public Publisher {
 public:
  CoderPublisher(std::shared_ptr<CoderSession> session, fs::path state)
      : session_(std::move(session)), state_(std::move(state)) {}

  // Whether the Secret object is in the cluster, Coder cannot say; the pod will not start without.
  Status Check(const TaskSpec& spec, const ProfileContract& contract) override {
    for (const SecretGrant& grant : contract.secrets) {
      const auto& phases = grant.phases;
      if (std::find(phases.begin(), phases.end(), Phase::kPr) != phases.end()) return Ok{};
    }
    return Error{ErrorKind::kInvalid, "publish", spec.work_id,
                 StrCat("profile ", contract.name, " grants no secret to the phase pr"),
                 "grant one in the profile and push its template again, or remove pull_request"};
  }

  Result<Publication> Publish(const LaunchContext& context,
                              const PublishRequest& request) override {
    AMEIDE_ASSIGN_OR_RETURN(std::string order, Order(context, request));
    AMEIDE_ASSIGN_OR_RETURN(const coder::AppAddress app,
                            session_->EvidenceApp(context.stop, request.workspace.name));
    AMEIDE_ASSIGN_OR_RETURN(
        const http::Response taken,
        session_->client().AppPut(context.stop, app, "publish-order", std::move(order)));
    if (taken.status != 204) {
      Error error =
          session_->client().ErrorFor("give the publish order to", request.workspace.name, taken);
      error.kind = ErrorKind::kUnavailable;
      return error;
    }
    return AwaitAnswer(context, app, request);
  }

 private:
  Result<std::string> Order(const LaunchContext& context, const PublishRequest& request) const {
    AMEIDE_ASSIGN_OR_RETURN(const KeyPair key,
                            PublishKeyOf(state_, request.workspace.name, request.spec.run_id));
    PublishStatement statement;
    statement.work_id = request.spec.work_id;
    statement.run_id = request.spec.run_id;
    statement.base_commit = request.base_commit;
    AMEIDE_ASSIGN_OR_RETURN(statement.work_sha256, Sha256HexOfFile(request.work_bundle));
    statement.expires_at = context.clock.Now() + request.spec.timeouts.pr + kClockSkew;
    return SealPublishOrder(statement, key.private_pem);
  }

  Result<Publication> AwaitAnswer(const LaunchContext& context, const coder::AppAddress& app,
                                  const PublishRequest& request) const {
    const MonoTime end = context.clock.Monotonic() + request.spec.timeouts.pr + kReserve;
    std::string last = "it answers 404";
    while (context.clock.Monotonic() < end) {
      const auto answer = session_->client().AppGet(context.stop, app, "publication");
      if (answer.ok() && answer->status == 200) return Read(answer->body);
      if (!answer.ok() && answer.error().kind == ErrorKind::kCancelled) return answer.error();
      last = answer.ok() ? session_->client().ErrorFor("", "", *answer).cause
                         : answer.error().ToString();
      if (!context.clock.WaitFor(context.stop, kPause)) {
        return Error{ErrorKind::kCancelled, "publish", request.spec.work_id,
                     "stopped before the publisher answered",
                     "look for its branch at the Git host"};
      }
    }
    return Error{ErrorKind::kTimeout, "publish", request.spec.work_id,
                 StrCat("the workspace's publisher gave no answer in time; ", last),
                 "read the log of the pod's container \"publisher\""};
  }

  static Result<Publication> Read(const std::string& body) {
    AMEIDE_ASSIGN_OR_RETURN(const Json json, ParseJson(body));
    Checked<Publication> publication = PublicationFromJson(json);
    if (!publication.ok()) return ToError(publication.problems, "read", "the publisher's answer");
    return std::move(*publication.value);
  }

  std::shared_ptr<CoderSession> session_;
  fs::path state_;
};

}  // namespace

std::unique_ptr<Publisher> MakeCoderPublisher(std::shared_ptr<CoderSession> session,
                                              fs::path state) {
  return std::make_unique<CoderPublisher>(std::move(session), std::move(state));
}

}  // namespace ameide::task
