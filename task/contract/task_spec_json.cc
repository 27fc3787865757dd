#include "task/contract/json_reader.h"
#include "task/contract/profile_rules.h"
#include "task/contract/task_spec.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxVariables = 1000;

// Zero means "the profile's" inside; said aloud it would read like "no limit" or "at once".
void ReadClock(ObjectReader* reader, std::string_view key, Millis* out) {
  if (reader->Read(key, out) && *out == Millis(0)) {
    reader->Problem(key, "must be longer than zero; leave it out to take the profile's");
  }
}

void ReadRepository(const Json& json, const std::string& pointer, Problems* problems,
                    Repository* out) {
  ObjectReader reader(json, pointer, problems);
  reader.Require({"url"});
  if (reader.Read("url", &out->url)) reader.Problem("url", RepositoryUrlProblem(out->url));
  if (reader.Read("ref", &out->ref)) reader.Problem("ref", RefProblem(out->ref));
  reader.ReadWord("clone", CloneStrategyFrom, AllCloneStrategies(), &out->clone);
  if (reader.ReadInt("depth", 1, kMaxCloneDepth, &out->depth) &&
      out->clone != CloneStrategy::kShallow) {
    reader.Problem("depth",
                   "has a meaning only with \"clone\": \"shallow\"; remove it or add that");
  }
  reader.Read("submodules", &out->submodules);
  reader.Finish();
}

void ReadTimeouts(const Json& json, const std::string& pointer, Problems* problems,
                  PhaseTimeouts* out) {
  ObjectReader reader(json, pointer, problems);
  ReadClock(&reader, "readiness", &out->readiness);
  ReadClock(&reader, "checkout", &out->checkout);
  ReadClock(&reader, "edit", &out->edit);
  ReadClock(&reader, "verify", &out->verify);
  ReadClock(&reader, "pr", &out->pr);
  reader.Finish();
}

void ReadContext(const Json& json, const std::string& pointer, Problems* problems,
                 TaskContext* out) {
  ObjectReader reader(json, pointer, problems);
  reader.Read("tenant_id", &out->tenant_id);
  reader.Read("product_backlog_item_id", &out->product_backlog_item_id);
  reader.Read("sprint_id", &out->sprint_id);
  reader.Read("timebox_ids", &out->timebox_ids);
  reader.Read("goal_ids", &out->goal_ids);
  reader.Read("work_item_ids", &out->work_item_ids);
  reader.Read("element_ids", &out->element_ids);
  reader.Read("correlation_id", &out->correlation_id);
  reader.Read("traceparent", &out->traceparent);
  if (reader.Read("trigger", &out->trigger) && out->trigger != "auto" && out->trigger != "manual") {
    reader.Problem("trigger", "must be \"auto\" or \"manual\"");
  }
  reader.Read("dev_brief", &out->dev_brief);
  reader.Finish();
}

void ReadCommandAndEnvironment(ObjectReader* reader, TaskSpec* spec) {
  if (reader->Read("command", &spec->command)) {
    reader->Problem("command", CommandProblem(spec->command));
  }
  if (reader->Read("verify", &spec->verify)) {
    reader->Problem("verify", CommandProblem(spec->verify));
  }
  if (!reader->Read("environment", &spec->environment)) return;
  if (spec->environment.size() > kMaxVariables) {
    reader->Problem("environment", StrCat("must not have more than ", kMaxVariables, " variables"));
  }
  for (const auto& [name, value] : spec->environment) {
    for (const std::string& problem :
         {EnvironmentNameProblem(name), EnvironmentValueProblem(value)}) {
      if (problem.empty()) continue;
      AddProblem(PointerStep(reader->PointerTo("environment"), name), problem, reader->problems());
    }
  }
}

SecretReference ReadSecret(const Json& json, const std::string& pointer, Problems* problems) {
  SecretReference reference;
  ObjectReader reader(json, pointer, problems);
  reader.Require({"secret", "key"});
  const auto read = [&](std::string_view key, std::string* out, auto rule) {
    if (!reader.Read(key, out)) return;
    // Before any rule that could quote it.
    const std::string_view what = LooksLikeSecret(*out);
    reader.Problem(key, what.empty() ? rule(*out)
                                     : StrCat("looks like ", what,
                                              "; revoke it, and write the name of the Secret that "
                                              "holds the new one"));
  };
  read("secret", &reference.secret, DnsSubdomainProblem);
  read("key", &reference.key, SecretKeyProblem);
  reader.Finish();
  return reference;
}

void ReadSecrets(ObjectReader* reader, TaskSpec* spec) {
  const Json* json = reader->Child("secrets");
  if (json == nullptr) return;
  const std::string pointer = reader->PointerTo("secrets");
  if (json->AsObject() == nullptr) {
    reader->Problem(
        "secrets", StrCat("must be an object of environment names, not a JSON ", json->TypeName()));
    return;
  }
  for (const auto& [name, value] : *json->AsObject()) {
    std::string problem = SecretVariableProblem(name).message;
    if (!LooksLikeSecret(name).empty()) problem = "must be an environment variable's name";
    if (spec->environment.contains(name)) problem = "is in environment, too; remove one";
    if (!problem.empty()) AddProblem(PointerStep(pointer, name), problem, reader->problems());
    spec->secrets[name] = ReadSecret(value, PointerStep(pointer, name), reader->problems());
  }
}

void ReadPullRequest(const Json& json, const std::string& pointer, Problems* problems,
                     std::optional<PullRequest>* out) {
  PullRequest& request = out->emplace();
  ObjectReader reader(json, pointer, problems);
  reader.Require({"branch", "title"});
  const auto read = [&](std::string_view key, std::string* text, auto rule) {
    if (reader.Read(key, text)) reader.Problem(key, rule(*text));
  };
  read("branch", &request.branch, BranchProblem);
  read("base", &request.base, BranchProblem);
  if (!request.base.empty() && request.base == request.branch) {
    reader.Problem("branch", "must differ from base; a task never pushes to the branch it is for");
  }
  read("title", &request.title, PullRequestTitleProblem);
  read("body", &request.body, PullRequestBodyProblem);
  reader.Read("draft", &request.draft);
  reader.Finish();
}

// What needs a command in the phase edit.
void CheckKind(ObjectReader* reader, const TaskSpec& spec) {
  if (CommandPhase(spec.kind) == Phase::kEdit) return;
  if (!spec.verify.empty()) {
    reader->Problem("verify", StrCat("is for the kinds patch and run; the command of a ",
                                     ToString(spec.kind), " task runs in verify itself"));
  }
  if (spec.pull_request) {
    reader->Problem("pull_request", StrCat("is for the kinds patch and run; a ",
                                           ToString(spec.kind), " task publishes nothing"));
  }
}

// Calls read(member, pointer, problems, out) when the member is there.
template <class T>
void ReadChild(ObjectReader* reader, std::string_view key,
               void (*read)(const Json&, const std::string&, Problems*, T*), T* out) {
  const Json* child = reader->Child(key);
  if (child != nullptr) read(*child, reader->PointerTo(key), reader->problems(), out);
}

// What is empty or zero stands for a default and is left out.
void SetText(Json* json, std::string key, const std::string& text) {
  if (!text.empty()) json->Set(std::move(key), text);
}
void SetTexts(Json* json, std::string key, const std::vector<std::string>& texts) {
  if (!texts.empty()) json->Set(std::move(key), Json::Strings(texts));
}
void SetClock(Json* json, std::string key, Millis duration) {
  if (duration != Millis(0)) json->Set(std::move(key), FormatDuration(duration));
}

Json ToJson(const Repository& repository) {
  Json json;
  json.Set("url", repository.url);
  SetText(&json, "ref", repository.ref);
  json.Set("clone", ToString(repository.clone));
  if (repository.clone == CloneStrategy::kShallow) json.Set("depth", repository.depth);
  json.Set("submodules", repository.submodules);
  return json;
}

Json ToJson(const PhaseTimeouts& timeouts) {
  Json json{Json::Object{}};
  SetClock(&json, "readiness", timeouts.readiness);
  SetClock(&json, "checkout", timeouts.checkout);
  SetClock(&json, "edit", timeouts.edit);
  SetClock(&json, "verify", timeouts.verify);
  SetClock(&json, "pr", timeouts.pr);
  return json;
}

Json ToJson(const std::map<std::string, SecretReference>& secrets) {
  Json json;
  for (const auto& [name, reference] : secrets) {
    json.Set(name, Json::Object{{"secret", reference.secret}, {"key", reference.key}});
  }
  return json;
}

Json ToJson(const PullRequest& request) {
  Json json;
  json.Set("branch", request.branch);
  SetText(&json, "base", request.base);
  json.Set("title", request.title);
  SetText(&json, "body", request.body);
  json.Set("draft", request.draft);
  return json;
}

Json ToJson(const TaskContext& context) {
  Json json;
  SetText(&json, "tenant_id", context.tenant_id);
  SetText(&json, "product_backlog_item_id", context.product_backlog_item_id);
  SetText(&json, "sprint_id", context.sprint_id);
  SetTexts(&json, "timebox_ids", context.timebox_ids);
  SetTexts(&json, "goal_ids", context.goal_ids);
  SetTexts(&json, "work_item_ids", context.work_item_ids);
  SetTexts(&json, "element_ids", context.element_ids);
  SetText(&json, "correlation_id", context.correlation_id);
  SetText(&json, "traceparent", context.traceparent);
  json.Set("trigger", context.trigger);
  SetText(&json, "dev_brief", context.dev_brief);
  return json;
}

}  // namespace

Json ToJson(const EvidenceRequest& evidence) {
  Json json;
  json.Set("paths", Json::Strings(evidence.paths));
  json.Set("required", Json::Strings(evidence.required));
  return json;
}

Checked<EvidenceRequest> EvidenceRequestFromJson(const Json& json, std::string_view pointer) {
  EvidenceRequest evidence;
  Problems problems;
  ObjectReader reader(json, pointer, &problems);
  ReadGlobs(&reader, "paths", &evidence.paths);
  ReadGlobs(&reader, "required", &evidence.required);
  reader.Finish();
  return Finished(std::move(evidence), std::move(problems));
}

Checked<TaskSpec> TaskSpecFromJson(const Json& json) {
  TaskSpec spec;
  Problems problems;
  ObjectReader reader(json, "", &problems);
  reader.Require({"version", "work_id", "profile", "repository", "command"});
  int version = 0;
  reader.ReadInt("version", kTaskSpecVersion, kTaskSpecVersion, &version);
  if (reader.Read("work_id", &spec.work_id)) reader.Problem("work_id", WorkIdProblem(spec.work_id));
  if (reader.Read("run_id", &spec.run_id)) reader.Problem("run_id", RunIdProblem(spec.run_id));
  reader.ReadWord("kind", TaskKindFrom, AllTaskKinds(), &spec.kind);
  if (reader.Read("profile", &spec.profile)) {
    reader.Problem("profile", ProfileNameProblem(spec.profile));
  }
  if (reader.Read("template", &spec.profile_template)) {
    reader.Problem("template", ProfileNameProblem(spec.profile_template));
  }
  ReadChild(&reader, "repository", ReadRepository, &spec.repository);
  ReadCommandAndEnvironment(&reader, &spec);
  ReadSecrets(&reader, &spec);
  ReadChild(&reader, "timeouts", ReadTimeouts, &spec.timeouts);
  ReadClock(&reader, "ttl", &spec.ttl);
  if (const Json* child = reader.Child("guardrails")) {
    Take(GuardrailsFromJson(*child, "/guardrails"), &spec.guardrails, &problems);
  }
  if (const Json* child = reader.Child("evidence")) {
    Take(EvidenceRequestFromJson(*child, "/evidence"), &spec.evidence, &problems);
  }
  ReadChild(&reader, "pull_request", ReadPullRequest, &spec.pull_request);
  ReadChild(&reader, "context", ReadContext, &spec.context);
  CheckKind(&reader, spec);
  reader.Finish();
  return Finished(std::move(spec), std::move(problems));
}

Json ToJson(const TaskSpec& spec) {
  Json environment{Json::Object{}};
  for (const auto& [name, value] : spec.environment) environment.Set(name, value);
  Json json;
  json.Set("version", kTaskSpecVersion);
  json.Set("work_id", spec.work_id);
  SetText(&json, "run_id", spec.run_id);
  json.Set("kind", ToString(spec.kind));
  json.Set("profile", spec.profile);
  SetText(&json, "template", spec.profile_template);
  json.Set("repository", ToJson(spec.repository));
  json.Set("command", Json::Strings(spec.command));
  SetTexts(&json, "verify", spec.verify);
  json.Set("environment", environment);
  if (!spec.secrets.empty()) json.Set("secrets", ToJson(spec.secrets));
  json.Set("timeouts", ToJson(spec.timeouts));
  SetClock(&json, "ttl", spec.ttl);
  json.Set("guardrails", ToJson(spec.guardrails));
  json.Set("evidence", ToJson(spec.evidence));
  if (spec.pull_request) json.Set("pull_request", ToJson(*spec.pull_request));
  json.Set("context", ToJson(spec.context));
  return json;
}

}  // namespace ameide::task
