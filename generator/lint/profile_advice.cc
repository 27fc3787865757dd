#include "generator/lint/profile_advice.h"

#include <algorithm>

#include "base/strings.h"
#include "generator/patterns.h"
#include "task/contract/profile_rules.h"

namespace ameide::generator {
namespace {

using task::Phase;

constexpr std::string_view kSchemaLine = "# yaml-language-server: $schema=";
constexpr std::string_view kPublisherImage = "/deploy/publisher_image";

// A path that the pattern matches, with something harmless for each wildcard.
std::string Example(std::string_view pattern) {
  std::string path = StrReplaceAll(StrReplaceAll(pattern, "**/", ""), "/**", "/x");
  path = StrReplaceAll(StrReplaceAll(path, "*", "x"), "?", "x");
  return path.ends_with('/') ? path + "x" : path;
}

class Advice {
 public:
  Advice(const task::Profile& profile, const ProfileSource& source,
         const task::YamlDocument& document, LintFindings* findings)
      : profile_(profile), source_(source), document_(document), findings_(findings) {}

  void Give() {
    Images();
    Paths();
    Identity();
    Clocks();
    Secrets();
    PullRequests();
    Branch();
    SchemaLine();
  }

 private:
  LintFinding* Add(std::string_view rule, std::string_view pointer, std::string message) {
    findings_->push_back({std::string(rule), PlaceOf(task::PositionOf(document_, pointer)),
                          StrCat(pointer, pointer.empty() ? "" : ": ", message), std::nullopt});
    return &findings_->back();
  }

  void Images() {
    const task::Deployment& deploy = profile_.deployment;
    const std::pair<std::string_view, const std::string*> kImages[] = {
        {"/deploy/agent_image", &deploy.agent_image}, {kPublisherImage, &deploy.publisher_image}};
    for (const auto& [pointer, image] : kImages) {
      if (!task::IsPlaceholderImage(*image)) continue;
      Add("image-placeholder", pointer,
          "stands for an image that is not pushed yet; write its digest, or set the template's "
          "variable");
    }
  }

  void Paths() {
    const task::Guardrails& rules = profile_.contract.guardrails;
    for (size_t i = 0; i < rules.allow_paths.size(); ++i) {
      const std::string& allow = rules.allow_paths[i];
      const std::string pointer = StrCat("/guardrails/allow_paths/", i);
      for (const auto* denied : {&rules.deny_paths, &rules.promotion_artifacts}) {
        for (const std::string& deny : *denied) {
          if (!PatternCovers(deny, allow)) continue;
          Add("allow-path-denied", pointer,
              StrCat("is denied as a whole by ", deny, "; remove one of the two"));
        }
      }
      const bool control = task::IsControlFile(Example(allow));
      if (control && HasWildcard(allow)) {
        Add("control-file-hidden", pointer,
            "means control files, which stay denied behind a wildcard; write the path itself");
      } else if (control) {
        Add("control-file-allowed", pointer,
            "decides what agents, CI or reviewers do next; keep it only if that is the purpose");
      }
    }
    const bool read_only =
        std::find(rules.deny_paths.begin(), rules.deny_paths.end(), "**") != rules.deny_paths.end();
    if (!read_only && (rules.max_file_bytes == 0 || rules.max_changed_files == 0)) {
      Add("limits-missing", "/guardrails",
          "bounds neither size nor number of changed files, or one only; set max_file_bytes and "
          "max_changed_files");
    }
  }

  bool HasRoles() const {
    return !profile_.deployment.roles.empty() || !profile_.deployment.environment_roles.empty();
  }

  void Identity() {
    const task::ProfileContract& contract = profile_.contract;
    if (profile_.risk_tier == "low" && (contract.pull_requests || HasRoles())) {
      Add("risk-understated", "/identity/risk_tier",
          "is low, but tasks may push or have roles; say medium or high");
    }
    const auto& tools = contract.tools;
    const auto has = [&](std::string_view tool) {
      return std::find(tools.begin(), tools.end(), tool) != tools.end();
    };
    if (has("kubectl") && !HasRoles()) {
      Add("kubectl-without-role", "/tools",
          "names kubectl, but cluster binds no role, so there is no token; bind one or remove it");
    }
    const std::string_view program = StrSplit(contract.check_command, ' ').front();
    if (!tools.empty() && !has(program)) {
      Add("check-tool-unlisted", "/instructions/check",
          StrCat("calls ", program, ", which is not among the tools; add it"));
    }
    if (HasRoles() && profile_.deployment.egress.empty()) {
      Add("roles-without-egress", "/deploy/egress/allow",
          "is empty, but roles are bound; add the Kubernetes API's address where it is private");
    }
  }

  void Clocks() {
    const task::ProfileContract& contract = profile_.contract;
    if (contract.timeouts.readiness + contract.timeouts.checkout < contract.default_ttl) return;
    Add("start-eats-ttl", "/ttl/default",
        "is no longer than readiness and checkout together; raise it, or shorten the two");
  }

  void Secrets() {
    if (!profile_.deployment.public_https) return;
    const auto& secrets = profile_.contract.secrets;
    for (size_t i = 0; i < secrets.size(); ++i) {
      for (const Phase phase : secrets[i].phases) {
        if (phase != Phase::kEdit && phase != Phase::kVerify) continue;
        Add("secret-beside-open-network", StrCat("/secrets/", i),
            "is seen by a command that may reach every public address; keep it short-lived and "
            "weak, or close egress.public_https");
        break;
      }
    }
  }

  void PullRequests() {
    const auto& secrets = profile_.contract.secrets;
    const auto pushes = [](const task::SecretGrant& grant) {
      return std::find(grant.phases.begin(), grant.phases.end(), Phase::kPr) != grant.phases.end();
    };
    if (!profile_.contract.pull_requests || std::any_of(secrets.begin(), secrets.end(), pushes)) {
      return;
    }
    Add("pull-request-without-secret", "/pull_request/enabled",
        "is true, but no secret has the phase pr, so a workspace opens none; grant one, or say "
        "false");
  }

  void Branch() {
    const std::string& prefix = profile_.contract.branch_prefix;
    constexpr std::string_view kPointer = "/pull_request/branch_prefix";
    if (prefix.empty() || prefix.ends_with('/')) return;
    LintFinding* finding =
        Add("branch-prefix-open", kPointer,
            StrCat("also covers names that merely begin like it; write ", prefix, "/"));
    const auto span = ScalarSpan(source_.yaml, document_, kPointer);
    if (!span) return;
    const size_t end = span->offset + span->length;
    const bool quoted = source_.yaml[end - 1] == '"' || source_.yaml[end - 1] == '\'';
    finding->edit = TextEdit{quoted ? end - 1 : end, 0, "/"};
  }

  void SchemaLine() {
    if (source_.yaml.find(kSchemaLine) != std::string::npos) return;
    LintFinding* finding =
        Add("schema-line-missing", "", "does not name its schema; begin with the line for editors");
    finding->place = {source_.file, 1, 1};
    finding->edit = TextEdit{0, 0, StrCat(kSchemaLine, "profile.schema.json\n")};
  }

  const task::Profile& profile_;
  const ProfileSource& source_;
  const task::YamlDocument& document_;
  LintFindings* findings_;
};

}  // namespace

void AdviseOnProfile(const task::Profile& profile, const ProfileSource& source,
                     const task::YamlDocument& document, LintFindings* findings) {
  Advice(profile, source, document, findings).Give();
}

}  // namespace ameide::generator
