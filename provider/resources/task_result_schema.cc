#include "provider/resources/task_result_schema.h"

namespace ameide::resources {

using framework::Attribute;
using framework::NestedAttributes;
using framework::Nesting;
using framework::Type;

Attribute Computed(std::string name, Type type, std::string description) {
  return Attribute{.name = std::move(name),
                   .type = std::move(type),
                   .computed = true,
                   .description = std::move(description)};
}

namespace {

Attribute WorkspaceAttribute() {
  return Attribute{
      .name = "workspace",
      .nested =
          NestedAttributes{
              .mode = Nesting::kSingle,
              .attributes = {Computed("name", Type::String(), "Name, made from `work_id`."),
                             Computed("backend", Type::String(), "Where it came from."),
                             Computed("location", Type::String(),
                                      "Where it was, or is while it is retained."),
                             Computed("gone", Type::Bool(), "Whether it was proved to be gone.")}},
      .computed = true,
      .description = "The throw-away workspace that the task lived in.",
      .unknown_on_update = true};
}

Attribute ArtifactAttribute() {
  const Type number = Type::Number();
  Attribute tests{
      .name = "tests",
      .nested = NestedAttributes{.mode = Nesting::kSingle,
                                 .attributes = {Computed("total", number, "Test cases."),
                                                Computed("passed", number, "Passed."),
                                                Computed("failed", number, "Failed."),
                                                Computed("errors", number, "Broke before the end."),
                                                Computed("skipped", number, "Skipped."),
                                                Computed("failing", Type::List(Type::String()),
                                                         "Names of the failing cases.")}},
      .computed = true,
      .description = "Counts over all collected JUnit files."};
  return Attribute{
      .name = "artifact",
      .nested =
          NestedAttributes{
              .mode = Nesting::kSingle,
              .attributes = {Computed("summary", Type::String(), "What happened, in a sentence."),
                             Computed("pr_url", Type::String(), "Pull request, if one was opened."),
                             Computed("changed_files", Type::List(Type::String()),
                                      "Changed paths."),
                             Computed("risks", Type::List(Type::String()), "Risks worth a look."),
                             std::move(tests)}},
      .computed = true,
      .description = "What the task made."};
}

Attribute FindingsAttribute() {
  const Type text = Type::String();
  return Attribute{
      .name = "findings",
      .nested = NestedAttributes{.mode = Nesting::kList,
                                 .attributes = {Computed("rule", text, "Id of the rule."),
                                                Computed("path", text, "Path that broke it."),
                                                Computed("what_failed", text, "What failed."),
                                                Computed("why_it_matters", text, "Why it matters."),
                                                Computed("where_to_fix", text, "Where to fix it."),
                                                Computed("fix_steps", Type::List(text), "How.")}},
      .computed = true,
      .description = "Guardrails that the change set broke."};
}

}  // namespace

std::vector<Attribute> ResultAttributes() {
  const Type text = Type::String();
  return {
      Computed("id", text, "Same as `work_id`."),
      Computed("run_id", text, "Id of this one execution."),
      Computed("state", text, "`completed`, `failed` or `canceled`."),
      Computed("outcome", text, "`success`, `failure`, `error`, `timeout` or `cancellation`."),
      Computed(
          "failure", text,
          "Why it is no success: `command_failed`, `guardrail_violation`, `missing_evidence`, "
          "`refused`, `checkout_failed`, `timed_out`, `cancelled`, `infrastructure`, `internal`; "
          "empty on success."),
      Computed(
          "exit_code", Type::Number(),
          "The command's exit code, 128 plus the number for a signal; null when it never ran."),
      Computed("reason", text, "Why it is no success, for people; empty on success."),
      Computed("started_at", text, "RFC 3339."),
      Computed("finished_at", text, "RFC 3339."),
      WorkspaceAttribute(),
      ArtifactAttribute(),
      FindingsAttribute(),
  };
}

}  // namespace ameide::resources
