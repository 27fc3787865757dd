#include "task/contract/json_reader.h"

#include <algorithm>

#include "base/text.h"
#include "task/contract/guardrails.h"
#include "task/contract/lint_ids.h"

namespace ameide::task {
namespace {

constexpr size_t kQuotedBytes = 80;

std::string Quoted(std::string_view text) {
  return StrCat("\"", Truncate(ToOneLine(text), kQuotedBytes), "\"");
}

bool HasType(const Json& json, std::string_view type) {
  // "a string" and "an array" are how people read the type; the last word is its name.
  return type.substr(type.rfind(' ') + 1) == json.TypeName();
}

Flaw WrongType(const Json& json, std::string_view type) {
  return {StrCat("must be ", type, ", not ", json.is_null() ? "null" : "a JSON ",
                 json.is_null() ? "" : json.TypeName()),
          lint::kWrongType};
}

}  // namespace

void AddProblem(std::string pointer, Flaw flaw, Problems* problems) {
  if (problems->size() >= kMaxProblems) return;
  problems->push_back({.pointer = std::move(pointer),
                       .message = std::move(flaw.message),
                       .position = "",
                       .rule = flaw.rule});
}

ObjectReader::ObjectReader(const Json& json, std::string_view pointer, Problems* problems)
    : json_(json), pointer_(pointer), problems_(problems) {
  if (json.AsObject() == nullptr) AddProblem(pointer_, WrongType(json, "an object"), problems_);
}

void ObjectReader::Require(std::initializer_list<std::string_view> keys) {
  if (json_.AsObject() == nullptr) return;  // said already
  for (const std::string_view key : keys) {
    if (Child(key) == nullptr) Problem(key, {"is missing; add it", lint::kKeyMissing});
  }
}

const Json* ObjectReader::Child(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return json_.Find(key);
}

const Json* ObjectReader::Member(std::string_view key, std::string_view type) {
  const Json* member = Child(key);
  if (member == nullptr || HasType(*member, type)) return member;
  Problem(key, WrongType(*member, type));
  return nullptr;
}

void ObjectReader::Problem(std::string_view key, Flaw flaw) {
  if (!flaw.empty()) AddProblem(PointerTo(key), std::move(flaw), problems_);
}

bool ObjectReader::Read(std::string_view key, std::string* out) {
  const Json* member = Member(key, "a string");
  if (member != nullptr) *out = *member->AsString();
  return member != nullptr;
}

bool ObjectReader::Read(std::string_view key, bool* out) {
  const Json* member = Member(key, "a boolean");
  if (member != nullptr) *out = *member->AsBool();
  return member != nullptr;
}

bool ObjectReader::Read(std::string_view key, std::vector<std::string>* out) {
  if (Member(key, "an array") == nullptr) return false;
  std::vector<std::string> items;
  bool good = true;
  ReadEach(key, [&](const Json& item, const std::string& pointer) {
    if (const std::string* text = item.AsString()) {
      items.push_back(*text);
    } else {
      good = false;
      AddProblem(pointer, WrongType(item, "a string"), problems_);
    }
  });
  if (good) *out = std::move(items);
  return good;
}

bool ObjectReader::Read(std::string_view key, std::map<std::string, std::string>* out) {
  const Json* member = Member(key, "an object");
  if (member == nullptr) return false;
  std::map<std::string, std::string> items;
  bool good = true;
  for (const auto& [name, value] : *member->AsObject()) {
    if (const std::string* text = value.AsString()) {
      items[name] = *text;
    } else {
      good = false;
      AddProblem(PointerStep(PointerTo(key), name), WrongType(value, "a string"), problems_);
    }
  }
  if (good) *out = std::move(items);
  return good;
}

bool ObjectReader::Read(std::string_view key, Millis* out) {
  std::string text;
  if (!Read(key, &text)) return false;
  const Result<Millis> duration = ParseDuration(text);
  if (duration.ok()) {
    *out = *duration;
  } else {
    const Error& error = duration.error();
    Problem(key, StrCat("is ", Quoted(text), ": ", error.cause, "; ", error.hint));
  }
  return duration.ok();
}

bool ObjectReader::Read(std::string_view key, WallTime* out) {
  std::string text;
  if (!Read(key, &text)) return false;
  const Result<WallTime> time = ParseTime(text);
  if (time.ok()) {
    *out = std::chrono::floor<std::chrono::microseconds>(*time);  // all that FormatTime keeps
  } else {
    Problem(key, StrCat("is ", Quoted(text), ", which is no time; ", time.error().hint));
  }
  return time.ok();
}

std::optional<int64_t> ObjectReader::Integer(std::string_view key, int64_t min, int64_t max) {
  const Json* member = Member(key, "a number");
  if (member == nullptr) return std::nullopt;
  int64_t value = 0;
  if (member->GetInt64(&value) && value >= min && value <= max) return value;
  const std::string allowed =
      min == max ? std::to_string(min) : StrCat("a whole number from ", min, " to ", max);
  Problem(key,
          StrCat("must be ", allowed, ", not ", Truncate(member->AsNumber()->text, kQuotedBytes)));
  return std::nullopt;
}

void ObjectReader::UnknownWord(std::string_view key, std::string_view text,
                               const std::vector<std::string_view>& allowed) {
  std::vector<std::string> quoted;
  for (const std::string_view word : allowed) quoted.push_back(Quoted(word));
  Problem(key,
          StrCat("is ", Quoted(text), ", which is unknown; use one of ", StrJoin(quoted, ", ")));
}

std::string TextAt(const Json& json, std::initializer_list<std::string_view> keys) {
  const Json* at = &json;
  for (const std::string_view key : keys) at = at == nullptr ? nullptr : at->Find(key);
  return at == nullptr || at->AsString() == nullptr ? "" : *at->AsString();
}

void ReadGlobs(ObjectReader* reader, std::string_view key, std::vector<std::string>* out) {
  if (!reader->Read(key, out)) return;
  for (size_t i = 0; i < out->size(); ++i) {
    const std::string problem = GlobProblem((*out)[i]);
    if (problem.empty()) continue;
    AddProblem(PointerStep(reader->PointerTo(key), std::to_string(i)),
               StrCat("is no path pattern: ", problem), reader->problems());
  }
}

void ObjectReader::Finish() {
  const Json::Object* object = json_.AsObject();
  if (object == nullptr) return;
  for (const auto& [key, value] : *object) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    Problem(key, {StrCat("is unknown here; remove it or use one of ", StrJoin(known_, ", ")),
                  lint::kKeyUnknown});
  }
}

}  // namespace ameide::task
