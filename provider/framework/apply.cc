#include <utility>

#include "base/strings.h"
#include "provider/framework/server_support.h"

namespace ameide::framework {
namespace {

// what the plan promised must be there, to the byte. Children are compared one by one, so that
// the message names the attribute.
void CompareWithPlan(const Value& planned, const Value& actual, const Path& path,
                     Diagnostics& diagnostics) {
  if (planned.IsUnknown() || planned == actual) return;
  const bool is_object = planned.type().is_object();
  const bool composed =
      planned.IsKnown() && actual.IsKnown() && planned.type().kind() == actual.type().kind();
  if (composed && planned.type().kind() == Type::Kind::kSet && !planned.WhollyKnown()) {
    return;  // which unknown element became which cannot be told
  }
  const auto& elements = planned.elements();
  if (composed && !elements.empty() && elements.size() == actual.elements().size()) {
    for (size_t i = 0; i < elements.size(); ++i) {
      CompareWithPlan(elements[i], actual.elements()[i], path.Index(static_cast<int64_t>(i)),
                      diagnostics);
    }
    return;
  }
  if (composed && !planned.entries().empty() &&
      planned.entries().size() == actual.entries().size()) {
    for (const auto& [key, child] : planned.entries()) {
      const auto found = actual.entries().find(key);
      const Value other = found == actual.entries().end() ? Value() : found->second;
      CompareWithPlan(child, other, is_object ? path.Attribute(key) : path.Key(key), diagnostics);
    }
    return;
  }
  // No values in the text: they may be sensitive.
  diagnostics.AddBug(
      "Provider produced a result that differs from the plan",
      StrCat("The value of ", path.ToString(), " after the apply is not the planned one."), path);
}

void CheckIdentity(const ServedResource& served, const ApplyResourceRequest& request,
                   ResourceResponse& response) {
  if (!served.identity_type || response.diagnostics.HasErrors()) return;
  if (!response.identity) {
    response.diagnostics.AddBug(
        "Provider returned no identity",
        StrCat(request.type_name, " has an identity, but the apply set none."));
    return;
  }
  const auto& planned = request.planned_identity;
  if (planned && planned->IsKnown() && planned->WhollyKnown() && *planned != *response.identity) {
    response.diagnostics.AddBug(
        "Provider changed an identity",
        StrCat("The identity of ", request.type_name, " must stay as it was planned."));
  }
}

void FinishChange(const ServedResource& served, const ApplyResourceRequest& request,
                  std::string_view call, ChangeResult result, ResourceResponse& response) {
  Diagnostics& diagnostics = response.diagnostics;
  diagnostics.Append(result.diagnostics);
  if (result.private_data) response.private_data = *result.private_data;
  if (result.state.IsNull()) {
    if (!diagnostics.HasErrors()) {
      diagnostics.AddBug(
          "Provider returned no state",
          StrCat(call, " of ", request.type_name, " reported success without a new state."));
    }
    // a failed update leaves what was there; a failed create without a state made nothing.
    response.state = request.prior.IsNull() ? Value::Null(served.type) : request.prior;
    response.identity =
        FitIdentity(served, call, result.identity,
                    response.state.IsNull() ? std::nullopt : request.planned_identity, diagnostics);
    return;
  }
  // When the state cannot be used the planned one stands in: an object with holes can still be
  // destroyed, a forgotten one cannot.
  const bool comparable = !diagnostics.HasErrors() && result.state.type().ConformsTo(served.type);
  response.state = FitState(served, call, result.state, request.planned, diagnostics);
  response.identity =
      FitIdentity(served, call, result.identity, request.planned_identity, diagnostics);
  if (comparable) {
    CompareWithPlan(request.planned, response.state, Path(), diagnostics);
  }
  CheckIdentity(served, request, response);
}

void Create(const ServedResource& served, const Context& context,
            const ApplyResourceRequest& request, ResourceResponse& response) {
  const CreateRequest create = {.config = request.config,
                                .planned = request.planned,
                                .private_data = request.planned_private};
  FinishChange(served, request, "Create", served.entry.resource->Create(context, create), response);
}

void Update(const ServedResource& served, const Context& context,
            const ApplyResourceRequest& request, ResourceResponse& response) {
  response.state = request.prior;  // what holds if the call ends in an exception
  response.identity = request.planned_identity;
  const UpdateRequest update = {.config = request.config,
                                .prior = request.prior,
                                .planned = request.planned,
                                .private_data = request.planned_private,
                                .identity = request.planned_identity};
  FinishChange(served, request, "Update", served.entry.resource->Update(context, update), response);
}

void Delete(const ServedResource& served, const Context& context,
            const ApplyResourceRequest& request, ResourceResponse& response) {
  response.state = request.prior;
  response.identity = request.planned_identity;
  const DeleteRequest remove = {.state = request.prior,
                                .private_data = request.planned_private,
                                .identity = request.planned_identity};
  DeleteResult result = served.entry.resource->Delete(context, remove);
  response.diagnostics.Append(result.diagnostics);
  if (!response.diagnostics.HasErrors()) {
    if (result.remaining && !result.remaining->IsNull()) {
      response.diagnostics.AddBug(
          "Provider left an object behind",
          StrCat("Delete of ", request.type_name, " reported success although something remains."));
    } else {
      response.state = Value::Null(served.type);
      response.identity.reset();
      response.private_data.clear();
      return;
    }
  }
  // keep what is left, so that the next destroy can find it.
  if (result.remaining && !result.remaining->IsNull()) {
    response.state =
        FitState(served, "Delete", *result.remaining, request.prior, response.diagnostics);
  }
}

}  // namespace

ResourceResponse Server::ApplyResource(const ApplyResourceRequest& request) const {
  ResourceResponse initial;
  initial.private_data = request.planned_private;
  return Guarded("ApplyResourceChange", request.type_name, log_, std::move(initial),
                 &ResourceResponse::diagnostics, [&](ResourceResponse& response) {
                   const ServedResource* served =
                       FindResource(request.type_name, response.diagnostics);
                   if (served == nullptr) return;
                   response.state = Value::Null(served->type);
                   const Context context = NewContext();
                   if (request.planned.IsNull()) {
                     Delete(*served, context, request, response);
                   } else if (request.prior.IsNull()) {
                     Create(*served, context, request, response);
                   } else {
                     Update(*served, context, request, response);
                   }
                 });
}

}  // namespace ameide::framework
