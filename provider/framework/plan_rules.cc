#include "provider/framework/plan_rules.h"

#include <algorithm>
#include <utility>

namespace ameide::framework {
namespace {

Value PlanObject(const std::vector<Attribute>& attributes, const Value& config, const Value& prior,
                 const Value& proposed, bool changing);

Value PlanAttribute(const Attribute& attribute, const Value& config, const Value& prior_object,
                    const Value& proposed, bool changing) {
  if (attribute.write_only) return Value::Null(TypeOf(attribute));
  if (!config.IsNull()) {
    if (!attribute.nested) return config;
    const Value prior = prior_object.Attribute(attribute.name);
    return MapNested(attribute, config, Path(),
                     [&](const Value& object, const Path&, const Counterpart& counterpart) {
                       return PlanObject(attribute.nested->attributes, object, counterpart(prior),
                                         counterpart(proposed), changing);
                     });
  }
  if (attribute.default_value) return *attribute.default_value;
  if (!attribute.computed) return config;
  // Nothing known about it yet, also when only this nested object is new.
  const bool fresh = prior_object.IsNull();
  if (fresh || (changing && attribute.unknown_on_update)) return Value::Unknown(TypeOf(attribute));
  return proposed;
}

Value PlanObject(const std::vector<Attribute>& attributes, const Value& config, const Value& prior,
                 const Value& proposed, bool changing) {
  Value::Entries planned;
  for (const Attribute& attribute : attributes) {
    planned.emplace(attribute.name,
                    PlanAttribute(attribute, config.Attribute(attribute.name), prior,
                                  proposed.Attribute(attribute.name), changing));
  }
  return Value::Object(std::move(planned));
}

// True when the objects of the two values pair up one to one, all known on both sides.
bool SameShape(const Value& a, const Value& b) {
  if (!a.IsKnown() || !b.IsKnown()) return false;
  const bool single = a.type().is_object();
  const auto same_entry = [&](const auto& x, const auto& y) {
    return x.first == y.first && (single || (x.second.IsKnown() && y.second.IsKnown()));
  };
  const auto both_known = [](const Value& x, const Value& y) { return x.IsKnown() && y.IsKnown(); };
  return std::equal(a.entries().begin(), a.entries().end(), b.entries().begin(), b.entries().end(),
                    same_entry) &&
         std::equal(a.elements().begin(), a.elements().end(), b.elements().begin(),
                    b.elements().end(), both_known);
}

bool HasReplacing(const std::vector<Attribute>& attributes) {
  return std::any_of(attributes.begin(), attributes.end(), [](const Attribute& attribute) {
    return attribute.on_change == OnChange::kReplace ||
           (attribute.nested && HasReplacing(attribute.nested->attributes));
  });
}

// Calls `visit(attribute, config, prior, planned, path)` for what can be configured and differs.
template <class Visit>
void VisitChanges(const std::vector<Attribute>& attributes, const Value& config, const Value& prior,
                  const Value& planned, const Path& path, const Visit& visit) {
  for (const Attribute& attribute : attributes) {
    const Value wanted = config.Attribute(attribute.name);
    const Value after = planned.Attribute(attribute.name);
    const Value before = prior.Attribute(attribute.name);
    const bool settable = attribute.required || attribute.optional;
    const bool left_open = wanted.IsNull() && after.IsUnknown();
    if (!settable || attribute.write_only || left_open || before == after) continue;
    visit(attribute, wanted, before, after, path.Attribute(attribute.name));
  }
}

bool Differs(const Attribute& attribute, const Value& config, const Value& prior,
             const Value& planned) {
  if (!attribute.nested || !SameShape(prior, planned)) return true;
  bool differs = false;
  MapNested(attribute, planned, Path(),
            [&](const Value& object, const Path&, const Counterpart& counterpart) {
              VisitChanges(attribute.nested->attributes, counterpart(config), counterpart(prior),
                           object, Path(),
                           [&](const Attribute& child, const Value& wanted, const Value& before,
                               const Value& after, const Path&) {
                             differs = differs || Differs(child, wanted, before, after);
                           });
              return object;
            });
  return differs;
}

void Collect(const std::vector<Attribute>& attributes, const Value& config, const Value& prior,
             const Value& planned, const Path& path, std::vector<Path>* out) {
  VisitChanges(attributes, config, prior, planned, path,
               [&](const Attribute& attribute, const Value& wanted, const Value& before,
                   const Value& after, const Path& at) {
                 if (attribute.on_change == OnChange::kReplace) {
                   if (Differs(attribute, wanted, before, after)) out->push_back(at);
                   return;
                 }
                 if (!attribute.nested || !HasReplacing(attribute.nested->attributes)) return;
                 // An object that came or went changed all its attributes; only the whole has a
                 // path in both states.
                 if (!SameShape(before, after)) return out->push_back(at);
                 MapNested(
                     attribute, after, at,
                     [&](const Value& object, const Path& object_path, const Counterpart& other) {
                       Collect(attribute.nested->attributes, other(wanted), other(before), object,
                               object_path, out);
                       return object;
                     });
               });
}

}  // namespace

Value PlanValue(const std::vector<Attribute>& attributes, const Value& config, const Value& prior,
                const Value& proposed) {
  Value settled = PlanObject(attributes, config, prior, proposed, false);
  if (prior.IsNull() || settled == prior) return settled;
  return PlanObject(attributes, config, prior, proposed, true);
}

std::vector<Path> ReplacingPaths(const std::vector<Attribute>& attributes, const Value& config,
                                 const Value& prior, const Value& planned) {
  std::vector<Path> paths;
  if (!prior.IsNull() && !planned.IsNull()) {
    Collect(attributes, config, prior, planned, Path(), &paths);
  }
  return paths;
}

}  // namespace ameide::framework
