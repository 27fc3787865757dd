#include "generator/permissions.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"
#include "generator/patterns.h"

namespace ameide::generator {
namespace {

using Effect = PermissionChange::Effect;
using Texts = std::vector<std::string>;

Effect WiderIf(bool wider) { return wider ? Effect::kWider : Effect::kNarrower; }

// What is in `a` and not in `b`, in order.
Texts Without(const Texts& a, const Texts& b) {
  Texts rest;
  for (const std::string& one : a) {
    if (std::find(b.begin(), b.end(), one) == b.end()) rest.push_back(one);
  }
  return rest;
}

// The same for path patterns: one inside another of `b` counts as there.
Texts NotCovered(const Texts& a, const Texts& b) {
  Texts rest;
  for (const std::string& one : a) {
    const auto covers = [&](const std::string& wide) { return PatternCovers(wide, one); };
    if (std::none_of(b.begin(), b.end(), covers)) rest.push_back(one);
  }
  return rest;
}

std::string Limit(uint64_t limit) { return limit == 0 ? "no limit" : std::to_string(limit); }

class Comparison {
 public:
  Comparison(const task::Profile& before, const task::Profile& after)
      : before_(before), after_(after), who_(after.contract.name) {}

  std::vector<PermissionChange> Run() {
    Paths();
    Content();
    Repositories();
    PullRequests();
    Clocks();
    Evidence();
    Tools();
    Secrets();
    Cluster();
    Deploy();
    Executor();
    Human();
    Instructions();
    return std::move(changes_);
  }

 private:
  void Add(Effect effect, std::string_view area, std::string text) {
    changes_.push_back({effect, std::string(area), std::move(text)});
  }

  // One change per item that came or went; `more` says what having one means.
  void List(std::string_view area, const Texts& before, const Texts& after, Effect more,
            std::string_view came, std::string_view went) {
    const Effect less = more == Effect::kNeutral ? more : WiderIf(more == Effect::kNarrower);
    const auto rest = area == "paths" ? NotCovered : Without;
    for (const std::string& one : rest(after, before)) Add(more, area, Sentence(came, one));
    for (const std::string& one : rest(before, after)) Add(less, area, Sentence(went, one));
  }
  std::string Sentence(std::string_view words, std::string_view what) const {
    return StrCat(who_, " ", words, " ", what);
  }

  void Flag(std::string_view area, bool before, bool after, std::string_view verb) {
    if (before == after) return;
    Add(WiderIf(after), area, StrCat(who_, after ? " may now " : " may no longer ", verb));
  }

  static std::string_view OrNone(std::string_view text) { return text.empty() ? "none" : text; }

  void Value(std::string_view area, const std::string& before, const std::string& after,
             Effect effect, std::string_view what) {
    if (before == after) return;
    Add(effect, area,
        StrCat(what, " of ", who_, " is now ", OrNone(after), ", was ", OrNone(before)));
  }

  void Duration(std::string_view what, Millis before, Millis after) {
    if (before == after) return;
    Add(WiderIf(after > before), "time",
        StrCat(what, " of ", who_, " is now ", FormatDuration(after), ", was ",
               FormatDuration(before)));
  }

  void Paths() {
    const task::Guardrails& a = before_.contract.guardrails;
    const task::Guardrails& b = after_.contract.guardrails;
    if (a.allow_paths.empty() != b.allow_paths.empty()) {
      const bool open = b.allow_paths.empty();
      Add(WiderIf(open), "paths",
          open ? StrCat(who_, " may now write every path that nothing denies")
               : StrCat(who_, " may now write nothing but ", StrJoin(b.allow_paths, ", ")));
    } else {
      List("paths", a.allow_paths, b.allow_paths, Effect::kWider, "may now write",
           "may no longer write");
    }
    List("paths", a.deny_paths, b.deny_paths, Effect::kNarrower, "is now denied",
         "is no longer denied");
    List("paths", a.promotion_artifacts, b.promotion_artifacts, Effect::kNarrower,
         "may no longer promote through", "may now promote through");
    List("paths", a.digest_only, b.digest_only, Effect::kNarrower,
         "may now change nothing but digests in", "may now change more than digests in");
    Flag("paths", a.allow_gitlinks, b.allow_gitlinks, "move submodule pointers");
  }

  void Content() {
    const task::Guardrails& a = before_.contract.guardrails;
    const task::Guardrails& b = after_.contract.guardrails;
    Flag("content", a.allow_binary, b.allow_binary, "change binary files");
    Flag("content", !a.deny_mode_changes, !b.deny_mode_changes, "change the mode of files");
    const auto limit = [&](std::string_view what, uint64_t x, uint64_t y) {
      if (x == y) return;
      Add(WiderIf(y == 0 || (x != 0 && y > x)), "content",
          StrCat(what, " of ", who_, " is now ", Limit(y), ", was ", Limit(x)));
    };
    limit("max_file_bytes", a.max_file_bytes, b.max_file_bytes);
    limit("max_changed_files", a.max_changed_files, b.max_changed_files);
  }

  void Repositories() {
    List("repositories", before_.contract.repositories, after_.contract.repositories,
         Effect::kWider, "may now work on", "may no longer work on");
  }

  void PullRequests() {
    Flag("pull requests", before_.contract.pull_requests, after_.contract.pull_requests,
         "open pull requests");
    const std::string& a = before_.contract.branch_prefix;
    const std::string& b = after_.contract.branch_prefix;
    if (a == b || !before_.contract.pull_requests || !after_.contract.pull_requests) return;
    Add(b.starts_with(a) ? Effect::kNarrower : Effect::kWider, "pull requests",
        StrCat(who_, " now pushes branches below ", b, ", was ", a));
  }

  void Clocks() {
    Duration("ttl.max", before_.contract.max_ttl, after_.contract.max_ttl);
    Value("time", FormatDuration(before_.contract.default_ttl),
          FormatDuration(after_.contract.default_ttl), Effect::kNeutral, "ttl.default");
    const task::PhaseTimeouts& a = before_.contract.timeouts;
    const task::PhaseTimeouts& b = after_.contract.timeouts;
    Duration("timeouts.readiness", a.readiness, b.readiness);
    Duration("timeouts.checkout", a.checkout, b.checkout);
    Duration("timeouts.edit", a.edit, b.edit);
    Duration("timeouts.verify", a.verify, b.verify);
    Duration("timeouts.pr", a.pr, b.pr);
  }

  void Evidence() {
    List("evidence", before_.contract.evidence.required, after_.contract.evidence.required,
         Effect::kNarrower, "must now leave", "need no longer leave");
    List("evidence", before_.contract.evidence.paths, after_.contract.evidence.paths,
         Effect::kNeutral, "now has collected", "no longer has collected");
  }

  void Tools() {
    List("tools", before_.contract.tools, after_.contract.tools, Effect::kWider,
         "is now told to use", "is no longer told to use");
    Value("tools", before_.deployment.editor, after_.deployment.editor, Effect::kNeutral, "editor");
  }

  static Texts Grants(const std::vector<task::SecretGrant>& secrets) {
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

  void Secrets() {
    List("secrets", Grants(before_.contract.secrets), Grants(after_.contract.secrets),
         Effect::kWider, "now sees", "no longer sees");
  }

  void Cluster() {
    const task::Deployment& a = before_.deployment;
    const task::Deployment& b = after_.deployment;
    List("roles", a.roles, b.roles, Effect::kWider, "is now bound to role",
         "is no longer bound to role");
    const auto there = [](const task::Deployment& one) {
      Texts roles;
      for (const std::string& role : one.environment_roles) {
        roles.push_back(StrCat(role, " in ", one.environment_namespace));
      }
      return roles;
    };
    List("roles", there(a), there(b), Effect::kWider, "is now bound to role",
         "is no longer bound to role");
    Value("identity", a.namespace_name, b.namespace_name, Effect::kNeutral, "namespace");
    Value("identity", a.service_account, b.service_account, Effect::kNeutral, "ServiceAccount");
    // Whoever provisions gets rights in the namespace.
    Value("identity", StrCat(a.provisioner_namespace, "/", a.provisioner_service_account),
          StrCat(b.provisioner_namespace, "/", b.provisioner_service_account), Effect::kWider,
          "provisioner");
  }

  static Texts Destinations(const task::Deployment& deployment) {
    Texts all;
    for (const task::Deployment::Egress& egress : deployment.egress) {
      all.push_back(StrCat(egress.cidr, " port ", egress.port));
    }
    return all;
  }

  void Deploy() {
    const task::Deployment& a = before_.deployment;
    const task::Deployment& b = after_.deployment;
    Flag("network", a.public_https, b.public_https, "reach every public address over HTTPS");
    List("network", Destinations(a), Destinations(b), Effect::kWider, "may now reach",
         "may no longer reach");
    if (a.builder != b.builder) {
      const bool root = b.builder == task::Deployment::Builder::kEnvbuilder;
      Add(WiderIf(root), "pod",
          StrCat(who_, root ? " now builds its image in a pod that starts as root"
                            : " now runs a ready-made image without any capability"));
    }
    Value("pod", a.image, b.image, Effect::kNeutral, "image");
    Value("pod", a.agent_image, b.agent_image, Effect::kNeutral, "agent_image");
    Value("pod", a.publisher_image, b.publisher_image, Effect::kNeutral, "publisher_image");
    Value("pod", a.cpu, b.cpu, Effect::kNeutral, "cpu");
    Value("pod", a.memory, b.memory, Effect::kNeutral, "memory");
    Value("pod", a.storage, b.storage, Effect::kNeutral, "storage");
    if (a.node_selector != b.node_selector || a.tolerations != b.tolerations || a.arch != b.arch) {
      Add(Effect::kNeutral, "pod", StrCat(who_, " now runs on other nodes"));
    }
  }

  void Executor();

  void Human() {
    if (before_.human.has_value() != after_.human.has_value()) {
      const bool now = after_.human.has_value();
      Add(WiderIf(now), "people",
          StrCat("people ", now ? "now get" : "no longer get", " workspaces of ", who_));
    }
    if (!before_.human || !after_.human) return;
    List("people", before_.human->apps, after_.human->apps, Effect::kWider,
         "now offers people the app", "no longer offers people the app");
    List("people", Grants(before_.human->secrets), Grants(after_.human->secrets), Effect::kWider,
         "now shows people", "no longer shows people");
    Value("people", before_.human->external_auth, after_.human->external_auth, Effect::kNeutral,
          "people's Git provider");
  }

  void Instructions() {
    Value("instructions", before_.contract.check_command, after_.contract.check_command,
          Effect::kNeutral, "the check command");
    if (before_.instructions_do != after_.instructions_do ||
        before_.instructions_dont != after_.instructions_dont) {
      Add(Effect::kNeutral, "instructions", StrCat(who_, " has other instructions"));
    }
  }

  const task::Profile& before_;
  const task::Profile& after_;
  std::string who_;
  std::vector<PermissionChange> changes_;
};

// What a tool does is the tool's own affair; the policy says what may happen without being asked.
int Freedom(task::ExecutorTool::Policy policy) {
  switch (policy) {
    case task::ExecutorTool::Policy::kNeedsApproval:
      return 0;
    case task::ExecutorTool::Policy::kReadOnly:
      return 1;
    case task::ExecutorTool::Policy::kMutating:
      return 2;
  }
  return 2;
}

void Comparison::Executor() {
  std::map<std::string, task::ExecutorTool> tools[2];
  const task::ProfileContract* contracts[2] = {&before_.contract, &after_.contract};
  Texts names[2];
  for (int i = 0; i < 2; ++i) {
    if (!contracts[i]->executor) continue;
    for (const task::ExecutorTool& tool : contracts[i]->executor->tools) {
      tools[i][tool.name] = tool;
      names[i].push_back(tool.name);
    }
  }
  List("executor", names[0], names[1], Effect::kWider, "may now call", "may no longer call");
  for (const std::string& name : names[1]) {
    if (!tools[0].contains(name) || tools[0][name] == tools[1][name]) continue;
    task::ExecutorTool a = tools[0][name];
    const task::ExecutorTool& b = tools[1][name];
    if (a.policy != b.policy) {
      Add(WiderIf(Freedom(b.policy) > Freedom(a.policy)), "executor",
          StrCat(name, " is now ", ToString(b.policy), " for ", who_, ", was ",
                 ToString(a.policy)));
    }
    if (a.max_calls != b.max_calls) {
      Add(WiderIf(b.max_calls > a.max_calls), "executor",
          StrCat(who_, " may now call ", name, " ", b.max_calls, " times, was ", a.max_calls));
    }
    Duration(StrCat("timeout of ", name), a.timeout, b.timeout);
    a.policy = b.policy;
    a.max_calls = b.max_calls;
    a.timeout = b.timeout;
    a.description = b.description;
    // Patterns cannot be compared in general; whoever reads this must.
    if (!(a == b)) {
      Add(Effect::kWider, "executor",
          StrCat("calls of ", name, " by ", who_, " are checked in another way; read both"));
    }
  }
  if (contracts[0]->executor && contracts[1]->executor) {
    Duration("executor.lease", contracts[0]->executor->lease, contracts[1]->executor->lease);
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
  return Comparison(before, after).Run();
}

}  // namespace ameide::generator
