#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "provider/framework/plan_rules.h"
#include "provider/framework/server_support.h"

namespace ameide::framework {
namespace {

bool HasPath(const Value& root, const Path& path) {
  Value at = root;
  for (const Path::Step& step : path.steps()) {
    const auto* index = std::get_if<Path::ListIndex>(&step);
    if (index != nullptr) {
      if (index->index < 0 || static_cast<size_t>(index->index) >= at.elements().size()) {
        return false;
      }
      at = Value(at.elements()[static_cast<size_t>(index->index)]);
      continue;
    }
    const auto* attribute = std::get_if<Path::AttributeName>(&step);
    const std::string& name = attribute ? attribute->name : std::get<Path::MapKey>(step).key;
    const auto found = at.entries().find(name);
    if (found == at.entries().end()) return false;
    at = Value(found->second);
  }
  return !path.empty();
}

// The plan as far as the schema decides it.
PlanResponse Proposal(const ServedResource& served, const PlanResourceRequest& request) {
  PlanResponse plan;
  plan.planned = Value::Null(served.type);
  if (request.proposed.IsNull()) {  // P-10: a destroy
    plan.identity = request.prior_identity;
    return plan;
  }
  const auto& attributes = served.schema.attributes;
  plan.planned = PlanValue(attributes, request.config, request.prior, request.proposed);
  // P-12: the identity of an update is the stored one; of a create it does not exist yet.
  if (!request.prior.IsNull()) plan.identity = request.prior_identity;
  plan.requires_replace = ReplacingPaths(attributes, request.config, request.prior, plan.planned);
  return plan;
}

void TidyReplacement(const PlanResourceRequest& request, PlanResourceResponse& response) {
  auto& paths = response.requires_replace;
  if (request.prior.IsNull() || response.planned.IsNull()) paths.clear();
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  for (const Path& path : paths) {
    if (HasPath(request.prior, path) || HasPath(response.planned, path)) continue;
    response.diagnostics.AddBug("Provider produced an invalid plan",
                                StrCat(request.type_name, " asks to be replaced because of ",
                                       path.ToString(), ", which does not exist."));
  }
}

void Finish(const ServedResource& served, const PlanResourceRequest& request, PlanResponse plan,
            PlanResourceResponse& response) {
  response.diagnostics = std::move(plan.diagnostics);
  response.planned_private = plan.private_data.value_or(request.prior_private);
  if (served.identity_type) response.planned_identity = plan.identity;
  response.requires_replace = std::move(plan.requires_replace);
  const bool destroy = request.proposed.IsNull();
  const bool fits = plan.planned.type().ConformsTo(served.type);
  if (destroy != plan.planned.IsNull() || (!destroy && !fits)) {
    response.diagnostics.AddBug(
        "Provider produced an invalid plan",
        StrCat("The plan for ", request.type_name, " is ",
               plan.planned.IsNull() ? "null" : plan.planned.type().ToString(), "."));
    return;
  }
  if (!destroy) {
    response.planned = WithoutWriteOnly(served.schema.attributes, plan.planned);
  }
  TidyReplacement(request, response);
}

}  // namespace

PlanResourceResponse Server::PlanResource(const PlanResourceRequest& request) const {
  PlanResourceResponse initial;
  initial.planned_private = request.prior_private;
  return Guarded("PlanResourceChange", request.type_name, log_, std::move(initial),
                 &PlanResourceResponse::diagnostics, [&](PlanResourceResponse& response) {
                   const ServedResource* served =
                       FindResource(request.type_name, response.diagnostics);
                   if (served == nullptr) return;
                   response.planned = Value::Null(served->type);
                   PlanResponse plan = Proposal(*served, request);
                   const PlanRequest hook = {.config = request.config,
                                             .prior = request.prior,
                                             .planned = plan.planned,
                                             .private_data = request.prior_private,
                                             .identity = request.prior_identity};
                   served->entry.resource->ModifyPlan(NewContext(), hook, plan);
                   Finish(*served, request, std::move(plan), response);
                 });
}

}  // namespace ameide::framework
