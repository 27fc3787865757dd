#include "acceptance/coder_simulator/search.h"

#include <algorithm>

#include "base/strings.h"

namespace ameide::simulator {
namespace {

struct Term {
  std::string key, value;
};

// Lower case, separated by blanks; double quotes keep blanks together. A bare word is a name.
std::vector<Term> SplitQuery(std::string_view query) {
  std::vector<Term> terms;
  std::string word;
  bool quoted = false;
  const auto finish = [&] {
    if (word.empty()) return;
    const size_t colon = word.find(':');
    if (colon == std::string::npos) {
      terms.push_back({"name", word});
    } else {
      terms.push_back({word.substr(0, colon), word.substr(colon + 1)});
    }
    word.clear();
  };
  for (const char c : AsciiLower(query)) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      finish();
    } else {
      word += c;
    }
  }
  finish();
  return terms;
}

bool MatchesParameter(const Workspace& workspace, std::string_view wanted) {
  const size_t equals = wanted.find('=');
  const std::string_view name = wanted.substr(0, equals);
  for (const auto& [key, value] : workspace.Latest().parameters) {
    if (AsciiLower(key) != name) continue;
    return equals == std::string_view::npos || AsciiLower(value) == wanted.substr(equals + 1);
  }
  return false;
}

bool Matches(const State& state, const Workspace& workspace, const User& caller, const Term& term,
             WallTime now) {
  const auto& [key, value] = term;
  const Build& build = workspace.Latest();
  if (key == "owner") {
    const User* owner = state.FindUser(value == "me" ? caller.name : value);
    return owner != nullptr && owner->id == workspace.owner_id;
  }
  if (key == "name") return AsciiLower(workspace.name).find(value) != std::string::npos;
  if (key == "id") {
    const auto ids = StrSplit(value, ',');
    return std::find(ids.begin(), ids.end(), workspace.id) != ids.end();
  }
  if (key == "template") {
    const Template* of = state.FindTemplate(workspace.template_id);
    return of != nullptr && AsciiLower(of->name) == value;
  }
  if (key == "status") return build.Status() == value;
  if (key == "param") return MatchesParameter(workspace, value);
  if (key == "dormant") return workspace.dormant_at.has_value() == (value == "true");
  if (key == "has-agent") return build.agent && AgentStatus(*build.agent, now) == value;
  if (key == "organization") return value == state.organization_name;
  return false;
}

}  // namespace

std::vector<const Workspace*> SearchWorkspaces(const State& state, const User& caller,
                                               std::string_view query, WallTime now,
                                               std::vector<Validation>* problems) {
  static const std::vector<std::string_view> kKeys = {
      "owner", "name", "id", "template", "status", "param", "dormant", "has-agent", "organization"};
  const std::vector<Term> terms = SplitQuery(query);
  for (const Term& term : terms) {
    if (std::find(kKeys.begin(), kKeys.end(), term.key) == kKeys.end()) {
      problems->push_back({term.key, StrCat("\"", term.key, "\" is not a valid query param")});
    }
  }
  std::vector<const Workspace*> found;
  if (!problems->empty()) return found;
  for (const Workspace& workspace : state.workspaces) {
    if (workspace.deleted || !workspace.IsFor(caller, false)) continue;
    const auto matches = [&](const Term& term) {
      return Matches(state, workspace, caller, term, now);
    };
    if (std::all_of(terms.begin(), terms.end(), matches)) found.push_back(&workspace);
  }
  return found;
}

}  // namespace ameide::simulator
