#include "task/contract/task_spec.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr size_t kMaxUrl = 2048;
constexpr size_t kMaxRef = 255;
constexpr size_t kMaxTitle = 256;
constexpr size_t kMaxBody = 64u << 10;
constexpr size_t kMaxArguments = 4096;
constexpr size_t kMaxWord = 128u << 10;  // Linux takes no longer argument or NAME=value

bool IsOneOf(char c, std::initializer_list<std::string_view> sets) {
  return std::any_of(sets.begin(), sets.end(),
                     [c](std::string_view set) { return set.find(c) != std::string_view::npos; });
}

// Up to `max` characters of the sets, starting with one of `first`.
bool IsWord(std::string_view text, size_t max, std::initializer_list<std::string_view> first,
            std::initializer_list<std::string_view> rest) {
  return !text.empty() && text.size() <= max && IsOneOf(text.front(), first) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return IsOneOf(c, rest); });
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Of a path in a URL or on disk: an allowlist is matched by text, so one place has one spelling.
std::string PathProblem(std::string_view path) {
  for (const std::string_view step : StrSplit(path, '/')) {
    if (step == "." || step == "..") return "must not contain '.' or '..' steps; write them out";
  }
  return "";
}

// `authority` is what stands between "//" and the path.
std::string HostProblem(std::string_view authority, std::string_view scheme) {
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = authority.substr(0, at);
    if (scheme == "https" || user.find(':') != std::string_view::npos) {
      return "must not carry a user name or password; grant the credential through the profile";
    }
    if (!IsWord(user, 64, {kLower, kUpper, kDigits, "_"}, {kLower, kUpper, kDigits, "._-"})) {
      return "has a user name that is no plain word; use git@";
    }
    authority.remove_prefix(at + 1);
  }
  const size_t colon = authority.find(':');
  const std::string_view host = authority.substr(0, colon);
  if (!IsWord(host, 253, {kLower, kUpper, kDigits}, {kLower, kUpper, kDigits, ".-"})) {
    return "has no plain host name; write for example https://git.example.com/team/repo.git";
  }
  if (colon != std::string_view::npos &&
      !IsWord(authority.substr(colon + 1), 5, {kDigits}, {kDigits})) {
    return "has a port that is no number; write for example :8443";
  }
  return "";
}

std::string RemoteUrlProblem(std::string_view rest, std::string_view scheme) {
  const size_t slash = rest.find('/');
  std::string problem = HostProblem(rest.substr(0, slash), scheme);
  if (!problem.empty()) return problem;
  if (slash == std::string_view::npos || slash + 1 == rest.size()) {
    return "names no repository; add its path";
  }
  const std::string_view path = rest.substr(slash);
  const std::string lower = AsciiLower(path);
  if (path.find_first_of("?# \\") != std::string_view::npos ||
      lower.find("%2e") != std::string::npos || lower.find("%2f") != std::string::npos) {
    return "must be a plain path without '?', '#', spaces or encoded dots and slashes";
  }
  return PathProblem(path);
}

bool IsLoopback(std::string_view rest) {
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const std::string_view host = authority.substr(0, authority.rfind(':'));
  return host == "127.0.0.1" || host == "localhost";
}

}  // namespace

Millis PhaseTimeouts::Of(Phase phase) const {
  switch (phase) {
    case Phase::kCheckout:
      return checkout;
    case Phase::kEdit:
      return edit;
    case Phase::kVerify:
      return verify;
    case Phase::kPr:
      return pr;
  }
  return Millis(0);
}

std::string WorkIdProblem(std::string_view work_id) {
  if (work_id.empty()) return "must not be empty; give each piece of work a key of its own";
  if (IsWord(work_id, 128, {kLower, kUpper, kDigits}, {kLower, kUpper, kDigits, "._-"})) return "";
  return "must be 1 to 128 letters, digits, '.', '_' or '-', starting with a letter or digit";
}

std::string RunIdProblem(std::string_view run_id) {
  if (IsWord(run_id, 63, {kLower, kDigits}, {kLower, kDigits, "-"})) return "";
  return "must be 1 to 63 lower-case letters, digits or '-', starting with a letter or digit";
}

std::string ProfileNameProblem(std::string_view name) {
  if (name.empty()) return "must not be empty; name a profile such as \"code\"";
  if (IsWord(name, 63, {kLower, kDigits}, {kLower, kDigits, "-"}) && name.back() != '-') return "";
  return "must be 1 to 63 lower-case letters, digits or '-', with no '-' at either end";
}

std::string RepositoryUrlProblem(std::string_view url) {
  if (url.empty()) return "must not be empty; name the repository to check out";
  if (url.size() > kMaxUrl) return StrCat("must not be longer than ", kMaxUrl, " bytes");
  if (HasControl(url) || !IsValidUtf8(url)) return "must be printable text on one line";
  if (url.front() == '/') return PathProblem(url);
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos) {
    return "is neither a URL nor an absolute path; write https://…, ssh://git@host/path or /path";
  }
  const std::string_view scheme = url.substr(0, colon);
  const std::string_view rest = url.substr(colon + 3);
  if (scheme == "https" || scheme == "ssh") return RemoteUrlProblem(rest, scheme);
  // Unencrypted only where nobody else can listen.
  if (scheme == "http" && IsLoopback(rest)) return RemoteUrlProblem(rest, scheme);
  if (scheme != "file") {
    return StrCat("has the scheme \"", scheme, "\"; use https, ssh or file");
  }
  if (rest.empty() || rest.front() != '/') return "must be file:/// with an absolute path";
  return PathProblem(rest);
}

std::string RefProblem(std::string_view ref) {
  if (ref.empty()) return "";
  if (ref.size() > kMaxRef) return StrCat("must not be longer than ", kMaxRef, " bytes");
  if (ref.front() == '-') return "must not start with '-', which Git takes for an option";
  const bool bad_text = HasControl(ref) || !IsValidUtf8(ref) ||
                        ref.find_first_of(" ~^:?*[\\") != std::string_view::npos ||
                        ref.find("..") != std::string_view::npos ||
                        ref.find("@{") != std::string_view::npos || ref == "@";
  bool bad_step = ref.ends_with(".");
  for (const std::string_view step : StrSplit(ref, '/')) {
    bad_step = bad_step || step.empty() || step.front() == '.' || step.ends_with(".lock");
  }
  if (!bad_text && !bad_step) return "";
  return "is no name that Git accepts; use a branch, a tag, refs/… or a full commit id";
}

std::string CommandProblem(const std::vector<std::string>& command) {
  if (command.empty() || command.front().empty()) {
    return "must not be empty; name the program to run";
  }
  if (command.size() > kMaxArguments) {
    return StrCat("must not have more than ", kMaxArguments, " words; put them into a script");
  }
  for (const std::string& word : command) {
    if (word.find('\0') != std::string::npos) return "must not contain NUL bytes; remove them";
    if (word.size() >= kMaxWord) {
      return "has a word of 128 KiB or more, which Linux refuses; put it into a file";
    }
  }
  return "";
}

std::string EnvironmentNameProblem(std::string_view name) {
  constexpr std::string_view kReservedPrefixes[] = {"AMEIDE_", "CODER_", "GIT_", "LD_"};
  constexpr std::string_view kReserved[] = {"BASH_ENV", "GCONV_PATH", "GLIBC_TUNABLES"};
  if (!IsWord(name, 256, {kLower, kUpper, "_"}, {kLower, kUpper, kDigits, "_"})) {
    return "is no variable name; use letters, digits and '_', not starting with a digit";
  }
  for (const std::string_view prefix : kReservedPrefixes) {
    if (name.starts_with(prefix)) {
      return StrCat("is reserved, as is every name that starts with ", prefix, "; rename it");
    }
  }
  for (const std::string_view reserved : kReserved) {
    if (name == reserved) return "is reserved, since it changes what programs load; rename it";
  }
  return "";
}

std::string EnvironmentValueProblem(std::string_view value) {
  if (value.find('\0') != std::string_view::npos) return "must not contain NUL bytes; remove them";
  if (value.size() >= kMaxWord - 512) return "is too long for Linux; put it into a file";
  return "";
}

std::string BranchProblem(std::string_view branch) {
  if (branch.empty()) return "must not be empty; name a branch such as agent/my-change";
  if (branch.starts_with("refs/")) return "must be a branch's plain name; leave refs/heads/ out";
  if (branch == "HEAD") return "must not be HEAD, which is no branch; name one";
  return RefProblem(branch);
}

std::string PullRequestTitleProblem(std::string_view title) {
  if (StripWhitespace(title).empty()) return "must not be empty; say what the change does";
  if (title.size() > kMaxTitle) return StrCat("must not be longer than ", kMaxTitle, " bytes");
  if (HasControl(title) || !IsValidUtf8(title)) return "must be printable text on one line";
  return "";
}

std::string PullRequestBodyProblem(std::string_view body) {
  if (body.size() > kMaxBody) return StrCat("must not be longer than ", kMaxBody, " bytes");
  if (ToPrintable(body) != body) {
    return "must be printable text; remove control characters and carriage returns";
  }
  return "";
}

}  // namespace ameide::task
