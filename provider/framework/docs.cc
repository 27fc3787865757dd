#include "provider/framework/docs.h"

#include <string_view>
#include <vector>

#include "base/strings.h"

namespace ameide::framework {
namespace {

std::string TypeWord(const Type& type) {
  switch (type.kind()) {
    case Type::Kind::kBool:
      return "Boolean";
    case Type::Kind::kNumber:
      return "Number";
    case Type::Kind::kString:
      return "String";
    case Type::Kind::kList:
      return "List of " + TypeWord(type.element());
    case Type::Kind::kSet:
      return "Set of " + TypeWord(type.element());
    case Type::Kind::kMap:
      return "Map of " + TypeWord(type.element());
    case Type::Kind::kObject:
      return "Object";
    case Type::Kind::kTuple:
      return "Tuple";
    case Type::Kind::kDynamic:
      break;
  }
  return "Dynamic";
}

std::string TypeWord(const Attribute& attribute) {
  if (!attribute.nested) return TypeWord(attribute.type);
  switch (attribute.nested->mode) {
    case Nesting::kList:
      return "Attributes List";
    case Nesting::kMap:
      return "Attributes Map";
    case Nesting::kSingle:
      break;
  }
  return "Attributes";
}

std::string Anchor(const Path& path) {
  return "nestedatt--" + StrReplaceAll(path.ToString(), ".", "--");
}

std::string Line(const Attribute& attribute, const Path& path) {
  std::vector<std::string> words = {TypeWord(attribute)};
  if (attribute.sensitive) words.emplace_back("Sensitive");
  if (attribute.write_only) words.emplace_back("Write-only");
  if (!attribute.deprecated_message.empty()) words.emplace_back("Deprecated");
  std::string line = StrCat("- `", attribute.name, "` (", StrJoin(words, ", "), ")");
  if (!attribute.description.empty()) StrAppend(&line, " ", attribute.description);
  if (!attribute.deprecated_message.empty()) {
    StrAppend(&line, " ", attribute.deprecated_message);
  }
  if (attribute.default_value) {
    StrAppend(&line, " Default: `", attribute.default_value->Dump(), "`.");
  }
  if (attribute.on_change == OnChange::kReplace) {
    StrAppend(&line, " Changing this makes a new object.");
  }
  if (attribute.nested) {
    StrAppend(&line, " (see [below for nested schema](#", Anchor(path), "))");
  }
  return line + "\n";
}

// One block of lists; the top level has headings, nested ones have plain labels.
void Lists(const std::vector<Attribute>& attributes, const Path& path, bool top, std::string* out) {
  const auto list = [&](std::string_view title, auto belongs) {
    std::string lines;
    for (const Attribute& attribute : attributes) {
      if (belongs(attribute)) lines += Line(attribute, path.Attribute(attribute.name));
    }
    if (lines.empty()) return;
    StrAppend(out, top ? "\n### " : "\n", title, top ? "" : ":", "\n\n", lines);
  };
  list("Required", [](const Attribute& a) { return a.required; });
  list("Optional", [](const Attribute& a) { return a.optional; });
  list("Read-Only", [](const Attribute& a) { return !a.required && !a.optional; });
}

void NestedSections(const std::vector<Attribute>& attributes, const Path& path, std::string* out) {
  for (const Attribute& attribute : attributes) {
    if (!attribute.nested) continue;
    const Path at = path.Attribute(attribute.name);
    StrAppend(out, "\n<a id=\"", Anchor(at), "\"></a>\n### Nested Schema for `", at.ToString(),
              "`\n");
    Lists(attribute.nested->attributes, at, false, out);
    NestedSections(attribute.nested->attributes, at, out);
  }
}

}  // namespace

std::string SchemaMarkdown(const Schema& schema) {
  std::string out = "## Schema\n";
  Lists(schema.attributes, Path(), true, &out);
  NestedSections(schema.attributes, Path(), &out);
  return out;
}

}  // namespace ameide::framework
