#include "provider/resources/task_resource.h"

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "provider/resources/task_model.h"
#include "provider/resources/task_schema.h"
#include "provider/resources/values.h"
#include "task/contract/authorize.h"
#include "task/contract/manifest.h"
#include "task/contract/run_log.h"

namespace ameide::resources {
namespace {

using framework::Diagnostics;
using framework::Path;
using framework::Value;

// Stands in for a work id that only the apply makes; a plan's errors may show it.
constexpr char kWorkIdToCome[] = "planned-task";
constexpr uint64_t kMaxKeyBytes = 64u << 10;
constexpr size_t kTailLines = 20;
constexpr size_t kTailBytes = 4000;

task::LaunchContext Launch(const framework::Context& context) {
  return {context.stop, context.clock, context.log};
}

// The spec of a planned task with the profile's defaults, or errors with their paths.
std::optional<task::TaskSpec> Authorized(const Engine& engine, const Value& values,
                                         const task::Profile& profile, const std::string& work_id,
                                         Diagnostics& diagnostics) {
  const task::Checked<task::TaskSpec> spec = SpecFrom(values, work_id);
  AddProblems(spec.problems, values, diagnostics);
  if (!spec.value) return std::nullopt;
  task::Checked<task::TaskSpec> authorized =
      task::Authorize(*spec.value, profile.contract, engine.settings().repositories);
  AddProblems(authorized.problems, values, diagnostics);
  return std::move(authorized.value);
}

// The last lines of the command's output, for a diagnostic. Empty when there are none.
std::string LogTail(const task::TaskRecord& record) {
  if (record.evidence_directory.empty()) return "";
  // Twice the bytes: prefixes of the log's lines go away again.
  const Result<std::string> log =
      ReadFileTail(record.evidence_directory / task::kRunLogFile, 4 * kTailBytes);
  if (!log.ok()) return "";
  return std::string(Tail(task::ReadableLog(*log), kTailLines, kTailBytes));
}

void ReportFailure(const task::TaskRecord& record, Diagnostics& diagnostics) {
  const task::TaskResult& result = record.result;
  std::string detail = result.reason;
  for (const task::Finding& finding : result.findings) {
    StrAppend(&detail, "\n  ", finding.rule, ": ", finding.path);
  }
  StrAppend(&detail, "\n\nEvidence: ", record.evidence_directory.string());
  if (const std::string tail = LogTail(record); !tail.empty()) {
    StrAppend(&detail, "\n\nThe last lines of its output:\n", tail);
  }
  diagnostics.AddError(StrCat("Task ended with outcome ", ToString(result.outcome)),
                       std::move(detail));
}

class TaskResource final : public framework::Resource {
 public:
  explicit TaskResource(const EngineSlot& engine) : engine_(engine) {}

  framework::Schema schema() const override { return TaskSchema(); }

  void Validate(const framework::Context&, const Value& config,
                Diagnostics& diagnostics) const override {
    if (!config.IsKnown()) return;
    AddProblems(SpecFrom(config, kWorkIdToCome).problems, config, diagnostics);
  }

  void ModifyPlan(const framework::Context& context, const framework::PlanRequest& request,
                  framework::PlanResponse& response) const override {
    if (request.planned.IsKnown() && request.prior.IsKnown() &&
        request.planned.Attribute("triggers") == request.prior.Attribute("triggers") &&
        SameTask(request.prior, request.planned)) {
      response.requires_replace.clear();  // another spelling is no reason to run again
    }
    const std::shared_ptr<const Engine> engine = engine_.Get();
    // Without an engine the provider's own configuration is still unknown: apply checks again.
    // An update in place starts no run, so there is nothing to authorize.
    if (!engine || !response.planned.IsKnown() || !request.prior.IsNull()) return;
    const Value& planned = response.planned;
    if (!planned.Attribute("profile").IsKnown()) return;
    const Result<task::Profile> profile = engine->FindProfile(TextOf(planned, "profile"));
    if (!profile.ok()) {
      response.diagnostics.AddError(profile.error(), Path("profile"));
      return;
    }
    const std::optional<task::TaskSpec> spec =
        Authorized(*engine, planned, *profile, kWorkIdToCome, response.diagnostics);
    if (spec) Check(context, *engine, *spec, *profile, response.diagnostics);
    // Only a planned task that is new takes the profile's default; a stored one keeps its own.
    if (spec && request.config.Attribute("ttl").IsNull() && planned.Attribute("ttl").IsUnknown()) {
      response.planned = planned.WithAttribute("ttl", Value::String(FormatDuration(spec->ttl)));
    }
    const Value work_id = planned.Attribute("work_id");
    if (work_id.IsKnown() && planned.Attribute("id").IsUnknown()) {
      response.planned = response.planned.WithAttribute("id", work_id);
    }
  }

  framework::ChangeResult Create(const framework::Context& context,
                                 const framework::CreateRequest& request) const override {
    framework::ChangeResult answer;
    const std::shared_ptr<const Engine> engine = engine_.Get();
    if (!engine) {
      answer.diagnostics.AddError(NotConfigured());
      return answer;
    }
    const Value& planned = request.planned;
    const Result<task::Profile> profile = engine->FindProfile(TextOf(planned, "profile"));
    if (!profile.ok()) {
      answer.diagnostics.AddError(profile.error(), Path("profile"));
      return answer;
    }
    const std::string given = TextOf(planned, "work_id");
    const std::string work_id = given.empty() ? StrCat("tf-", RandomHex(8)) : given;
    const std::optional<task::TaskSpec> spec =
        Authorized(*engine, planned, *profile, work_id, answer.diagnostics);
    if (!spec) return answer;
    // The launcher authorizes again and records both: what was asked for, and what ran.
    Run(context, *engine, *SpecFrom(planned, work_id).value, *profile, planned, answer);
    return answer;
  }

  framework::ChangeResult Update(const framework::Context& context,
                                 const framework::UpdateRequest& request) const override {
    // on_failure speaks about the next run only; retain can end what was kept for a look.
    framework::ChangeResult answer;
    answer.state = request.planned.WithAttribute("workspace", request.prior.Attribute("workspace"));
    // A client older than identities sends none, so there is none that could stay as it was.
    answer.identity = IdentityOf(TextOf(request.prior, "work_id"));
    if (TextOf(request.planned, "retain") != "never") return answer;
    const std::shared_ptr<const Engine> engine = engine_.Get();
    const std::string work_id = TextOf(request.prior, "work_id");
    const Status released =
        engine ? engine->launcher().Release(Launch(context), work_id) : Status(NotConfigured());
    if (!released.ok()) {
      answer.diagnostics.AddError(released.error());
      answer.state = request.prior;
      return answer;
    }
    answer.state = answer.state.WithAttribute(
        "workspace", answer.state.Attribute("workspace").WithAttribute("gone", Value::Bool(true)));
    return answer;
  }

  // The state is the record of a run: that its workspace is gone, or that another machine holds the
  // record, is no drift. Only a kept workspace that has ended meanwhile is news.
  framework::ReadResult Read(const framework::Context& context,
                             const framework::ReadRequest& request) const override {
    framework::ReadResult answer{.state = request.state,
                                 .identity = IdentityOf(TextOf(request.state, "work_id"))};
    const Value workspace = request.state.Attribute("workspace");
    const std::shared_ptr<const Engine> engine = engine_.Get();
    if (!engine || !workspace.IsKnown() || workspace.Attribute("gone") == Value::Bool(true)) {
      return answer;
    }
    const auto record = engine->launcher().Find(Launch(context), TextOf(request.state, "work_id"));
    if (!record.ok()) {
      answer.diagnostics.AddError(record.error());
    } else if (record->has_value() && (*record)->workspace_gone) {
      answer.state = request.state.WithAttribute(
          "workspace", workspace.WithAttribute("gone", Value::Bool(true)));
    }
    return answer;
  }

  framework::DeleteResult Delete(const framework::Context& context,
                                 const framework::DeleteRequest& request) const override {
    framework::DeleteResult answer;
    const std::shared_ptr<const Engine> engine = engine_.Get();
    const std::string work_id = TextOf(request.state, "work_id");
    const Status gone =
        engine ? engine->launcher().Destroy(Launch(context), work_id) : Status(NotConfigured());
    if (!gone.ok()) answer.diagnostics.AddError(gone.error());
    return answer;
  }

 private:
  // What the task asks for is the profile's affair; anything else (no server, no right to ask it)
  // is the provider's, which no path of a resource can name.
  static void Check(const framework::Context& context, const Engine& engine,
                    const task::TaskSpec& spec, const task::Profile& profile,
                    Diagnostics& diagnostics) {
    const Status fits = engine.launcher().Check(Launch(context), spec, profile.contract);
    if (fits.ok()) return;
    const bool by_task = fits.error().kind == ErrorKind::kInvalid;
    diagnostics.AddError(fits.error(), by_task ? Path("profile") : Path());
  }

  static void Run(const framework::Context& context, const Engine& engine,
                  const task::TaskSpec& spec, const task::Profile& profile, const Value& planned,
                  framework::ChangeResult& answer) {
    task::RunOptions options{
        .retain = task::RetainFrom(TextOf(planned, "retain")).value_or(task::Retain::kNever),
        .evidence_root = engine.settings().evidence_dir,
        .also_allowed_repositories = engine.settings().repositories,
        .on_identity = [&](const task::Workspace& workspace) {
          context.log.Info("workspace created",
                           {{"work_id", workspace.work_id}, {"workspace", workspace.name}});
        }};
    if (const fs::path& file = engine.settings().signing_key_file; !file.empty()) {
      Result<std::string> key = ReadFile(file, kMaxKeyBytes);
      if (!key.ok()) {
        answer.diagnostics.AddError(key.error());
        return;
      }
      options.signing_key = *std::move(key);
    }
    const Result<task::TaskRecord> record =
        engine.launcher().Run(Launch(context), spec, profile, options);
    if (!record.ok()) {
      answer.diagnostics.AddError(record.error());
      return;
    }
    answer.state = StateFrom(planned, *record);
    answer.identity = IdentityOf(spec.work_id);
    for (const std::string& warning : record->warnings) {
      answer.diagnostics.AddWarning("Task left something to look at", warning);
    }
    const task::Outcome outcome = record->result.outcome;
    // A cancelled run is an error whatever on_failure says: Terraform was told to stop.
    if (outcome == task::Outcome::kCancellation ||
        (outcome != task::Outcome::kSuccess && TextOf(planned, "on_failure") == "error")) {
      ReportFailure(*record, answer.diagnostics);
    }
  }

  const EngineSlot& engine_;
};

framework::ImportResult Import(const EngineSlot& slot, const framework::Context& context,
                               const framework::ImportRequest& request) {
  framework::ImportResult answer;
  const std::shared_ptr<const Engine> engine = slot.Get();
  if (!engine) {
    answer.diagnostics.AddError(NotConfigured());
    return answer;
  }
  const std::string work_id = request.identity ? TextOf(*request.identity, "work_id") : request.id;
  const auto record = engine->launcher().Find(Launch(context), work_id);
  if (!record.ok()) {
    answer.diagnostics.AddError(record.error());
  } else if (!record->has_value()) {
    answer.diagnostics.AddError(
        Error{ErrorKind::kNotFound, "import task", StrCat("\"", work_id, "\""),
              StrCat("no record of this work id in ", engine->settings().workspaces_dir.string()),
              "import with the work_id of a task that this machine has run and not destroyed"});
  } else {
    answer.state = ImportedState(**record);
    answer.identity = IdentityOf(work_id);
  }
  return answer;
}

}  // namespace

framework::ResourceEntry TaskResourceEntry(const EngineSlot& engine) {
  return {
      .type_name = "ameide_task",
      .resource = std::make_unique<TaskResource>(engine),
      .identity = TaskIdentitySchema(),
      .import =
          [&engine](const framework::Context& context, const framework::ImportRequest& request) {
            return Import(engine, context, request);
          },
      .upgraders = {}};
}

}  // namespace ameide::resources
