// The meaning of our globs said as directly as possible, without any care for speed: what the
// engine is compared with. `pattern` must be a valid glob.
#pragma once

#include <string>
#include <string_view>

namespace ameide::task::testing {

inline bool NaiveComponent(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return NaiveComponent(pattern.substr(1), text) ||
           (!text.empty() && NaiveComponent(pattern, text.substr(1)));
  }
  if (text.empty()) return false;
  if (pattern[0] != '[') {
    return (pattern[0] == '?' || pattern[0] == text[0]) &&
           NaiveComponent(pattern.substr(1), text.substr(1));
  }
  size_t at = 1;
  const bool negated = pattern[at] == '!';
  if (negated) ++at;
  const size_t close = pattern.find(']', at + 1);
  const auto byte = static_cast<unsigned char>(text[0]);
  bool found = false;
  while (at < close) {
    const auto low = static_cast<unsigned char>(pattern[at]);
    const bool range = at + 2 < close && pattern[at + 1] == '-';
    const auto high = range ? static_cast<unsigned char>(pattern[at + 2]) : low;
    if (byte >= low && byte <= high) found = true;
    at += range ? 3 : 1;
  }
  return found != negated && NaiveComponent(pattern.substr(close + 1), text.substr(1));
}

// With a slash behind every component, so that `**` is "any number of whole components".
inline bool NaiveTail(std::string_view pattern, std::string_view path) {
  if (pattern.empty()) return path.empty();
  const std::string_view first = pattern.substr(0, pattern.find('/'));
  const std::string_view rest = pattern.substr(first.size() + 1);
  const std::string_view step = path.substr(0, path.find('/'));
  if (first == "**") {
    return NaiveTail(rest, path) ||
           (!path.empty() && NaiveTail(pattern, path.substr(step.size() + 1)));
  }
  return !path.empty() && NaiveComponent(first, step) &&
         NaiveTail(rest, path.substr(step.size() + 1));
}

inline bool NaiveGlob(std::string_view pattern, std::string_view path) {
  std::string whole(pattern);
  if (whole.back() == '/') whole += "**";
  return NaiveTail(whole + "/", std::string(path) + "/");
}

}  // namespace ameide::task::testing
