// Changes of a profile as they are found, in words: "code may now write deploy/**".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "generator/permissions.h"

namespace ameide::generator {

class PermissionList {
 public:
  using Effect = PermissionChange::Effect;
  using Texts = std::vector<std::string>;

  // `who` is the profile's name, the subject of each sentence.
  explicit PermissionList(std::string who) : who_(std::move(who)) {}

  static Effect WiderIf(bool wider) { return wider ? Effect::kWider : Effect::kNarrower; }

  void Add(Effect effect, std::string_view area, std::string text);
  // One change per item that came or went; `more` says what having one means.
  void Items(std::string_view area, const Texts& before, const Texts& after, Effect more,
             std::string_view came, std::string_view went);
  // The same for path patterns: one inside another that was there before is no change.
  void Patterns(const Texts& before, const Texts& after, Effect more, std::string_view came,
                std::string_view went);
  // True is the wider of the two.
  void Flag(std::string_view area, bool before, bool after, std::string_view verb);
  void Value(std::string_view area, const std::string& before, const std::string& after,
             Effect effect, std::string_view what);
  // Longer is wider.
  void Duration(std::string_view what, Millis before, Millis after);

  const std::string& who() const { return who_; }
  std::vector<PermissionChange> Take() { return std::move(changes_); }

 private:
  void Each(std::string_view area, Effect effect, std::string_view words, const Texts& items);

  std::string who_;
  std::vector<PermissionChange> changes_;
};

// "secret gh-auth (token) as CLONE_TOKEN in phase checkout", one for each phase.
PermissionList::Texts Grants(const std::vector<task::SecretGrant>& secrets);

// Where pods run and as what; the executor's tools; people's workspaces.
void CompareDeployments(const task::Deployment& before, const task::Deployment& after,
                        PermissionList* list);
void CompareExecutors(const task::ProfileContract& before, const task::ProfileContract& after,
                      PermissionList* list);
void ComparePeople(const task::Profile& before, const task::Profile& after, PermissionList* list);

}  // namespace ameide::generator
