#include "provider/framework/checks.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/clock.h"
#include "base/strings.h"
#include "base/text.h"
#include "re2/re2.h"

namespace ameide::framework {
namespace {

constexpr std::string_view kGot = ", got: ";

void Fail(const Value& value, const Path& path, std::string_view message, Diagnostics& out) {
  const bool primitive = value.type().is_primitive();
  const std::string got = primitive ? StrCat(kGot, Truncate(value.Dump(), 120)) : std::string();
  out.AddError("Invalid value", StrCat("The value ", message, got, "."), path);
}

// A check of strings that says what was wrong, or nothing.
Check StringCheck(std::function<std::string(const std::string&)> problem) {
  return [problem = std::move(problem)](const Value& value, const Path& path, Diagnostics& out) {
    const auto text = value.AsString();
    if (!text.ok()) return Fail(value, path, "must be a string", out);
    const std::string message = problem(*text);
    if (!message.empty()) Fail(value, path, message, out);
  };
}

size_t LengthOf(const Value& value) {
  if (const auto text = value.AsString(); text.ok()) return text->size();
  return value.elements().size() + value.entries().size();
}

}  // namespace

std::string WithoutValue(std::string_view detail) {
  const size_t quote = detail.find(kGot);
  if (quote == detail.npos) return std::string(detail);
  return StrCat(detail.substr(0, quote), ". It is not shown because it is sensitive.");
}

Check OneOf(std::vector<std::string> allowed) {
  return StringCheck([allowed = std::move(allowed)](const std::string& text) -> std::string {
    if (std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return "";
    return StrCat("must be one of ", StrJoin(allowed, ", "));
  });
}

Check DurationBetween(std::string_view min, std::string_view max) {
  const auto low = ParseDuration(min);
  const auto high = ParseDuration(max);
  if (!low.ok() || !high.ok() || *low > *high) {
    throw std::logic_error("DurationBetween needs two durations in order");
  }
  return StringCheck([low = *low, high = *high](const std::string& text) -> std::string {
    const auto duration = ParseDuration(text);
    if (!duration.ok()) return "must be a duration such as \"90s\", \"30m\" or \"1h30m\"";
    if (*duration >= low && *duration <= high) return "";
    return StrCat("must be between ", FormatDuration(low), " and ", FormatDuration(high));
  });
}

Check NotEmpty() {
  return [](const Value& value, const Path& path, Diagnostics& out) {
    const auto text = value.AsString();
    const bool empty = text.ok() ? StripWhitespace(*text).empty() : LengthOf(value) == 0;
    if (empty) Fail(value, path, "must not be empty", out);
  };
}

Check MatchesRe2(std::string_view pattern, std::string message) {
  // Shared by the copies of the check; RE2 can be neither copied nor moved.
  const auto re =
      std::make_shared<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), RE2::Quiet);
  if (!re->ok()) throw std::logic_error("bad pattern: " + re->error());
  return StringCheck([re, message = std::move(message)](const std::string& text) {
    return RE2::FullMatch(text, *re) ? std::string() : message;
  });
}

Check IntBetween(int64_t min, int64_t max) {
  return [min, max](const Value& value, const Path& path, Diagnostics& out) {
    const auto number = value.AsInt64();
    if (number.ok() && *number >= min && *number <= max) return;
    Fail(value, path, StrCat("must be a whole number between ", min, " and ", max), out);
  };
}

Check LengthBetween(size_t min, size_t max) {
  return [min, max](const Value& value, const Path& path, Diagnostics& out) {
    const size_t length = LengthOf(value);
    if (length >= min && length <= max) return;
    const bool is_text = value.type().kind() == Type::Kind::kString;
    out.AddError("Invalid value",
                 StrCat("The value must have ", min, " to ", max, is_text ? " bytes" : " elements",
                        kGot, length, "."),
                 path);
  };
}

Check EachElement(Check check) {
  return [check = std::move(check)](const Value& value, const Path& path, Diagnostics& out) {
    const bool is_set = value.type().kind() == Type::Kind::kSet;
    for (size_t i = 0; i < value.elements().size(); ++i) {
      const Value& element = value.elements()[i];
      // Elements of a set have no path of their own (V-23).
      const Path at = is_set ? path : path.Index(static_cast<int64_t>(i));
      if (element.IsKnown()) check(element, at, out);
    }
    for (const auto& [key, element] : value.entries()) {
      if (element.IsKnown()) check(element, path.Key(key), out);
    }
  };
}

Check EachKey(Check check) {
  return [check = std::move(check)](const Value& value, const Path& path, Diagnostics& out) {
    for (const auto& [key, element] : value.entries()) {
      check(Value::String(key), path.Key(key), out);
    }
  };
}

Check EnvironmentName() {
  return MatchesRe2("[A-Za-z_][A-Za-z0-9_]*",
                    "must be an environment variable name (letters, digits and underscores, not "
                    "starting with a digit)");
}

}  // namespace ameide::framework
