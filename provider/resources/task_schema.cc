#include "provider/resources/task_schema.h"

#include "provider/framework/checks.h"
#include "provider/resources/task_result_schema.h"
#include "task/contract/guardrails.h"
#include "task/contract/words.h"

namespace ameide::resources {
namespace {

using framework::Attribute;
using framework::NestedAttributes;
using framework::Nesting;
using framework::OnChange;
using framework::Schema;
using framework::Type;
using framework::Value;

// Anything that defines the task: changing it means another run.
Attribute Input(Attribute attribute) {
  attribute.on_change = OnChange::kReplace;
  return attribute;
}

Attribute Text(std::string name, std::string description) {
  return Attribute{.name = std::move(name),
                   .type = Type::String(),
                   .optional = true,
                   .description = std::move(description)};
}

Attribute Texts(std::string name, std::string description) {
  return Attribute{.name = std::move(name),
                   .type = Type::List(Type::String()),
                   .optional = true,
                   .description = std::move(description)};
}

Attribute Duration(std::string name, std::string description) {
  Attribute attribute = Text(std::move(name), std::move(description));
  attribute.checks = {framework::DurationBetween("1s", "24h")};
  return attribute;
}

Attribute RepositoryAttribute() {
  return Input(Attribute{
      .name = "repository",
      .nested =
          NestedAttributes{
              .mode = Nesting::kSingle,
              .attributes =
                  {
                      {.name = "url",
                       .type = Type::String(),
                       .required = true,
                       .description = "Git URL (`https`, `ssh`, `file`), or with the local backend "
                                      "the absolute path of a clone. Must be on the profile's or "
                                      "the provider's list of repositories."},
                      Text("ref",
                           "Branch, tag, full ref or commit id. Default: the remote's HEAD."),
                      {.name = "clone",
                       .type = Type::String(),
                       .optional = true,
                       .computed = true,
                       .description =
                           "How to clone: `full`, `shallow` (see `depth`) or `blobless`.",
                       .default_value = Value::String("full"),
                       .checks = {framework::OneOf({"full", "shallow", "blobless"})}},
                      {.name = "depth",
                       .type = Type::Number(),
                       .optional = true,
                       .description = "Commits of history for `clone = \"shallow\"`. Default: 1.",
                       .checks = {framework::IntBetween(1, 1000000)}},
                      {.name = "submodules",
                       .type = Type::Bool(),
                       .optional = true,
                       .description = "Check out submodules, too. Default: `false`."},
                  }},
      .required = true,
      .description = "The one repository that is checked out."});
}

Attribute SecretsAttribute() {
  const auto name = [](std::string attribute, std::string description) {
    return Attribute{.name = std::move(attribute),
                     .type = Type::String(),
                     .required = true,
                     .description = std::move(description),
                     .checks = {framework::NotEmpty()}};
  };
  return Input(Attribute{
      .name = "secrets",
      .nested = NestedAttributes{.mode = Nesting::kMap,
                                 .attributes = {name("secret", "Name of the Secret object."),
                                                name("key", "Key inside it.")}},
      .optional = true,
      .description = "Which of the profile's grants the task uses, by the environment variable "
                     "that the command gets. Names only, never values. Default: all of them."});
}

Attribute PullRequestAttribute() {
  return Input(Attribute{
      .name = "pull_request",
      .nested =
          NestedAttributes{
              .mode = Nesting::kSingle,
              .attributes = {{.name = "branch",
                              .type = Type::String(),
                              .required = true,
                              .description = "Branch to push; starts with the profile's prefix."},
                             Text(
                                 "base",
                                 "Branch that the change is for. Default: what was checked out, or "
                                 "the remote's default branch."),
                             {.name = "title",
                              .type = Type::String(),
                              .required = true,
                              .description = "Title, one line."},
                             Text("body", "Description."),
                             {.name = "draft",
                              .type = Type::Bool(),
                              .optional = true,
                              .description = "Open it as a draft. Default: `false`."}}},
      .optional = true,
      .description = "What to open when the task of kind `patch` or `run` is a success, where the "
                     "profile has pull requests."});
}

Attribute TimeoutsAttribute() {
  return Input(Attribute{
      .name = "timeouts",
      .nested =
          NestedAttributes{
              .mode = Nesting::kSingle,
              .attributes =
                  {Duration("readiness", "Until the workspace's agent program reports."),
                   Duration("checkout", "For the clone."),
                   Duration("edit", "For the command of the kinds `patch` and `run`."),
                   Duration(
                       "verify",
                       "For the command of the kinds `preflight`, `triage` and `repo_digest`, and "
                       "for `verify`."),
                   Duration("pr", "For publishing.")}},
      .optional = true,
      .description =
          "A clock per phase, written as `ttl` is and inside it. Default: the profile's."});
}

Attribute GuardrailsAttribute() {
  return Input(Attribute{
      .name = "guardrails",
      .nested =
          NestedAttributes{
              .mode = Nesting::kSingle,
              .attributes =
                  {Texts("allow_paths",
                         "Globs of paths that may change, inside what the profile "
                         "allows. Default: all of those."),
                   Texts("deny_paths", "Globs of paths that must not change. Deny always wins."),
                   {.name = "allow_gitlinks",
                    .type = Type::Bool(),
                    .optional = true,
                    .description = "Whether submodule pointers may change, if the profile lets "
                                   "them. Default: `false`."},
                   Texts("promotion_artifacts",
                         "Globs of files that say which version runs where; denied as "
                         "`deny_paths` are."),
                   Texts("digest_only", "Globs of files in which only SHA-256 digests may change."),
                   {.name = "max_file_bytes",
                    .type = Type::Number(),
                    .optional = true,
                    .description = "Size in bytes that no changed file may exceed. Default: the "
                                   "profile's limit.",
                    .checks = {framework::IntBetween(1, task::kMaxGuardrailLimit)}},
                   {.name = "max_changed_files",
                    .type = Type::Number(),
                    .optional = true,
                    .description = "How many files may change. Default: the profile's limit.",
                    .checks = {framework::IntBetween(1, task::kMaxGuardrailLimit)}},
                   {.name = "allow_binary",
                    .type = Type::Bool(),
                    .optional = true,
                    .description = "Whether binary files may come or change, if the profile lets "
                                   "them. Default: `true`."},
                   {.name = "deny_mode_changes",
                    .type = Type::Bool(),
                    .optional = true,
                    .description = "Whether a file that was there must stay what it was: "
                                   "executable or not, file or link. Default: `false`."}}},
      .optional = true,
      .description = "What this task may change. It can only narrow its profile's guardrails."});
}

Attribute EvidenceAttribute() {
  return Attribute{
      .name = "evidence",
      .nested =
          NestedAttributes{
              .mode = Nesting::kSingle,
              .attributes =
                  {Input(Texts("paths", "Globs in the checkout; what they match is collected.")),
                   Input(Texts("required",
                               "Globs that must match collected files, or the task "
                               "fails as `missing_evidence`.")),
                   Computed("directory", Type::String(), "Folder of the evidence bundle."),
                   Computed(
                       "manifest_sha256", Type::String(),
                       "SHA-256 of the bundle's `manifest.json`, which holds the digests of all "
                       "its files.")}},
      .optional = true,
      .computed = true,
      .description = "What to bring back, and where it is: logs, JUnit, diff, facts, a report."};
}

Attribute ContextAttribute() {
  return Input(Attribute{
      .name = "context",
      .nested =
          NestedAttributes{
              .mode = Nesting::kSingle,
              .attributes = {Text("tenant_id", "Tenant."),
                             Text("product_backlog_item_id", "Product backlog item."),
                             Text("sprint_id", "Sprint."),
                             Texts("timebox_ids", "Timeboxes."),
                             Texts("goal_ids", "Goals."),
                             Texts("work_item_ids", "Work items."),
                             Texts("element_ids", "Graph elements."),
                             Text("correlation_id", "Joins the facts of one request."),
                             Text("traceparent", "W3C trace context."),
                             {.name = "trigger",
                              .type = Type::String(),
                              .optional = true,
                              .description = "`auto` or `manual`. Default: `manual`.",
                              .checks = {framework::OneOf({"auto", "manual"})}},
                             Text("dev_brief", "What is to be done, for whoever does it.")}},
      .optional = true,
      .description = "Ids of the surrounding process, carried into facts; never interpreted."});
}

Attribute KindAttribute() {
  std::vector<std::string> kinds;
  for (const task::TaskKind kind : task::AllTaskKinds()) kinds.emplace_back(ToString(kind));
  return Input({.name = "kind",
                .type = Type::String(),
                .optional = true,
                .computed = true,
                .description =
                    "What the command is for: `patch` and `run` make a change, `preflight`, "
                    "`triage` and `repo_digest` look at one. It decides the phase that "
                    "it runs in.",
                .default_value = Value::String("run"),
                .checks = {framework::OneOf(std::move(kinds))}});
}

Attribute CommandAttribute() {
  return Input({.name = "command",
                .type = Type::List(Type::String()),
                .required = true,
                .description = "Program and arguments, run in the checkout without a shell and "
                               "without input.",
                .checks = {framework::NotEmpty()}});
}

Attribute VerifyAttribute() {
  return Input({.name = "verify",
                .type = Type::List(Type::String()),
                .optional = true,
                .description = "Second command, run in the phase `verify` after the command of the "
                               "kinds `patch` and `run`.",
                .checks = {framework::NotEmpty()}});
}

std::vector<Attribute> DefiningAttributes() {
  return {
      Input({.name = "profile",
             .type = Type::String(),
             .required = true,
             .description = "Agent profile: `code`, `gitops`, `sre`, `external-executor`, or one "
                            "from the provider's `profiles_dir`.",
             .checks = {framework::NotEmpty()}}),
      KindAttribute(),
      Input({.name = "work_id",
             .type = Type::String(),
             .optional = true,
             .computed = true,
             .description =
                 "Your idempotency key: letters, digits, `.`, `_` and `-`. A work id "
                 "never runs twice at the same time; a finished one returns its recorded "
                 "result until it is destroyed, and is no key for another task. "
                 "Default: a new one."}),
      RepositoryAttribute(),
      CommandAttribute(),
      VerifyAttribute(),
      Input({.name = "environment",
             .type = Type::Map(Type::String()),
             .optional = true,
             .description =
                 "Plain environment variables; names that begin with `AMEIDE_`, `CODER_` or "
                 "`GIT_` are refused. They end up in the state: no secrets."}),
      SecretsAttribute(),
      Input({.name = "ttl",
             .type = Type::String(),
             .optional = true,
             .computed = true,
             .description = "Hard limit for the whole task, from `1s` to `24h` (such as `45m` or "
                            "`1h30m`) and at most the profile's maximum. Default: the profile's.",
             .checks = {framework::DurationBetween("1s", "24h")}}),
      TimeoutsAttribute(),
      GuardrailsAttribute(),
      EvidenceAttribute(),
      PullRequestAttribute(),
      ContextAttribute(),
      Input({.name = "triggers",
             .type = Type::Map(Type::String()),
             .optional = true,
             .description = "Any values; when one changes, the task runs again."}),
  };
}

std::vector<Attribute> PolicyAttributes() {
  return {
      {.name = "on_failure",
       .type = Type::String(),
       .optional = true,
       .computed = true,
       .description = "`record`: a task that fails is a result. `error`: it fails the apply, too; "
                      "the resource is tainted and runs again with the next apply.",
       .default_value = Value::String("record"),
       .checks = {framework::OneOf({"record", "error"})}},
      {.name = "retain",
       .type = Type::String(),
       .optional = true,
       .computed = true,
       .description = "When to keep the workspace after the run: `never`, `on_failure` or "
                      "`until_destroy`. A kept one still ends with its `ttl`.",
       .default_value = Value::String("never"),
       .checks = {framework::OneOf({"never", "on_failure", "until_destroy"})}},
  };
}

}  // namespace

Schema TaskSchema() {
  Schema schema{
      .version = 0,
      .description =
          "Runs one task to its end: a short-lived workspace, one repository checkout, one "
          "non-interactive command, an evidence bundle, a hard time limit. Creating the resource "
          "runs the task; the state is its record and outlives the workspace; destroying it proves "
          "that the workspace is gone. Evidence is never deleted.",
      .attributes = DefiningAttributes()};
  for (auto group : {PolicyAttributes(), ResultAttributes()}) {
    for (Attribute& attribute : group) schema.attributes.push_back(std::move(attribute));
  }
  return schema;
}

framework::IdentitySchema TaskIdentitySchema() {
  return {.version = 0,
          .attributes = {{.name = "work_id",
                          .type = Type::String(),
                          .required_for_import = true,
                          .description = "The task's work id."}}};
}

}  // namespace ameide::resources
