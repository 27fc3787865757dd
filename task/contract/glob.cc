// The glob engine of guardrails.h. Two nested matchers of the same shape, one over the components
// of a path and one over the bytes of a component, each going back to its latest star only: an
// earlier star that took as little as possible never needs to take more. So no pattern is
// exponential.
#include "base/strings.h"
#include "task/contract/guardrails.h"

namespace ameide::task {
namespace {

// The end of the class that starts at `at` (behind its ']'), or npos when it is never closed. A ']'
// straight after the opening is a member, as in POSIX.
size_t ClassEnd(std::string_view pattern, size_t at) {
  size_t i = at + 1;
  if (i < pattern.size() && pattern[i] == '!') ++i;
  const size_t close = pattern.find(']', i + 1);
  return close == std::string_view::npos ? close : close + 1;
}

// Calls range(low, high) for every range of a class ("[!a-z_]" without its brackets and '!').
template <class Range>
void ForEachRange(std::string_view members, Range range) {
  for (size_t i = 0; i < members.size(); ++i) {
    const auto low = static_cast<unsigned char>(members[i]);
    if (i + 2 < members.size() && members[i + 1] == '-') {
      range(low, static_cast<unsigned char>(members[i + 2]));
      i += 2;
    } else {
      range(low, low);
    }
  }
}

struct Class {
  bool negated;
  std::string_view members;
};

Class ParseClass(std::string_view text) {  // with its brackets
  const bool negated = text.size() > 2 && text[1] == '!';
  const size_t skip = negated ? 2 : 1;
  return {negated, text.substr(skip, text.size() - skip - 1)};
}

// Matches one byte against the element of `pattern` at `at`; `*next` becomes the element behind it.
bool MatchesByte(std::string_view pattern, size_t at, char byte, size_t* next) {
  if (pattern[at] != '[') {
    *next = at + 1;
    return pattern[at] == '?' || pattern[at] == byte;
  }
  *next = ClassEnd(pattern, at);
  const Class parsed = ParseClass(pattern.substr(at, *next - at));
  const auto value = static_cast<unsigned char>(byte);
  bool found = false;
  ForEachRange(parsed.members, [&](unsigned char low, unsigned char high) {
    found = found || (value >= low && value <= high);
  });
  return found != parsed.negated;
}

bool MatchesComponent(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;  // where to go on when something does not match
  size_t star_text = 0;
  while (t < text.size() || p < pattern.size()) {
    size_t next = 0;
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
    } else if (p < pattern.size() && t < text.size() && MatchesByte(pattern, p, text[t], &next)) {
      p = next;
      ++t;
    } else if (star != std::string_view::npos && star_text < text.size()) {
      p = star;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return true;
}

bool MatchesComponents(const std::vector<std::string_view>& pattern,
                       const std::vector<std::string_view>& path) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t star_path = 0;
  while (t < path.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == "**") {
      star = ++p;
      star_path = t;
    } else if (p < pattern.size() && t < path.size() && MatchesComponent(pattern[p], path[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos && star_path < path.size()) {
      p = star;
      t = ++star_path;
    } else {
      return false;
    }
  }
  return true;
}

std::string ClassProblem(std::string_view text) {
  if (text.substr(0, 2) == "[^") return "'[^' is not used here; write '[!' to negate a class";
  std::string problem;
  ForEachRange(ParseClass(text).members, [&](unsigned char low, unsigned char high) {
    if (low > high) {
      problem = StrCat("the range in '", text, "' is empty; put the lower character first");
    }
  });
  return problem;
}

std::string ComponentProblem(std::string_view component) {
  if (component.empty()) return "two slashes in a row match no path; write one";
  if (component == "." || component == "..") {
    return StrCat("'", component, "' is in no repository path; write the path from the root");
  }
  if (component == "**") return "";
  for (size_t i = 0; i < component.size(); ++i) {
    switch (component[i]) {
      case '*':
        if (component.substr(i, 2) != "**") break;
        return "'**' must stand alone between slashes; write '*' for a part of one name";
      case '\\':
        return "'\\' is no separator and no escape; use '/' between folders and '[*]' for a star";
      case '{':
      case '}':
        return "braces are no alternatives here; write one pattern for each, or '[{]'";
      case '[': {
        const size_t end = ClassEnd(component, i);
        if (end == std::string_view::npos) {
          return "'[' is never closed within its folder; add ']', or write '[[]'";
        }
        const std::string problem = ClassProblem(component.substr(i, end - i));
        if (!problem.empty()) return problem;
        i = end - 1;
        break;
      }
      default:
        break;
    }
  }
  return "";
}

std::vector<std::string_view> PatternComponents(std::string_view pattern) {
  std::vector<std::string_view> components = StrSplit(pattern, '/');
  if (components.size() > 1 && components.back().empty()) components.back() = "**";
  return components;
}

}  // namespace

std::string GlobProblem(std::string_view pattern) {
  if (pattern.empty()) return "the pattern is empty; write '**' for every path";
  if (pattern.find('\0') != std::string_view::npos) return "a NUL byte is in no path; remove it";
  if (pattern.front() == '/') return "paths start at the repository's root; remove the first '/'";
  if (pattern.front() == '!') return "patterns cannot be negated; use the opposite list, or '[!]'";
  for (const std::string_view component : PatternComponents(pattern)) {
    std::string problem = ComponentProblem(component);
    if (!problem.empty()) return problem;
  }
  return "";
}

bool GlobMatches(std::string_view pattern, std::string_view path) {
  return GlobProblem(pattern).empty() &&
         MatchesComponents(PatternComponents(pattern), StrSplit(path, '/'));
}

}  // namespace ameide::task
