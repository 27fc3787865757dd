// What a profile asks for and does not get, each with the reason: the rules of profile_rules.h that
// are about rights and not about form.
#include <algorithm>
#include <iterator>

#include "base/ip_network.h"
#include "base/strings.h"
#include "task/contract/lint_ids.h"
#include "task/contract/profile_rules.h"

namespace ameide::task {
namespace {

struct Reason {
  std::string_view why;
  std::string_view rule;
};

struct Refusal {
  std::string_view word;  // lower case, without '_' and '-'
  Reason reason;
};

constexpr Reason kPrivilege = {"is refused; pods stay unprivileged, and no profile can change that",
                               lint::kAsksForPrivilege};
constexpr Reason kHostMount = {
    "is refused; a pod sees no folder of its node, and its own are set by the template",
    lint::kAsksForHostFolder};
constexpr Reason kTunnel = {
    "is refused; nothing tunnels into the cluster's network, and tun devices need privileges",
    lint::kAsksForTunnel};
constexpr Reason kToken = {
    "is refused; the ServiceAccount's token is mounted exactly when cluster names roles",
    lint::kAsksForToken};
constexpr Reason kValue = {
    "is refused; a profile names Secrets and never holds a value; use secrets",
    lint::kSecretInProfile};
constexpr Reason kBuild = {
    "is refused; a task's image is built from the profile's own settings and never pushed",
    lint::kAsksForUnsafeBuild};
constexpr Reason kPrebuild = {
    "is refused; a prebuilt workspace would run the task before anybody asked for it",
    lint::kAsksForPrebuild};

constexpr Refusal kKeys[] = {
    {"privileged", kPrivilege},
    {"allowprivilegeescalation", kPrivilege},
    {"capabilities", kPrivilege},
    {"capadd", kPrivilege},
    {"securitycontext", kPrivilege},
    {"runasuser", kPrivilege},
    {"runasroot", kPrivilege},
    {"runasnonroot", kPrivilege},
    {"sysctls", kPrivilege},
    {"hostnetwork", kPrivilege},
    {"hostpid", kPrivilege},
    {"hostipc", kPrivilege},
    {"hostport", kPrivilege},
    {"sudo", kPrivilege},
    {"hostpath", kHostMount},
    {"hostpaths", kHostMount},
    {"volume", kHostMount},
    {"volumes", kHostMount},
    {"mount", kHostMount},
    {"mounts", kHostMount},
    {"volumemounts", kHostMount},
    {"dockersocket", kHostMount},
    {"dockerindocker", kHostMount},
    {"docker", kHostMount},
    {"telepresence", kTunnel},
    {"tun", kTunnel},
    {"devnettun", kTunnel},
    {"netadmin", kTunnel},
    {"vpn", kTunnel},
    {"automounttoken", kToken},
    {"automountserviceaccounttoken", kToken},
    {"serviceaccounttoken", kToken},
    {"token", kValue},
    {"password", kValue},
    {"apikey", kValue},
    {"value", kValue},
    {"secretvalue", kValue},
    {"pushimage", kBuild},
    {"fallbackimage", kBuild},
    {"insecure", kBuild},
    {"prebuilds", kPrebuild},
    {"prebuilt", kPrebuild},
};

constexpr Refusal kPrograms[] = {
    {"docker", {"must not be docker; a workspace has no container daemon", lint::kToolRefused}},
    {"dockerd", {"must not be dockerd; a workspace has no container daemon", lint::kToolRefused}},
    {"podman", {"must not be podman; a workspace has no container daemon", lint::kToolRefused}},
    {"sudo", {"must not be sudo; pods stay unprivileged, so it cannot work", lint::kToolRefused}},
    {"su", {"must not be su; pods stay unprivileged, so it cannot work", lint::kToolRefused}},
    {"telepresence",
     {"must not be telepresence; nothing tunnels into the cluster's network", lint::kToolRefused}},
    {"openvpn",
     {"must not be openvpn; nothing tunnels into the cluster's network", lint::kToolRefused}},
};

Flaw WhyNot(const Refusal* begin, const Refusal* end, std::string_view word) {
  const Refusal* found =
      std::find_if(begin, end, [&](const Refusal& one) { return one.word == word; });
  if (found == end) return {};
  return {std::string(found->reason.why), found->reason.rule};
}

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

}  // namespace

Flaw RefusedKeyProblem(std::string_view key) {
  const std::string word = StrReplaceAll(StrReplaceAll(AsciiLower(key), "_", ""), "-", "");
  return WhyNot(std::begin(kKeys), std::end(kKeys), word);
}

Flaw ProgramProblem(std::string_view name) {
  const bool fine = !name.empty() && name.find_first_of(" /\\\t\n") == std::string_view::npos;
  if (!fine) return "must be a program's name without folders and arguments";
  return WhyNot(std::begin(kPrograms), std::end(kPrograms), AsciiLower(name));
}

Flaw TemplateNameProblem(std::string_view name) {
  const bool doubled = name.find("--") != std::string_view::npos;
  if (!DnsLabelProblem(name).empty() || name.size() > 32 || doubled) {
    return "must be 1 to 32 of a-z and 0-9, with single '-' between them";
  }
  if (name.ends_with("-human")) {
    return "must not end in -human; that is the template of a profile's human mode";
  }
  return "";
}

Flaw NamespaceProblem(std::string_view name) {
  if (name == "default" || name.starts_with("kube-")) {
    return {StrCat("must not be ", name, "; make a namespace for this profile alone"),
            lint::kNamespaceShared};
  }
  return DnsLabelProblem(name);
}

Flaw ServiceAccountProblem(std::string_view name) {
  if (name == "default") {
    return {"must not be default; what anybody binds to it every pod would have",
            lint::kIdentityShared};
  }
  return DnsSubdomainProblem(name);
}

Flaw RoleProblem(std::string_view role) {
  if (IsOneOf(role, {"cluster-admin", "admin", "edit"})) {
    return {StrCat("must not be ", role, "; bind a narrow role made for tasks"),
            lint::kRoleTooWide};
  }
  return DnsSubdomainProblem(role);
}

Flaw EgressProblem(std::string_view cidr) {
  Flaw flaw = CidrProblem(cidr);
  if (!flaw.empty()) return flaw;
  const IpNetwork network = *ParseIpNetwork(cidr);
  if (network.length == 0) {
    return {"must not be every address; for HTTPS to the outside set egress.public_https",
            lint::kEgressTooWide};
  }
  for (const char* link_local : {"169.254.0.0/16", "::ffff:169.254.0.0/112", "fe80::/10"}) {
    if (!Overlap(network, *ParseIpNetwork(link_local))) continue;
    return {"must not hold link-local addresses; the cloud's metadata service answers there",
            lint::kEgressTooWide};
  }
  return "";
}

}  // namespace ameide::task
