#include "task/contract/authorize.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/json_reader.h"

namespace ameide::task {
namespace {

// A repository as the allowlist sees it. A path on disk and its file URL are the same place.
struct Place {
  std::string scheme;  // empty for the disk
  std::string path;    // host and path, without slashes at its ends and without ".git"
  bool operator==(const Place&) const = default;
};

void StripEnd(std::string_view* text, std::string_view end) {
  if (text->size() > end.size() && text->substr(text->size() - end.size()) == end) {
    text->remove_suffix(end.size());
  }
}

Place PlaceOf(std::string_view url) {
  Place place;
  std::string_view rest = url;
  if (const size_t colon = url.find("://"); colon != std::string_view::npos) {
    place.scheme = AsciiLower(url.substr(0, colon));
    rest = url.substr(colon + 3);
  }
  if (place.scheme == "file") place.scheme.clear();
  while (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  StripEnd(&rest, ".git");
  if (place.scheme.empty()) {
    while (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
    place.path = rest;
    return place;
  }
  const size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view host = rest.substr(0, slash);
  if (const size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  place.path = StrCat(AsciiLower(host), rest.substr(slash));
  return place;
}

bool Allows(const std::string& entry, const Place& wanted) {
  if (entry == "*") return true;
  const Place allowed = PlaceOf(entry);
  return allowed == wanted ||
         (allowed.scheme == wanted.scheme && GlobMatches(allowed.path, wanted.path));
}

void CheckRepository(const TaskSpec& spec, const ProfileContract& profile,
                     const std::vector<std::string>& also_allowed, Problems* problems) {
  if (profile.repositories.empty()) return;
  std::vector<std::string> allowed = profile.repositories;
  allowed.insert(allowed.end(), also_allowed.begin(), also_allowed.end());
  const Place wanted = PlaceOf(spec.repository.url);
  const auto allows = [&](const std::string& entry) { return Allows(entry, wanted); };
  if (std::any_of(allowed.begin(), allowed.end(), allows)) return;
  AddProblem("/repository/url",
             StrCat("is no repository of profile \"", profile.name, "\"; use one of ",
                    StrJoin(allowed, ", ")),
             problems);
}

void FillTtl(const ProfileContract& profile, TaskSpec* spec, Problems* problems) {
  if (spec->ttl == Millis(0)) spec->ttl = profile.default_ttl;
  if (spec->ttl > profile.max_ttl) {
    AddProblem("/ttl",
               StrCat("is ", FormatDuration(spec->ttl), ", but profile \"", profile.name,
                      "\" allows at most ", FormatDuration(profile.max_ttl), "; lower it"),
               problems);
  }
}

void FillTimeouts(const ProfileContract& profile, TaskSpec* spec, Problems* problems) {
  struct Clock {
    std::string_view name;
    Millis PhaseTimeouts::*member;
  };
  constexpr Clock kClocks[] = {{"readiness", &PhaseTimeouts::readiness},
                               {"checkout", &PhaseTimeouts::checkout},
                               {"edit", &PhaseTimeouts::edit},
                               {"verify", &PhaseTimeouts::verify},
                               {"pr", &PhaseTimeouts::pr}};
  for (const Clock& clock : kClocks) {
    Millis& timeout = spec->timeouts.*clock.member;
    if (timeout == Millis(0)) {
      const Millis standard = profile.timeouts.*clock.member;
      timeout = standard == Millis(0) ? spec->ttl : std::min(standard, spec->ttl);
    } else if (timeout > spec->ttl) {
      AddProblem(PointerStep("/timeouts", clock.name),
                 StrCat("is ", FormatDuration(timeout), ", longer than the whole task's ttl of ",
                        FormatDuration(spec->ttl), "; lower it or raise ttl"),
                 problems);
    }
  }
}

// A wider rule of a task would have no effect (guardrails.h), so whoever wrote it is told.
void CheckGuardrails(const TaskSpec& spec, const ProfileContract& profile, Problems* problems) {
  const Guardrails& mine = spec.guardrails;
  const Guardrails& theirs = profile.guardrails;
  if (mine.allow_gitlinks && !theirs.allow_gitlinks) {
    AddProblem("/guardrails/allow_gitlinks",
               StrCat("is true, but profile \"", profile.name,
                      "\" denies gitlinks and a task can only narrow that; set it to false"),
               problems);
  }
  const auto check_limit = [&](std::string_view name, uint64_t task, uint64_t limit) {
    if (limit == 0 || task <= limit) return;
    AddProblem(PointerStep("/guardrails", name),
               StrCat("is ", task, ", but profile \"", profile.name, "\" allows ", limit,
                      " and a task can only narrow that; lower it"),
               problems);
  };
  check_limit("max_file_bytes", mine.max_file_bytes, theirs.max_file_bytes);
  check_limit("max_changed_files", mine.max_changed_files, theirs.max_changed_files);
}

void CheckSecrets(const TaskSpec& spec, const ProfileContract& profile, Problems* problems) {
  for (const auto& [name, reference] : spec.secrets) {
    const auto grants = [&, name = std::string_view(name),
                         &wanted = reference](const SecretGrant& grant) {
      return grant.env == name && grant.secret == wanted.secret && grant.key == wanted.key;
    };
    if (std::any_of(profile.secrets.begin(), profile.secrets.end(), grants)) continue;
    AddProblem(PointerStep("/secrets", name),
               StrCat("is no grant of profile \"", profile.name,
                      "\"; use one of its own, with the same name, secret and key"),
               problems);
  }
}

void CheckPullRequest(const TaskSpec& spec, const ProfileContract& profile, Problems* problems) {
  if (!spec.pull_request) return;
  if (!profile.pull_requests) {
    AddProblem("/pull_request",
               StrCat("is not for profile \"", profile.name,
                      "\", which has pull requests off; remove it or use another profile"),
               problems);
    return;
  }
  const PullRequest& request = *spec.pull_request;
  if (!request.branch.starts_with(profile.branch_prefix)) {
    AddProblem("/pull_request/branch",
               StrCat("must start with \"", profile.branch_prefix,
                      "\", the part of the branch "
                      "names that profile \"",
                      profile.name, "\" owns"),
               problems);
  }
  const std::string& base = request.base.empty() ? spec.repository.ref : request.base;
  if (base == request.branch || base == StrCat("refs/heads/", request.branch)) {
    AddProblem("/pull_request/branch",
               "must differ from the branch that the change is for; name a new one", problems);
  }
}

// The profile's entries, then the task's others.
std::vector<std::string> Union(const std::vector<std::string>& first,
                               const std::vector<std::string>& second) {
  std::vector<std::string> all = first;
  for (const std::string& item : second) {
    if (std::find(all.begin(), all.end(), item) == all.end()) all.push_back(item);
  }
  return all;
}

}  // namespace

Checked<TaskSpec> Authorize(const TaskSpec& spec, const ProfileContract& profile,
                            const std::vector<std::string>& also_allowed_repositories) {
  TaskSpec filled = spec;
  Problems problems;
  if (spec.profile != profile.name) {
    AddProblem("/profile",
               StrCat("is \"", ToOneLine(spec.profile), "\", but the profile given is \"",
                      profile.name, "\"; give the one that the task names"),
               &problems);
  }
  CheckRepository(spec, profile, also_allowed_repositories, &problems);
  FillTtl(profile, &filled, &problems);
  FillTimeouts(profile, &filled, &problems);
  CheckGuardrails(spec, profile, &problems);
  CheckSecrets(spec, profile, &problems);
  CheckPullRequest(spec, profile, &problems);
  filled.evidence.paths = Union(profile.evidence.paths, spec.evidence.paths);
  filled.evidence.required = Union(profile.evidence.required, spec.evidence.required);
  return Finished(std::move(filled), std::move(problems));
}

}  // namespace ameide::task
