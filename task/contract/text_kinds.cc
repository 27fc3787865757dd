#include "task/contract/text_kinds.h"

#include "base/files.h"
#include "base/strings.h"
#include "task/contract/executor_rules.h"
#include "task/contract/guardrails.h"
#include "task/contract/lint_ids.h"
#include "task/contract/profile_rules.h"
#include "task/contract/task_spec.h"

namespace ameide::task {
namespace {

constexpr std::string_view kLabelPattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$";
constexpr std::string_view kNamePattern =
    "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$";
constexpr std::string_view kImagePattern = "^[A-Za-z0-9._/:-]+@sha256:[0-9a-f]{64}$";

Flaw GlobRule(std::string_view pattern) {
  Flaw flaw = OneLineProblem(pattern);
  if (flaw.empty()) flaw = GlobProblem(pattern);
  return {std::move(flaw.message), lint::kPathPattern};
}

Flaw BranchPrefixRule(std::string_view prefix) {
  return prefix.empty() ? "must not be empty; agents own a part of the branch names, like agent/"
                        : RefProblem(StrCat(prefix, "x"));
}

Flaw FolderRule(std::string_view folder) {
  return IsSafeRelativePath(folder) ? "" : "must be a folder inside the repository";
}

// Rules that name no rule of lint.
template <std::string (*kRule)(std::string_view)>
Flaw Plain(std::string_view text) {
  return kRule(text);
}

}  // namespace

const TextKind kLine{"one line", "lines", "^[^\\n\\t]*[^\\s][^\\n\\t]*$", 0, OneLineProblem};
const TextKind kProfileName{"profile name", "profile names", "^[a-z0-9]+(-[a-z0-9]+)*$", 32,
                            TemplateNameProblem};
const TextKind kDnsLabel{"DNS label", "DNS labels", kLabelPattern, 63, DnsLabelProblem};
const TextKind kNamespace{"namespace", "namespaces", kLabelPattern, 63, NamespaceProblem};
const TextKind kServiceAccount{"ServiceAccount", "ServiceAccounts", kNamePattern, 253,
                               ServiceAccountProblem};
const TextKind kRole{"ClusterRole", "ClusterRoles", kNamePattern, 253, RoleProblem};
const TextKind kDnsName{"DNS name", "DNS names", kNamePattern, 253, DnsSubdomainProblem};
const TextKind kSecretKey{"key of a Secret", "keys of a Secret", "^[-._a-zA-Z0-9]+$", 253,
                          SecretKeyProblem};
const TextKind kVariable{"variable name", "variable names", "^[A-Za-z_][A-Za-z0-9_]*$", 128,
                         SecretVariableProblem};
const TextKind kRepository{"https URL without user name", "https URLs without user name",
                           "^https://[A-Za-z0-9._~:-]+/[A-Za-z0-9._~/:-]+$", 0,
                           PublicRepositoryProblem};
const TextKind kPathPattern{"path pattern", "path patterns", "^[^/!]", 0, GlobRule};
const TextKind kProgram{"program name", "program names", "^[^ /\\\\\\t\\n]+$", 0, ProgramProblem};
const TextKind kBranchPrefix{"start of a branch name", "starts of branch names", "^[^/]", 0,
                             BranchPrefixRule};
const TextKind kImage{"image pinned by `@sha256:`", "pinned images", kImagePattern, 0,
                      ImageProblem};
const TextKind kOwnImage{"image pinned by `@sha256:`", "pinned images", kImagePattern, 0,
                         OwnImageProblem};
const TextKind kFolder{"folder inside the repository", "folders", "^[^/]", 0, FolderRule};
const TextKind kLabelKey{"key of a label", "keys of labels", "^[A-Za-z0-9]", 317, LabelKeyProblem};
const TextKind kLabelValue{"value of a label", "values of labels", "^([A-Za-z0-9_.-]*)$", 63,
                           LabelValueProblem};
const TextKind kQuantity{"quantity", "quantities", "^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$",
                         0, QuantityProblem};
const TextKind kNetwork{"network", "networks", "^[0-9A-Fa-f.:]+/[0-9]{1,3}$", 0, EgressProblem};
const TextKind kToolName{"tool name", "tool names", "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*$", 64,
                         Plain<ToolNameProblem>};
const TextKind kMemberName{"name", "names", "^[a-z][a-z0-9_]*$", 64, Plain<MemberNameProblem>};
const TextKind kRegex{"RE2 pattern", "RE2 patterns", ".", 256, Plain<RegexProblem>};

}  // namespace ameide::task
