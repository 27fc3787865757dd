#include "generator/render/yaml_print.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/strings.h"

namespace ameide::generator {
namespace {

// Letters first and nothing in it that YAML gives a meaning to.
bool IsPlain(std::string_view text) {
  constexpr std::string_view kWords[] = {"true", "false", "yes", "no",  "on",
                                         "off",  "y",     "n",   "null"};
  if (text.empty() || !IsAsciiLetter(text.front()) || text.back() == ' ') return false;
  const bool known = std::all_of(text.begin(), text.end(), [](char c) {
    return IsAsciiAlnum(c) || std::string_view(" _./-").find(c) != std::string_view::npos;
  });
  if (!known || text.size() > 5) return known;  // no word is longer
  const std::string lower = AsciiLower(text);
  return std::find(std::begin(kWords), std::end(kWords), lower) == std::end(kWords);
}

std::string Scalar(const Json& value) {
  const std::string* text = value.AsString();
  return text != nullptr && IsPlain(*text) ? *text : value.Dump();
}

bool IsLeaf(const Json& value) {
  const bool filled_array = value.AsArray() != nullptr && !value.AsArray()->empty();
  const bool filled_object = value.AsObject() != nullptr && !value.AsObject()->empty();
  return !filled_array && !filled_object;
}

// `first` stands before the first line instead of the indentation: "- " and what is around it.
void Append(const Json& value, size_t indent, std::string first, std::string* out) {
  const std::string margin(indent, ' ');
  if (first.empty()) first = margin;
  if (const Json::Array* items = value.AsArray()) {
    for (const Json& item : *items) {
      if (IsLeaf(item)) {
        StrAppend(out, first, "- ", Scalar(item), "\n");
      } else {
        Append(item, indent + 2, StrCat(first, "- "), out);
      }
      first = margin;
    }
    return;
  }
  for (const auto& [key, member] : *value.AsObject()) {
    StrAppend(out, first, IsPlain(key) ? key : Json(key).Dump(), ":");
    first = margin;
    if (IsLeaf(member)) {
      StrAppend(out, " ", Scalar(member), "\n");
    } else {
      *out += '\n';
      Append(member, indent + 2, "", out);
    }
  }
}

}  // namespace

std::string ToYaml(const Json& value) {
  if (IsLeaf(value)) return StrCat(Scalar(value), "\n");
  std::string out;
  Append(value, 0, "", &out);
  return out;
}

std::string ToYaml(const std::vector<Json>& documents) {
  std::string out;
  for (const Json& document : documents) {
    StrAppend(&out, out.empty() ? "" : "---\n", ToYaml(document));
  }
  return out;
}

}  // namespace ameide::generator
