#include "generator/permissions.h"

#include "base/strings.h"
#include "generator/permission_list.h"

namespace ameide::generator {
namespace {

using Effect = PermissionChange::Effect;
using task::ProfileContract;

void Paths(const task::Guardrails& a, const task::Guardrails& b, PermissionList* list) {
  if (a.allow_paths.empty() != b.allow_paths.empty()) {
    const bool open = b.allow_paths.empty();
    list->Add(
        PermissionList::WiderIf(open), "paths",
        open ? StrCat(list->who(), " may now write every path that nothing denies")
             : StrCat(list->who(), " may now write nothing but ", StrJoin(b.allow_paths, ", ")));
  } else {
    list->Patterns(a.allow_paths, b.allow_paths, Effect::kWider, "may now write",
                   "may no longer write");
  }
  list->Patterns(a.deny_paths, b.deny_paths, Effect::kNarrower, "is now denied",
                 "is no longer denied");
  list->Patterns(a.promotion_artifacts, b.promotion_artifacts, Effect::kNarrower,
                 "may no longer promote through", "may now promote through");
  list->Patterns(a.digest_only, b.digest_only, Effect::kNarrower,
                 "may now change nothing but digests in", "may now change more than digests in");
  list->Flag("paths", a.allow_gitlinks, b.allow_gitlinks, "move submodule pointers");
}

std::string Limit(uint64_t limit) { return limit == 0 ? "no limit" : std::to_string(limit); }

void Content(const task::Guardrails& a, const task::Guardrails& b, PermissionList* list) {
  list->Flag("content", a.allow_binary, b.allow_binary, "change binary files");
  list->Flag("content", !a.deny_mode_changes, !b.deny_mode_changes, "change the mode of files");
  const auto limit = [&](std::string_view what, uint64_t x, uint64_t y) {
    list->Value("content", Limit(x), Limit(y), PermissionList::WiderIf(y == 0 || (x != 0 && y > x)),
                what);
  };
  limit("max_file_bytes", a.max_file_bytes, b.max_file_bytes);
  limit("max_changed_files", a.max_changed_files, b.max_changed_files);
}

void Repositories(const ProfileContract& a, const ProfileContract& b, PermissionList* list) {
  list->Items("repositories", a.repositories, b.repositories, Effect::kWider, "may now work on",
              "may no longer work on");
  const auto primary = [](const ProfileContract& contract) {
    return contract.repositories.empty() ? "" : contract.repositories.front();
  };
  // The toolchain comes from there.
  list->Value("repositories", primary(a), primary(b), Effect::kNeutral, "the primary repository");
  list->Value("repositories", a.marker, b.marker, Effect::kNeutral, "the marker in repositories");
}

void PullRequests(const ProfileContract& a, const ProfileContract& b, PermissionList* list) {
  list->Flag("pull requests", a.pull_requests, b.pull_requests, "open pull requests");
  if (a.branch_prefix == b.branch_prefix || !a.pull_requests || !b.pull_requests) return;
  list->Add(b.branch_prefix.starts_with(a.branch_prefix) ? Effect::kNarrower : Effect::kWider,
            "pull requests",
            StrCat(list->who(), " now pushes branches below ", b.branch_prefix, ", was ",
                   a.branch_prefix));
}

void Clocks(const ProfileContract& a, const ProfileContract& b, PermissionList* list) {
  list->Duration("ttl.max", a.max_ttl, b.max_ttl);
  list->Value("time", FormatDuration(a.default_ttl), FormatDuration(b.default_ttl),
              Effect::kNeutral, "ttl.default");
  list->Duration("timeouts.readiness", a.timeouts.readiness, b.timeouts.readiness);
  list->Duration("timeouts.checkout", a.timeouts.checkout, b.timeouts.checkout);
  list->Duration("timeouts.edit", a.timeouts.edit, b.timeouts.edit);
  list->Duration("timeouts.verify", a.timeouts.verify, b.timeouts.verify);
  list->Duration("timeouts.pr", a.timeouts.pr, b.timeouts.pr);
}

void EvidenceToolsAndSecrets(const ProfileContract& a, const ProfileContract& b,
                             PermissionList* list) {
  list->Items("evidence", a.evidence.required, b.evidence.required, Effect::kNarrower,
              "must now leave", "need no longer leave");
  list->Items("evidence", a.evidence.paths, b.evidence.paths, Effect::kNeutral, "now has collected",
              "no longer has collected");
  list->Items("tools", a.tools, b.tools, Effect::kWider, "is now told to use",
              "is no longer told to use");
  list->Items("secrets", Grants(a.secrets), Grants(b.secrets), Effect::kWider, "now sees",
              "no longer sees");
}

void Instructions(const task::Profile& a, const task::Profile& b, PermissionList* list) {
  list->Value("instructions", a.contract.check_command, b.contract.check_command, Effect::kNeutral,
              "the check command");
  if (a.instructions_do != b.instructions_do || a.instructions_dont != b.instructions_dont) {
    list->Add(Effect::kNeutral, "instructions", StrCat(list->who(), " has other instructions"));
  }
}

}  // namespace

std::string_view ToString(Effect effect) {
  switch (effect) {
    case Effect::kWider:
      return "wider";
    case Effect::kNarrower:
      return "narrower";
    case Effect::kNeutral:
      return "neutral";
  }
  return "";
}

std::vector<PermissionChange> ComparePermissions(const task::Profile& before,
                                                 const task::Profile& after) {
  const ProfileContract& a = before.contract;
  const ProfileContract& b = after.contract;
  PermissionList list(b.name);
  Paths(a.guardrails, b.guardrails, &list);
  Content(a.guardrails, b.guardrails, &list);
  Repositories(a, b, &list);
  PullRequests(a, b, &list);
  Clocks(a, b, &list);
  EvidenceToolsAndSecrets(a, b, &list);
  CompareDeployments(before.deployment, after.deployment, &list);
  CompareExecutors(a, b, &list);
  ComparePeople(before, after, &list);
  Instructions(before, after, &list);
  return list.Take();
}

}  // namespace ameide::generator
