#include "task/launcher/coder/template_check.h"

#include <algorithm>

#include "base/base64.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/template_parameters.h"

namespace ameide::task {
namespace {

constexpr Millis kWorkspaceReserve{30 * 60'000};
constexpr Millis kLongestTtl{30ll * 24 * 3600 * 1000};  // Coder's
constexpr Millis kMinute{60'000};
constexpr char kPushHint[] = "push the template again: ameide-templates push";

Error Unfit(const CoderTemplate& from, std::string cause, std::string hint) {
  return Error{ErrorKind::kInvalid, "use Coder template", Truncate(ToOneLine(from.info.name), 100),
               Truncate(ToOneLine(cause), 600), std::move(hint)};
}

const coder::RichParameter* Find(const std::vector<coder::RichParameter>& parameters,
                                 std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& parameter) { return parameter.name == name; });
  return found == parameters.end() ? nullptr : &*found;
}

Status CheckVersion(const CoderTemplate& from) {
  if (from.info.deprecated) {
    return Unfit(from, StrCat("it is deprecated: ", from.info.deprecation_message),
                 "name another one with the task's template");
  }
  const coder::Job& job = from.version.job;
  if (from.version.archived) return Unfit(from, "its active version is archived", kPushHint);
  if (coder::IsActive(job.status)) {
    return Unfit(from, "its active version is still being imported", "try again later");
  }
  if (job.status != coder::JobStatus::kSucceeded) {
    return Unfit(from, StrCat("the import of its active version failed: ", job.error), kPushHint);
  }
  return Ok{};
}

Status CheckParameters(const CoderTemplate& from, const TaskSpec& spec) {
  std::vector<std::string_view> ours = {kParameterWorkId, kParameterKind, kParameterSpec,
                                        kParameterTtl, kParameterInstallation};
  if (spec.pull_request) ours.push_back(kParameterPublishKey);
  for (const std::string_view name : ours) {
    const coder::RichParameter* parameter = Find(from.parameters, name);
    if (parameter == nullptr) {
      return Unfit(from,
                   StrCat("it has no parameter ", name, ", which template contract version ",
                          kTemplateContractVersion, " demands"),
                   kPushHint);
    }
    // Whoever may edit a workspace could otherwise give it another task.
    if (parameter->is_mutable || parameter->ephemeral) {
      return Unfit(from, StrCat("its parameter ", name, " can be changed later"), kPushHint);
    }
  }
  for (const coder::RichParameter& parameter : from.parameters) {
    if (!parameter.required || parameter.name == kParameterPublishKey ||
        std::find(ours.begin(), ours.end(), parameter.name) != ours.end()) {
      continue;
    }
    return Unfit(from, StrCat("it requires a parameter ", parameter.name, ", which no task has"),
                 kPushHint);
  }
  return Ok{};
}

}  // namespace

Millis WorkspaceTtl(const TaskSpec& spec) {
  const Millis whole = spec.ttl + kWorkspaceReserve + kMinute - Millis(1);
  return Millis(whole.count() / kMinute.count() * kMinute.count());
}

Status CheckTemplate(const CoderTemplate& from, const TaskSpec& spec) {
  AMEIDE_RETURN_IF_ERROR(CheckVersion(from));
  AMEIDE_RETURN_IF_ERROR(CheckParameters(from, spec));
  for (const coder::ExternalAuth& account : from.accounts) {
    if (account.authenticated || account.optional) continue;
    return Unfit(from,
                 StrCat("it wants the external account ", account.id, ", which is not linked"),
                 StrCat("link it: ", Truncate(ToOneLine(account.authenticate_url), 200)));
  }
  const Error bounds{ErrorKind::kInvalid, "run on Coder", spec.work_id, "", ""};
  if (spec.ttl < std::chrono::seconds(kMinTtlSeconds)) {
    Error error = bounds;
    error.cause = StrCat("ttl ", FormatDuration(spec.ttl), " is shorter than ", kMinTtlSeconds,
                         " seconds, in which no pod gets ready");
    error.hint = "raise ttl";
    return error;
  }
  if (const coder::RichParameter* ttl = Find(from.parameters, kParameterTtl);
      WorkspaceTtl(spec) > kLongestTtl ||
      (ttl->validation_max && spec.ttl > std::chrono::seconds(*ttl->validation_max))) {
    Error error = bounds;
    error.cause = StrCat("ttl ", FormatDuration(spec.ttl), " is longer than the template allows");
    error.hint = "lower ttl, or raise the profile's limit and push its template again";
    return error;
  }
  const size_t bytes = ToBase64(ToJson(spec).Dump()).size();
  // Room for the run id, which is not there yet when this is asked.
  if (bytes + 128 >= kMaxParameterBytes) {
    Error error = bounds;
    error.cause = StrCat("the task spec takes ", bytes, " bytes as a parameter; less than ",
                         kMaxParameterBytes, " are possible");
    error.hint = "move long texts into files of the repository";
    return error;
  }
  return Ok{};
}

coder::Parameters ParametersOf(const TaskSpec& spec, const std::string& installation,
                               const std::string& publish_key,
                               const std::vector<coder::RichParameter>& known) {
  // Rounded up: the pod's clock must not be shorter than the task's.
  const int64_t seconds = (spec.ttl.count() + 999) / 1000;
  coder::Parameters parameters{{std::string(kParameterWorkId), spec.work_id},
                               {std::string(kParameterKind), std::string(ToString(spec.kind))},
                               {std::string(kParameterSpec), ToBase64(ToJson(spec).Dump())},
                               {std::string(kParameterTtl), std::to_string(seconds)},
                               {std::string(kParameterInstallation), installation}};
  if (Find(known, kParameterPublishKey) != nullptr) {
    parameters.emplace(kParameterPublishKey, publish_key);
  }
  return parameters;
}

}  // namespace ameide::task
