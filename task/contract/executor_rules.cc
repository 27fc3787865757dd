#include "task/contract/executor_rules.h"

#include <algorithm>
#include <iterator>

#include "base/strings.h"
#include "re2/re2.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxName = 64;
constexpr size_t kMaxPattern = 256;
// RE2's automaton for one pattern; a counted repetition can ask for much more.
constexpr int64_t kMaxRegexMemory = 1 << 20;

// The last step of a tool that would make all other tools pointless.
constexpr std::string_view kShellWords[] = {"cmd",  "command",    "eval",   "exec",
                                            "bash", "powershell", "script", "shell"};

RE2 Compile(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxRegexMemory);
  return RE2(re2::StringPiece(pattern.data(), pattern.size()), options);
}

bool IsMemberName(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && lower(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return lower(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::string MemberNameProblem(std::string_view name) {
  if (IsMemberName(name) && name.size() <= kMaxName) return "";
  return "must be 1 to 64 of a-z, 0-9 and '_', starting with a letter";
}

std::string ToolNameProblem(std::string_view name) {
  const std::vector<std::string_view> steps = StrSplit(name, '.');
  if (name.size() > kMaxName || !std::all_of(steps.begin(), steps.end(), IsMemberName)) {
    return "must be a tool's name, like fo.build: words of a-z, 0-9 and '_' with dots between";
  }
  for (const std::string_view word : StrSplit(steps.back(), '_')) {
    if (std::find(std::begin(kShellWords), std::end(kShellWords), word) == std::end(kShellWords)) {
      continue;
    }
    return "sounds like a tool that runs any command; an executor offers a closed list of actions";
  }
  return "";
}

std::string RegexProblem(std::string_view pattern) {
  if (pattern.empty() || pattern.size() > kMaxPattern) return "must have 1 to 256 bytes";
  const RE2 regex = Compile(pattern);
  if (regex.ok()) return "";
  return StrCat("is no RE2 pattern: ", regex.error(), "; correct it");
}

bool MatchesRegex(std::string_view pattern, std::string_view text) {
  const RE2 regex = Compile(pattern);
  return regex.ok() && RE2::FullMatch(re2::StringPiece(text.data(), text.size()), regex);
}

}  // namespace ameide::task
