#include "task/contract/facts.h"

#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

// CloudEvents allows no control characters in attributes, and none may be empty.
void SetAttribute(Json* event, std::string name, std::string_view value) {
  const std::string text = ToOneLine(value);
  if (!text.empty()) event->Set(std::move(name), text);
}

void SetText(Json* data, std::string name, const std::string& value) {
  if (!value.empty()) data->Set(std::move(name), value);
}

void SetTexts(Json* data, std::string name, const std::vector<std::string>& values) {
  if (!values.empty()) data->Set(std::move(name), Json::Strings(values));
}

void SetContext(Json* data, const TaskContext& context) {
  SetText(data, "product_backlog_item_id", context.product_backlog_item_id);
  SetText(data, "sprint_id", context.sprint_id);
  SetTexts(data, "timebox_ids", context.timebox_ids);
  SetTexts(data, "goal_ids", context.goal_ids);
  SetTexts(data, "work_item_ids", context.work_item_ids);
  SetTexts(data, "element_ids", context.element_ids);
}

Json Event(const TaskSpec& spec, int sequence, WallTime time, std::string_view name, Json data) {
  SetContext(&data, spec.context);
  Json event;
  event.Set("specversion", "1.0");
  SetAttribute(&event, "id", StrCat(spec.run_id, "-", sequence));
  SetAttribute(&event, "source", StrCat("urn:ameide:agent:", spec.profile));
  SetAttribute(&event, "type", StrCat("io.ameide.agent.fact.work.", name, ".v1"));
  SetAttribute(&event, "subject", spec.work_id);
  event.Set("time", FormatTime(time));
  event.Set("datacontenttype", "application/json");
  SetAttribute(&event, "tenantid", spec.context.tenant_id);
  SetAttribute(&event, "correlationid", spec.context.correlation_id);
  SetAttribute(&event, "traceparent", spec.context.traceparent);
  event.Set("data", std::move(data));
  return event;
}

Json CommonData(const TaskSpec& spec) {
  Json data;
  data.Set("work_id", spec.work_id);
  data.Set("run_id", spec.run_id);
  data.Set("kind", ToString(spec.kind));
  return data;
}

}  // namespace

Json ProgressFact(const TaskSpec& spec, int sequence, WallTime time, Phase phase,
                  std::string_view status) {
  Json data = CommonData(spec);
  data.Set("phase", ToString(phase));
  data.Set("status", status);
  return Event(spec, sequence, time, "progressed", std::move(data));
}

Json FinalFact(const TaskSpec& spec, int sequence, const TaskResult& result) {
  const bool success = result.outcome == Outcome::kSuccess;
  Json data = CommonData(spec);
  data.Set("state", ToString(result.state));
  data.Set("outcome", ToString(result.outcome));
  if (!success) {
    data.Set("failure_class", ToString(result.failure));
    data.Set("reason", result.reason);
  }
  if (result.exit_code) data.Set("exit_code", *result.exit_code);
  data.Set("artifact", ToJson(result.artifact));
  std::string_view name = success ? "completed" : "failed";
  if (result.state == TaskState::kInputRequired) name = "needs_input";
  return Event(spec, sequence, result.finished_at, name, std::move(data));
}

}  // namespace ameide::task
