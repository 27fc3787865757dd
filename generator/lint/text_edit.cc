#include "generator/lint/text_edit.h"

#include <algorithm>
#include <charconv>

#include "base/strings.h"

namespace ameide::generator {
namespace {

size_t Number(std::string_view text) {
  size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string Unescaped(std::string_view step) {
  return StrReplaceAll(StrReplaceAll(step, "~1", "/"), "~0", "~");
}

size_t SkipBlanks(std::string_view text, size_t at) {
  return std::min(text.find_first_not_of(' ', at), text.size());
}

// Behind a quoted scalar that starts at `at`, or npos.
size_t QuotedEnd(std::string_view text, size_t at) {
  const char quote = text[at];
  for (size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 >= text.size() || text[i + 1] != quote) return i + 1;
      ++i;  // '' is a quote inside
    }
  }
  return std::string_view::npos;
}

// Behind "key:" when that is what stands at `at`; else `at`.
size_t BehindKey(std::string_view yaml, size_t at, std::string_view key) {
  size_t end = at;
  if (yaml[at] == '"' || yaml[at] == '\'') {
    end = QuotedEnd(yaml, at);
  } else if (yaml.substr(at).starts_with(key)) {
    end = at + key.size();
  } else {
    return at;
  }
  if (end == std::string_view::npos) return at;
  end = SkipBlanks(yaml, end);
  if (end >= yaml.size() || yaml[end] != ':') return at;
  return SkipBlanks(yaml, end + 1);
}

std::string PlainText(const Json& json) {
  if (const std::string* text = json.AsString()) return *text;
  return json.AsArray() || json.AsObject() || json.is_null() ? "" : json.Dump();
}

}  // namespace

std::string ApplyEdits(std::string_view text, std::vector<TextEdit> edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const TextEdit& a, const TextEdit& b) { return a.offset < b.offset; });
  std::string out;
  size_t at = 0;
  for (const TextEdit& edit : edits) {
    if (edit.offset < at || edit.offset + edit.length > text.size()) continue;
    StrAppend(&out, text.substr(at, edit.offset - at), edit.text);
    at = edit.offset + edit.length;
  }
  return out += text.substr(at);
}

Place PlaceOf(std::string_view position) {
  const size_t column = position.rfind(':');
  const size_t line = column == std::string_view::npos || column == 0
                          ? std::string_view::npos
                          : position.rfind(':', column - 1);
  if (line == std::string_view::npos) return {std::string(position), 1, 1};
  return {std::string(position.substr(0, line)),
          std::max<size_t>(Number(position.substr(line + 1, column - line - 1)), 1),
          std::max<size_t>(Number(position.substr(column + 1)), 1)};
}

std::optional<size_t> OffsetOf(std::string_view text, const Place& place) {
  size_t at = 0;
  for (size_t line = 1; line < place.line; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return std::nullopt;
    ++at;
  }
  at += place.column - 1;
  if (at >= text.size()) return std::nullopt;
  return at;
}

const Json* FindPointer(const Json& json, std::string_view pointer) {
  const Json* at = &json;
  if (pointer.empty()) return at;
  for (const std::string_view step : StrSplit(pointer.substr(1), '/')) {
    if (const Json::Array* items = at->AsArray()) {
      const size_t index = Number(step);
      at = index < items->size() ? &(*items)[index] : nullptr;
    } else {
      at = at->Find(Unescaped(step));
    }
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::optional<Span> ScalarSpan(std::string_view yaml, const task::YamlDocument& document,
                               std::string_view pointer) {
  const Json* value = FindPointer(document.value, pointer);
  const auto position = document.positions.find(pointer);
  if (value == nullptr || position == document.positions.end()) return std::nullopt;
  const std::optional<size_t> start =
      OffsetOf(yaml, {document.file, static_cast<size_t>(position->second.line),
                      static_cast<size_t>(position->second.column)});
  if (!start) return std::nullopt;
  const std::string key = Unescaped(pointer.substr(pointer.rfind('/') + 1));
  const size_t at = BehindKey(yaml, *start, key);
  if (at >= yaml.size()) return std::nullopt;
  if (yaml[at] == '"' || yaml[at] == '\'') {
    const size_t end = QuotedEnd(yaml, at);
    if (end == std::string_view::npos) return std::nullopt;
    return Span{at, end - at};
  }
  const std::string plain = PlainText(*value);
  if (plain.empty() || !yaml.substr(at).starts_with(plain)) return std::nullopt;
  return Span{at, plain.size()};
}

std::optional<Span> ItemSpan(std::string_view yaml, const task::YamlDocument& document,
                             std::string_view pointer) {
  if (pointer.ends_with("/0")) return std::nullopt;
  const std::optional<Span> item = ScalarSpan(yaml, document, pointer);
  if (!item) return std::nullopt;
  const size_t line = yaml.rfind('\n', item->offset) + 1;  // npos + 1 is 0
  const std::string_view before = yaml.substr(line, item->offset - line);
  const std::string_view mark = StripWhitespace(before);
  if (mark == "-") {
    const size_t end = std::min(yaml.find('\n', item->offset), yaml.size() - 1) + 1;
    return Span{line, end - line};
  }
  const size_t comma = yaml.substr(0, item->offset).find_last_not_of(" \n");
  if (comma == std::string_view::npos || yaml[comma] != ',') return std::nullopt;
  return Span{comma, item->offset + item->length - comma};
}

std::string YamlQuoted(std::string_view text) {
  return StrCat("\"", StrReplaceAll(StrReplaceAll(text, "\\", "\\\\"), "\"", "\\\""), "\"");
}

}  // namespace ameide::generator
