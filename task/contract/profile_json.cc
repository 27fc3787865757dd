// task.json: the part of a profile that travels with each template.
#include "base/strings.h"
#include "task/contract/json_reader.h"
#include "task/contract/profile.h"
#include "task/contract/template_parameters.h"

namespace ameide::task {
namespace {

Json PhaseNames(const std::vector<Phase>& phases) {
  Json::Array names;
  for (const Phase phase : phases) names.emplace_back(ToString(phase));
  return names;
}

Json SecretJson(const SecretGrant& grant) {
  return Json::Object{{"env", grant.env},
                      {"secret", grant.secret},
                      {"key", grant.key},
                      {"phases", PhaseNames(grant.phases)}};
}

SecretGrant ReadSecret(const Json& json, const std::string& pointer, Problems* problems) {
  SecretGrant grant;
  ObjectReader reader(json, pointer, problems);
  reader.Require({"env", "secret", "key", "phases"});
  reader.Read("env", &grant.env);
  reader.Read("secret", &grant.secret);
  reader.Read("key", &grant.key);
  std::vector<std::string> words;
  reader.Read("phases", &words);
  for (const std::string& word : words) {
    if (const auto phase = PhaseFrom(word)) {
      grant.phases.push_back(*phase);
    } else {
      reader.Problem("phases", "must name checkout, edit, verify or pr");
    }
  }
  reader.Finish();
  return grant;
}

template <class Read>
void ReadObject(ObjectReader* parent, std::string_view key,
                std::initializer_list<std::string_view> keys, Read read) {
  const Json* json = parent->Child(key);
  if (json == nullptr) return;  // the parent required it
  ObjectReader reader(*json, parent->PointerTo(key), parent->problems());
  reader.Require(keys);
  read(&reader);
  reader.Finish();
}

void ReadTimeouts(ObjectReader* root, PhaseTimeouts* timeouts) {
  ReadObject(root, "timeouts", {"readiness", "checkout", "edit", "verify", "pr"},
             [&](ObjectReader* reader) {
               reader->Read("readiness", &timeouts->readiness);
               reader->Read("checkout", &timeouts->checkout);
               reader->Read("edit", &timeouts->edit);
               reader->Read("verify", &timeouts->verify);
               reader->Read("pr", &timeouts->pr);
             });
}

}  // namespace

Json ToJson(const ProfileContract& contract) {
  const PhaseTimeouts& clocks = contract.timeouts;
  Json::Array secrets;
  for (const SecretGrant& grant : contract.secrets) secrets.push_back(SecretJson(grant));
  Json json = Json::Object{
      {"version", kTemplateContractVersion},
      {"name", contract.name},
      {"marker", contract.marker},
      {"repositories", Json::Strings(contract.repositories)},
      {"guardrails", ToJson(contract.guardrails)},
      {"tools", Json::Strings(contract.tools)},
      {"pull_request", Json::Object{{"enabled", contract.pull_requests},
                                    {"branch_prefix", contract.branch_prefix}}},
      {"timeouts", Json::Object{{"readiness", FormatDuration(clocks.readiness)},
                                {"checkout", FormatDuration(clocks.checkout)},
                                {"edit", FormatDuration(clocks.edit)},
                                {"verify", FormatDuration(clocks.verify)},
                                {"pr", FormatDuration(clocks.pr)}}},
      {"ttl", Json::Object{{"default", FormatDuration(contract.default_ttl)},
                           {"max", FormatDuration(contract.max_ttl)}}},
      {"evidence", Json::Object{{"paths", Json::Strings(contract.evidence.paths)},
                                {"required", Json::Strings(contract.evidence.required)}}},
      {"secrets", std::move(secrets)},
      {"check", contract.check_command}};
  if (contract.executor) json.Set("executor", ToJson(*contract.executor));
  return json;
}

Checked<ProfileContract> ProfileContractFromJson(const Json& json) {
  ProfileContract contract;
  Problems problems;
  ObjectReader root(json, "", &problems);
  root.Require({"version", "name", "marker", "repositories", "guardrails", "tools", "pull_request",
                "timeouts", "ttl", "evidence", "secrets", "check"});
  int version = 0;
  root.ReadInt("version", kOldestContractJson, kTemplateContractVersion, &version);
  root.Read("name", &contract.name);
  root.Read("marker", &contract.marker);
  root.Read("repositories", &contract.repositories);
  if (const Json* guardrails = root.Child("guardrails")) {
    Take(GuardrailsFromJson(*guardrails, root.PointerTo("guardrails")), &contract.guardrails,
         &problems);
  }
  root.Read("tools", &contract.tools);
  ReadObject(&root, "pull_request", {"enabled", "branch_prefix"}, [&](ObjectReader* reader) {
    reader->Read("enabled", &contract.pull_requests);
    reader->Read("branch_prefix", &contract.branch_prefix);
  });
  ReadTimeouts(&root, &contract.timeouts);
  ReadObject(&root, "ttl", {"default", "max"}, [&](ObjectReader* reader) {
    reader->Read("default", &contract.default_ttl);
    reader->Read("max", &contract.max_ttl);
  });
  ReadObject(&root, "evidence", {"paths", "required"}, [&](ObjectReader* reader) {
    reader->Read("paths", &contract.evidence.paths);
    reader->Read("required", &contract.evidence.required);
  });
  root.ReadEach("secrets", [&](const Json& item, const std::string& pointer) {
    contract.secrets.push_back(ReadSecret(item, pointer, &problems));
  });
  root.Read("check", &contract.check_command);
  if (const Json* executor = root.Child("executor")) {
    ExecutorContract read;
    Take(ExecutorContractFromJson(*executor, root.PointerTo("executor")), &read, &problems);
    contract.executor = std::move(read);
  }
  root.Finish();
  return Finished(std::move(contract), std::move(problems));
}

}  // namespace ameide::task
