#include "provider/resources/profile_data_source.h"

#include "provider/framework/checks.h"
#include "task/contract/words.h"

namespace ameide::resources {
namespace {

using framework::Attribute;
using framework::NestedAttributes;
using framework::Nesting;
using framework::Type;
using framework::Value;

Attribute Fact(std::string name, Type type, std::string description) {
  return {.name = std::move(name),
          .type = std::move(type),
          .computed = true,
          .description = std::move(description)};
}
Attribute Text(std::string name, std::string description) {
  return Fact(std::move(name), Type::String(), std::move(description));
}
Attribute Texts(std::string name, std::string description) {
  return Fact(std::move(name), Type::List(Type::String()), std::move(description));
}
Attribute Group(std::string name, Nesting mode, std::vector<Attribute> attributes,
                std::string description) {
  return {.name = std::move(name),
          .nested = NestedAttributes{.mode = mode, .attributes = std::move(attributes)},
          .computed = true,
          .description = std::move(description)};
}

Attribute GuardrailsGroup() {
  return Group(
      "guardrails", Nesting::kSingle,
      {Texts("allow_paths", "Globs of paths that may change. Empty: all that nothing denies."),
       Texts("deny_paths", "Globs of paths that must not change. Deny always wins."),
       Fact("allow_gitlinks", Type::Bool(), "Whether submodule pointers may change."),
       Texts("promotion_artifacts", "Globs of files that say which version runs where; denied."),
       Texts("digest_only", "Globs of files in which only SHA-256 digests may change."),
       Fact("max_file_bytes", Type::Number(),
            "Size that no changed file may exceed; null: no limit."),
       Fact("max_changed_files", Type::Number(), "How many files may change; null: no limit."),
       Fact("allow_binary", Type::Bool(), "Whether binary files may come or change."),
       Fact("deny_mode_changes", Type::Bool(), "Whether a file must stay what it was.")},
      "What a task of this profile may change; a task's own `guardrails` can only narrow it.");
}

Attribute TimeoutsGroup() {
  std::vector<Attribute> clocks = {
      Text("readiness", "Until the workspace's agent program reports.")};
  for (const task::Phase phase : task::AllPhases()) {
    clocks.push_back(Text(std::string(ToString(phase)), "Of the phase of this name."));
  }
  return Group("timeouts", Nesting::kSingle, std::move(clocks),
               "A clock per phase, each inside the task's `ttl`.");
}

Attribute SecretsGroup() {
  return Group("secrets", Nesting::kList,
               {Text("env", "Environment variable that holds the value."),
                Text("secret", "Name of the Secret object."), Text("key", "Key inside it."),
                Texts("phases", "Phases whose commands see it.")},
               "Which secrets a task may be given, by name.");
}

Value List(const std::vector<std::string>& texts) {
  Value::Elements elements;
  for (const std::string& text : texts) elements.push_back(Value::String(text));
  return Value::List(Type::String(), std::move(elements));
}
Value Duration(Millis duration) { return Value::String(FormatDuration(duration)); }
Value Limit(uint64_t limit) {
  return limit == 0 ? Value::Null(Type::Number())
                    : Value::Number(framework::Number::FromUnsigned(limit));
}

Value GuardrailsValue(const task::Guardrails& rails) {
  return Value::Object({{"allow_paths", List(rails.allow_paths)},
                        {"deny_paths", List(rails.deny_paths)},
                        {"allow_gitlinks", Value::Bool(rails.allow_gitlinks)},
                        {"promotion_artifacts", List(rails.promotion_artifacts)},
                        {"digest_only", List(rails.digest_only)},
                        {"max_file_bytes", Limit(rails.max_file_bytes)},
                        {"max_changed_files", Limit(rails.max_changed_files)},
                        {"allow_binary", Value::Bool(rails.allow_binary)},
                        {"deny_mode_changes", Value::Bool(rails.deny_mode_changes)}});
}

Value TimeoutsValue(const task::PhaseTimeouts& timeouts) {
  Value::Entries clocks = {{"readiness", Duration(timeouts.readiness)}};
  for (const task::Phase phase : task::AllPhases()) {
    clocks.emplace(ToString(phase), Duration(timeouts.Of(phase)));
  }
  return Value::Object(std::move(clocks));
}

Value SecretsValue(const std::vector<task::SecretGrant>& grants, const Type& element) {
  Value::Elements elements;
  for (const task::SecretGrant& grant : grants) {
    std::vector<std::string> phases;
    for (const task::Phase phase : grant.phases) phases.emplace_back(ToString(phase));
    elements.push_back(Value::Object({{"env", Value::String(grant.env)},
                                      {"secret", Value::String(grant.secret)},
                                      {"key", Value::String(grant.key)},
                                      {"phases", List(phases)}}));
  }
  return Value::List(element, std::move(elements));
}

class ProfileSource final : public framework::DataSource {
 public:
  explicit ProfileSource(const EngineSlot& engine) : engine_(engine) {}
  framework::Schema schema() const override { return ProfileSchema(); }

  framework::DataResult Read(const framework::Context&, const Value& config) const override {
    framework::DataResult result;
    const std::shared_ptr<const Engine> engine = engine_.Get();
    if (!engine) {
      result.diagnostics.AddError(NotConfigured());
      return result;
    }
    const Result<task::Profile> profile =
        engine->FindProfile(config.Attribute("name").AsString().value());
    if (profile.ok()) {
      result.state = ProfileValue(*profile);
    } else {
      result.diagnostics.AddError(profile.error(), framework::Path("name"));
    }
    return result;
  }

 private:
  const EngineSlot& engine_;
};

}  // namespace

framework::Schema ProfileSchema() {
  return {
      .description =
          "What an agent profile lets a task do: its repositories, guardrails, tools, secrets and "
          "time limits. Reads the provider's `profiles_dir` and the built-in profiles, no server.",
      .attributes = {
          {.name = "name",
           .type = Type::String(),
           .required = true,
           .description = "The profile: `code`, `gitops`, `sre`, `external-executor`, or one of "
                          "`profiles_dir`.",
           .checks = {framework::NotEmpty()}},
          Text("display_name", "What people call it."),
          Text("description", "What it is for."),
          Text("risk_tier", "`low`, `medium` or `high`."),
          Texts("repositories",
                "Repositories that a task may check out, the primary one first. Globs."),
          GuardrailsGroup(),
          Texts("tools", "Programs that a task may call."),
          Fact("pull_requests", Type::Bool(), "Whether a task may ask for a pull request."),
          Text("branch_prefix", "How the branches of pull requests begin."),
          Text("ttl_default", "Hard limit for a task that names none."),
          Text("ttl_max", "The longest `ttl` that a task may ask for."),
          TimeoutsGroup(),
          Texts("evidence_paths", "Globs in the checkout whose matches every task collects."),
          Texts("evidence_required", "Globs that must match collected files."),
          SecretsGroup(),
          Text("check_command", "The one command that an agent is told to run."),
          Fact("external_executor", Type::Bool(),
               "Whether tasks call tools of a machine outside the cluster.")}};
}

Value ProfileValue(const task::Profile& profile) {
  const task::ProfileContract& contract = profile.contract;
  const Type type = TypeOf(ProfileSchema());
  return Value::Object(
      type, {{"name", Value::String(contract.name)},
             {"display_name", Value::String(profile.display_name)},
             {"description", Value::String(profile.description)},
             {"risk_tier", Value::String(profile.risk_tier)},
             {"repositories", List(contract.repositories)},
             {"guardrails", GuardrailsValue(contract.guardrails)},
             {"tools", List(contract.tools)},
             {"pull_requests", Value::Bool(contract.pull_requests)},
             {"branch_prefix", Value::String(contract.branch_prefix)},
             {"ttl_default", Duration(contract.default_ttl)},
             {"ttl_max", Duration(contract.max_ttl)},
             {"timeouts", TimeoutsValue(contract.timeouts)},
             {"evidence_paths", List(contract.evidence.paths)},
             {"evidence_required", List(contract.evidence.required)},
             {"secrets", SecretsValue(contract.secrets, type.attributes().at("secrets").element())},
             {"check_command", Value::String(contract.check_command)},
             {"external_executor", Value::Bool(contract.executor.has_value())}});
}

framework::DataSourceEntry ProfileDataSource(const EngineSlot& engine) {
  return {"ameide_profile", std::make_unique<ProfileSource>(engine)};
}

}  // namespace ameide::resources
