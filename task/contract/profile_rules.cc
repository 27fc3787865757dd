#include "task/contract/profile_rules.h"

#include <algorithm>
#include <string_view>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/ip_network.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/lint_ids.h"

namespace ameide::task {
namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

bool In(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool AllOf(std::string_view text, bool (*holds)(char)) {
  return std::all_of(text.begin(), text.end(), holds);
}

bool IsDnsLabel(std::string_view text) {
  const auto edge = [](char c) { return In(c, kLower) || In(c, kDigits); };
  return !text.empty() && text.size() <= 63 && edge(text.front()) && edge(text.back()) &&
         AllOf(text, [](char c) { return In(c, kLower) || In(c, kDigits) || c == '-'; });
}

bool IsDnsSubdomain(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  const auto labels = StrSplit(text, '.');
  return std::all_of(labels.begin(), labels.end(), IsDnsLabel);
}

// Kubernetes' qualified name without its prefix, also the form of label values.
bool IsLabelName(std::string_view text) {
  return !text.empty() && text.size() <= 63 && IsAsciiAlnum(text.front()) &&
         IsAsciiAlnum(text.back()) &&
         AllOf(text, [](char c) { return IsAsciiAlnum(c) || In(c, "-_."); });
}

// envbuilder reads and then deletes these under their bare names (1.3.0); the last line is read by
// the builder's image library, the loader and the shell.
constexpr std::string_view kReservedVariables[] = {"SETUP_SCRIPT",
                                                   "INIT_SCRIPT",
                                                   "INIT_COMMAND",
                                                   "INIT_ARGS",
                                                   "CACHE_REPO",
                                                   "BASE_IMAGE_CACHE_DIR",
                                                   "LAYER_CACHE_DIR",
                                                   "DEVCONTAINER_DIR",
                                                   "DEVCONTAINER_JSON_PATH",
                                                   "DOCKERFILE_PATH",
                                                   "BUILD_CONTEXT_PATH",
                                                   "CACHE_TTL_DAYS",
                                                   "DOCKER_CONFIG_BASE64",
                                                   "FALLBACK_IMAGE",
                                                   "EXIT_ON_BUILD_FAILURE",
                                                   "EXIT_ON_PUSH_FAILURE",
                                                   "FORCE_SAFE",
                                                   "INSECURE",
                                                   "IGNORE_PATHS",
                                                   "BUILD_SECRETS",
                                                   "SKIP_REBUILD",
                                                   "WORKSPACE_BASE_DIR",
                                                   "WORKSPACE_FOLDER",
                                                   "SSL_CERT_BASE64",
                                                   "EXPORT_ENV_FILE",
                                                   "POST_START_SCRIPT_PATH",
                                                   "PUSH_IMAGE",
                                                   "GET_CACHED_IMAGE",
                                                   "BINARY_PATH",
                                                   "REMOTE_REPO_BUILD_MODE",
                                                   "VERBOSE",
                                                   "KANIKO_DIR",
                                                   "PATH",
                                                   "HOME",
                                                   "SHELL",
                                                   "USER",
                                                   "IFS",
                                                   "ENV",
                                                   "BASH_ENV",
                                                   "TMPDIR"};
// GIT_* also covers the builder's own git options.
constexpr std::string_view kReservedPrefixes[] = {"ENVBUILDER_", "CODER_", "AMEIDE_",
                                                  "GIT_",        "LD_",    "KUBERNETES_"};

}  // namespace

Flaw DnsLabelProblem(std::string_view name) {
  if (IsDnsLabel(name)) return "";
  return "must be 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit";
}

Flaw DnsSubdomainProblem(std::string_view name) {
  if (IsDnsSubdomain(name)) return "";
  return "must be a DNS name of a-z, 0-9, '-' and '.'; use the object's name as Kubernetes shows "
         "it";
}

Flaw SecretKeyProblem(std::string_view key) {
  const bool fine = !key.empty() && key.size() <= 253 &&
                    AllOf(key, [](char c) { return IsAsciiAlnum(c) || In(c, "-._"); });
  return fine ? "" : "must be the key inside the Secret, made of letters, digits, '-', '_' and '.'";
}

Flaw SecretVariableProblem(std::string_view name) {
  const bool identifier = !name.empty() && name.size() <= 128 && !In(name[0], kDigits) &&
                          AllOf(name, [](char c) { return IsAsciiAlnum(c) || c == '_'; });
  if (!identifier) return "must be an environment variable's name: letters, digits and '_'";
  for (const std::string_view prefix : kReservedPrefixes) {
    if (name.starts_with(prefix)) {
      return {StrCat("must not start with ", prefix, "; these names are reserved"),
              lint::kSecretVariableRefused};
    }
  }
  if (std::find(std::begin(kReservedVariables), std::end(kReservedVariables), name) !=
      std::end(kReservedVariables)) {
    return {StrCat("must not be ", name, ", which the workspace itself reads; choose another name"),
            lint::kSecretVariableRefused};
  }
  return "";
}

Flaw ImageProblem(std::string_view image) {
  constexpr std::string_view kMark = "@sha256:";
  const size_t at = image.find(kMark);
  if (at == std::string_view::npos || at == 0) {
    return {"must be pinned by digest (name@sha256:…); a tag can change under you",
            lint::kImageNotPinned};
  }
  const std::string_view digest = image.substr(at + kMark.size());
  if (!IsSha256Hex(digest)) {
    return {"must end in @sha256: and 64 lower-case hexadecimal digits", lint::kImageNotPinned};
  }
  if (digest.find_first_not_of(digest.front()) == std::string_view::npos) {
    return {"has a made-up digest; write the image's own", lint::kImageNotPinned};
  }
  if (!AllOf(image.substr(0, at), [](char c) { return IsAsciiAlnum(c) || In(c, "-._/:"); })) {
    return "must be a name of letters, digits and \"-._/:\" before the '@'";
  }
  return "";
}

bool IsPlaceholderImage(std::string_view image) {
  return image.ends_with(StrCat("@sha256:", std::string(64, '0')));
}

Flaw OwnImageProblem(std::string_view image) {
  if (!IsPlaceholderImage(image)) return ImageProblem(image);
  // Judged with any other digest.
  return ImageProblem(StrCat(image.substr(0, image.size() - 1), "1"));
}

Flaw QuantityProblem(std::string_view quantity) {
  constexpr std::string_view kSuffixes[] = {"", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti"};
  const size_t end = std::min(quantity.find_first_not_of("0123456789."), quantity.size());
  const std::string_view number = quantity.substr(0, end);
  const bool digits = !number.empty() && number.size() <= 15 && number.front() != '.' &&
                      number.back() != '.' && std::count(number.begin(), number.end(), '.') <= 1;
  const bool suffix = std::find(std::begin(kSuffixes), std::end(kSuffixes), quantity.substr(end)) !=
                      std::end(kSuffixes);
  if (!digits || !suffix) return "must be a Kubernetes quantity, for example \"2\" or \"8Gi\"";
  if (number.find_first_of("123456789") == std::string_view::npos) return "must be above zero";
  return "";
}

Flaw CidrProblem(std::string_view cidr) {
  const bool network = cidr.find('/') != std::string_view::npos && ParseIpNetwork(cidr);
  return network ? "" : "must be a network like 10.1.0.0/16 or fd00::/8";
}

Flaw LabelKeyProblem(std::string_view key) {
  const size_t slash = key.find('/');
  const bool prefix = slash == std::string_view::npos || IsDnsSubdomain(key.substr(0, slash));
  const std::string_view name = slash == std::string_view::npos ? key : key.substr(slash + 1);
  return prefix && IsLabelName(name) ? "" : "must be a label's key, like example.com/pool";
}

Flaw LabelValueProblem(std::string_view value) {
  if (value.empty() || IsLabelName(value)) return "";
  return "must be a label's value: at most 63 letters, digits, '-', '_' and '.'";
}

Flaw PublicRepositoryProblem(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return "must be an https:// URL; templates clone over HTTPS alone";
  const std::string_view rest = url.substr(kScheme.size());
  if (In('@', rest)) return "must not hold a user name or password; name a Secret instead";
  const size_t slash = rest.find('/');
  const bool fine = slash != std::string_view::npos && slash > 0 && slash + 1 < rest.size() &&
                    AllOf(rest, [](char c) { return IsAsciiAlnum(c) || In(c, "-._~/:"); });
  return fine ? "" : "must be the plain clone URL, like https://example.com/team/project.git";
}

Flaw OneLineProblem(std::string_view text) {
  if (StripWhitespace(text).empty()) return "must not be empty";
  const bool one_line = text.find_first_of("\n\t") == std::string_view::npos;
  return one_line && ToPrintable(text) == text ? "" : "must be one line of printable text";
}

}  // namespace ameide::task
