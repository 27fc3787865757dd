#include "generator/permission_list.h"

#include <algorithm>

#include "base/strings.h"
#include "generator/patterns.h"

namespace ameide::generator {
namespace {

using Effect = PermissionChange::Effect;
using Texts = PermissionList::Texts;

// What is in `a` and not in `b`, in order.
Texts Without(const Texts& a, const Texts& b) {
  Texts rest;
  for (const std::string& one : a) {
    if (std::find(b.begin(), b.end(), one) == b.end()) rest.push_back(one);
  }
  return rest;
}

Texts NotCovered(const Texts& a, const Texts& b) {
  Texts rest;
  for (const std::string& one : a) {
    const auto covers = [&](const std::string& wide) { return PatternCovers(wide, one); };
    if (std::none_of(b.begin(), b.end(), covers)) rest.push_back(one);
  }
  return rest;
}

Effect Opposite(Effect effect) {
  return effect == Effect::kNeutral ? effect : PermissionList::WiderIf(effect == Effect::kNarrower);
}

std::string_view OrNone(std::string_view text) { return text.empty() ? "none" : text; }

}  // namespace

void PermissionList::Add(Effect effect, std::string_view area, std::string text) {
  changes_.push_back({effect, std::string(area), std::move(text)});
}

void PermissionList::Each(std::string_view area, Effect effect, std::string_view words,
                          const Texts& items) {
  for (const std::string& one : items) Add(effect, area, StrCat(who_, " ", words, " ", one));
}

void PermissionList::Items(std::string_view area, const Texts& before, const Texts& after,
                           Effect more, std::string_view came, std::string_view went) {
  Each(area, more, came, Without(after, before));
  Each(area, Opposite(more), went, Without(before, after));
}

void PermissionList::Patterns(const Texts& before, const Texts& after, Effect more,
                              std::string_view came, std::string_view went) {
  Each("paths", more, came, NotCovered(after, before));
  Each("paths", Opposite(more), went, NotCovered(before, after));
}

void PermissionList::Flag(std::string_view area, bool before, bool after, std::string_view verb) {
  if (before == after) return;
  Add(WiderIf(after), area, StrCat(who_, after ? " may now " : " may no longer ", verb));
}

void PermissionList::Value(std::string_view area, const std::string& before,
                           const std::string& after, Effect effect, std::string_view what) {
  if (before == after) return;
  Add(effect, area,
      StrCat(what, " of ", who_, " is now ", OrNone(after), ", was ", OrNone(before)));
}

void PermissionList::Duration(std::string_view what, Millis before, Millis after) {
  Value("time", FormatDuration(before), FormatDuration(after), WiderIf(after > before), what);
}

Texts Grants(const std::vector<task::SecretGrant>& secrets) {
  Texts grants;
  for (const task::SecretGrant& grant : secrets) {
    const std::string what = StrCat("secret ", grant.secret, " (", grant.key, ") as ", grant.env);
    if (grant.phases.empty()) grants.push_back(what);
    for (const task::Phase phase : grant.phases) {
      grants.push_back(StrCat(what, " in phase ", task::ToString(phase)));
    }
  }
  return grants;
}

}  // namespace ameide::generator
