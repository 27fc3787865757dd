// What is wrong with an input, all of it at once, each with the place in the document.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace ameide::task {

// What is wrong with one value, without its place. Empty when nothing is.
struct Flaw {
  Flaw() = default;
  Flaw(const char* text) : message(text) {}  // NOLINT: implicit, as most flaws need no rule
  Flaw(std::string text, std::string_view of_rule = {})  // NOLINT: likewise
      : message(std::move(text)), rule(of_rule) {}
  bool empty() const { return message.empty(); }

  std::string message;    // cause and next step, one sentence, no final full stop
  std::string_view rule;  // of lint_ids.h, else empty; static storage
};

struct Problem {
  std::string pointer;         // JSON pointer (RFC 6901) into the document, "" is the whole of it
  std::string message;         // cause and next step, one sentence, no final full stop
  std::string position;        // "profiles/code.yaml:12:3" where the source has lines; else empty
  std::string_view rule = {};  // of lint_ids.h in profiles, else mostly empty; static storage
  bool operator==(const Problem&) const = default;
};

using Problems = std::vector<Problem>;

// A value, or the reasons why there is none. `value` is set exactly when `problems` is empty.
template <class T>
struct Checked {
  std::optional<T> value;
  Problems problems;
  bool ok() const { return problems.empty(); }
};

// One kInvalid error that lists every problem ("/ttl: …; /command: …").
Error ToError(const Problems& problems, std::string operation, std::string target);

}  // namespace ameide::task
