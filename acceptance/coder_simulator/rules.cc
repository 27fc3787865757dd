#include "acceptance/coder_simulator/rules.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/ascii.h"
#include "base/strings.h"
#include "re2/re2.h"

namespace ameide::simulator {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kMaxTtl = 30LL * 24 * 60 * kMinute;
constexpr size_t kMaxName = 32;
constexpr size_t kMaxVersionName = 64;

bool IsJoined(std::string_view text, std::string_view joints) {
  bool after_plain = false;
  for (const char c : text) {
    if (!IsAsciiAlnum(c) && (!after_plain || joints.find(c) == std::string_view::npos))
      return false;
    after_plain = IsAsciiAlnum(c);
  }
  return after_plain;
}

bool IsWholeNumber(const std::string& text, int64_t* value) {
  char* end = nullptr;
  *value = std::strtoll(text.c_str(), &end, 10);
  return !text.empty() && *end == '\0';
}

std::string CheckValue(const RichParameter& parameter, const std::string& value) {
  if (!parameter.options.empty()) {
    const auto same = [&](const RichParameter::Option& option) { return option.value == value; };
    if (std::none_of(parameter.options.begin(), parameter.options.end(), same)) {
      return StrCat("value \"", value, "\" is not one of the options");
    }
  }
  if (!parameter.validation_regex.empty()) {
    const re2::RE2 regex(parameter.validation_regex, re2::RE2::Quiet);
    if (!regex.ok()) return "the template's regex is not RE2";
    if (!re2::RE2::PartialMatch(value, regex)) return parameter.validation_error;
  }
  if (parameter.type == "bool" && value != "true" && value != "false") return "not a boolean";
  if (parameter.type == "number") {
    int64_t number = 0;
    if (!IsWholeNumber(value, &number)) return StrCat("value \"", value, "\" is not a number");
    if ((parameter.validation_min && number < *parameter.validation_min) ||
        (parameter.validation_max && number > *parameter.validation_max)) {
      return StrCat("value ", number, " is out of bounds");
    }
  }
  if (parameter.type == "list(string)" && !ParseJson(value).ok()) return "not a list of strings";
  return "";
}

const std::string* TextMember(const Json& object, std::string_view name) {
  const Json* member = object.Find(name);
  return member == nullptr ? nullptr : member->AsString();
}

}  // namespace

bool IsName(std::string_view name) {
  return name.size() <= kMaxName && IsJoined(name, "-") && name != "new" && name != "create";
}

bool IsVersionName(std::string_view name) {
  return name.size() <= kMaxVersionName && IsJoined(name, "_.-");
}

std::map<std::string, std::string> CheckParameters(const std::vector<RichParameter>& parameters,
                                                   const Json* given,
                                                   std::vector<Validation>* problems) {
  std::map<std::string, std::string> values;
  const Json::Array none;
  const Json::Array* items = given == nullptr ? &none : given->AsArray();
  if (items == nullptr) {
    problems->push_back({"rich_parameter_values", "must be a list"});
    items = &none;
  }
  for (const Json& item : *items) {
    const std::string* name = TextMember(item, "name");
    const std::string* value = TextMember(item, "value");
    if (name == nullptr || value == nullptr) {
      problems->push_back({"rich_parameter_values", "name and value must be strings"});
      continue;
    }
    const auto same = [&](const RichParameter& parameter) { return parameter.name == *name; };
    if (std::none_of(parameters.begin(), parameters.end(), same)) {
      problems->push_back({*name, "this parameter is not one of the template's"});
    } else if (!values.emplace(*name, *value).second) {
      problems->push_back({*name, "this parameter is given twice"});
    }
  }
  for (const RichParameter& parameter : parameters) {
    const auto found = values.find(parameter.name);
    if (found == values.end() && parameter.required) {
      problems->push_back({parameter.name, "a value is required"});
      continue;
    }
    if (found == values.end()) values[parameter.name] = parameter.default_value;
    const std::string problem = CheckValue(parameter, values[parameter.name]);
    if (!problem.empty()) problems->push_back({parameter.name, problem});
  }
  return values;
}

int64_t CheckTtl(const Json* value, std::vector<Validation>* problems) {
  int64_t ttl = 0;
  if (value == nullptr || value->is_null()) return 0;
  if (!value->GetInt64(&ttl)) {
    problems->push_back({"ttl_ms", "must be a whole number"});
    return 0;
  }
  if (ttl == 0) return 0;
  if (ttl < kMinute || ttl > kMaxTtl) {
    problems->push_back({"ttl_ms", "time until shutdown must be from one minute to 30 days"});
    return 0;
  }
  return ttl / kMinute * kMinute;
}

}  // namespace ameide::simulator
