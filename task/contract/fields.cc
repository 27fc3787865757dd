#include "task/contract/fields.h"

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "task/contract/json_reader.h"
#include "task/contract/profile_rules.h"

namespace ameide::task {
namespace {

// The key below `prefix`, or nothing when the field stands elsewhere or deeper.
std::string_view KeyBelow(const Field& field, std::string_view prefix) {
  const std::string_view path = field.path;
  if (!path.starts_with(prefix)) return {};
  const std::string_view key = path.substr(prefix.size());
  return key.find('/') == std::string_view::npos ? key : std::string_view();
}

Flaw TextProblem(const Field& field, std::string_view text) {
  if (field.words.empty()) return field.kind->rule(text);
  if (std::find(field.words.begin(), field.words.end(), text) != field.words.end()) return "";
  const std::vector<std::string> words(field.words.begin(), field.words.end());
  return StrCat("must be one of ", StrJoin(words, ", "));
}

std::string CountProblem(const Field& field, size_t count) {
  const auto items = static_cast<int64_t>(count);
  if (items < field.min) return "must not be empty; add at least one";
  if (field.max > 0 && items > field.max) {
    return StrCat("must have at most ", field.max, " items, not ", count);
  }
  return "";
}

void CheckTexts(const Field& field, std::string_view key, ObjectReader* reader) {
  std::vector<std::string> items;
  if (!reader->Read(key, &items)) return;
  reader->Problem(key, CountProblem(field, items.size()));
  std::set<std::string> seen;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string pointer = PointerStep(reader->PointerTo(key), std::to_string(i));
    Flaw flaw = TextProblem(field, items[i]);
    if (!flaw.empty()) AddProblem(pointer, std::move(flaw), reader->problems());
    if (!seen.insert(items[i]).second) {
      AddProblem(pointer, {"is in the list already; remove one", lint::kListRepeats},
                 reader->problems());
    }
  }
}

void CheckLabels(std::string_view key, ObjectReader* reader) {
  std::map<std::string, std::string> labels;
  if (!reader->Read(key, &labels)) return;
  for (const auto& [name, value] : labels) {
    Flaw flaw = LabelKeyProblem(name);
    if (flaw.empty()) flaw = LabelValueProblem(value);
    if (flaw.empty()) continue;
    AddProblem(PointerStep(reader->PointerTo(key), name), std::move(flaw), reader->problems());
  }
}

void CheckDuration(const Field& field, std::string_view key, ObjectReader* reader) {
  Millis value{0};
  if (!reader->Read(key, &value)) return;
  if (field.min <= 1) {
    reader->Problem(key, value.count() > 0 ? "" : "must be above zero");
  } else if (value.count() % 1000 != 0 || value.count() < field.min) {
    reader->Problem(
        key, StrCat("must be whole seconds and at least ", FormatDuration(Millis(field.min))));
  }
}

void CheckObjects(const Fields& fields, const Field& field, std::string_view key,
                  ObjectReader* reader) {
  size_t count = 0;
  reader->ReadEach(key, [&](const Json& item, const std::string& pointer) {
    CheckFields(fields, StrCat(field.path, "/*/"), item, pointer, reader->problems());
    ++count;
  });
  const Json* list = reader->Child(key);
  if (list->AsArray() != nullptr) reader->Problem(key, CountProblem(field, count));
}

void CheckField(const Fields& fields, const Field& field, std::string_view key,
                ObjectReader* reader) {
  std::string text;
  bool yes = false;
  int64_t number = 0;
  switch (field.shape) {
    case Shape::kObject:
      CheckFields(fields, StrCat(field.path, "/"), *reader->Child(key), reader->PointerTo(key),
                  reader->problems());
      return;
    case Shape::kObjects:
      CheckObjects(fields, field, key, reader);
      return;
    case Shape::kText:
      if (reader->Read(key, &text)) reader->Problem(key, TextProblem(field, text));
      return;
    case Shape::kTexts:
      CheckTexts(field, key, reader);
      return;
    case Shape::kLabels:
      CheckLabels(key, reader);
      return;
    case Shape::kBool:
      reader->Read(key, &yes);
      return;
    case Shape::kInteger:
      reader->ReadInt(key, field.min, field.max, &number);
      return;
    case Shape::kDuration:
      CheckDuration(field, key, reader);
      return;
  }
}

}  // namespace

void CheckFields(const Fields& fields, std::string_view prefix, const Json& json,
                 std::string_view pointer, Problems* problems) {
  ObjectReader reader(json, pointer, problems);
  if (json.AsObject() == nullptr) return;  // said already
  for (const Field& field : fields) {
    const std::string_view key = KeyBelow(field, prefix);
    if (key.empty()) continue;
    if (reader.Child(key) != nullptr) {
      CheckField(fields, field, key, &reader);
    } else if (field.required) {
      reader.Problem(key, {std::string(field.missing), field.missing_rule});
    }
  }
  for (const Json::Member& member : *json.AsObject()) {
    const std::string& key = member.first;
    const bool known = std::any_of(fields.begin(), fields.end(), [&](const Field& field) {
      return KeyBelow(field, prefix) == key;
    });
    Flaw refusal = known ? Flaw() : RefusedKeyProblem(key);
    if (refusal.empty()) continue;
    reader.Problem(key, std::move(refusal));
    reader.Child(key);  // so that it is not called unknown, too
  }
  reader.Finish();
}

std::string Values::Text(std::string_view key) const {
  const Json* value = Find(key);
  return value && value->AsString() ? *value->AsString() : std::string();
}

std::vector<std::string> Values::Texts(std::string_view key) const {
  std::vector<std::string> texts;
  const Json* value = Find(key);
  if (value == nullptr || value->AsArray() == nullptr) return texts;
  for (const Json& item : *value->AsArray()) {
    if (item.AsString() != nullptr) texts.push_back(*item.AsString());
  }
  return texts;
}

bool Values::Bool(std::string_view key, bool fallback) const {
  const Json* value = Find(key);
  return value && value->AsBool() ? *value->AsBool() : fallback;
}

int64_t Values::Int(std::string_view key, int64_t fallback) const {
  int64_t number = 0;
  const Json* value = Find(key);
  return value && value->GetInt64(&number) ? number : fallback;
}

Millis Values::Duration(std::string_view key) const {
  const Result<Millis> duration = ParseDuration(Text(key));
  return duration.ok() ? *duration : Millis(0);
}

const Json::Object& Values::Members(std::string_view key) const {
  static const Json::Object kNone;
  const Json* value = Find(key);
  return value && value->AsObject() ? *value->AsObject() : kNone;
}

std::vector<Values> Values::Each(std::string_view key) const {
  std::vector<Values> items;
  const Json* value = Find(key);
  if (value == nullptr || value->AsArray() == nullptr) return items;
  for (const Json& item : *value->AsArray()) items.emplace_back(&item);
  return items;
}

}  // namespace ameide::task
