#include "provider/framework/type.h"

#include <stdexcept>
#include <utility>

#include "base/strings.h"

namespace ameide::framework {

struct Type::Parts {
  std::vector<Type> elements;  // one for list, set and map
  Attributes attributes;
  bool operator==(const Parts&) const = default;
};

Type::Type(Kind kind, Parts parts)
    : kind_(kind), parts_(std::make_shared<const Parts>(std::move(parts))) {}

Type Type::List(Type element) { return Type(Kind::kList, {{std::move(element)}, {}}); }
Type Type::Set(Type element) { return Type(Kind::kSet, {{std::move(element)}, {}}); }
Type Type::Map(Type element) { return Type(Kind::kMap, {{std::move(element)}, {}}); }
Type Type::Object(Attributes attributes) {
  return Type(Kind::kObject, {{}, std::move(attributes)});
}
Type Type::Tuple(std::vector<Type> elements) {
  return Type(Kind::kTuple, {std::move(elements), {}});
}

const Type::Parts& Type::parts(bool allowed) const {
  if (!allowed) throw std::logic_error("type " + ToString() + " has no such parts");
  return *parts_;
}

const Type& Type::element() const {
  return parts(kind_ == Kind::kList || kind_ == Kind::kSet || kind_ == Kind::kMap).elements[0];
}

const Type::Attributes& Type::attributes() const { return parts(is_object()).attributes; }

const std::vector<Type>& Type::elements() const { return parts(kind_ == Kind::kTuple).elements; }

bool Type::operator==(const Type& other) const {
  if (kind_ != other.kind_) return false;
  return parts_ == other.parts_ || (parts_ && other.parts_ && *parts_ == *other.parts_);
}

bool Type::ConformsTo(const Type& wanted) const {
  if (wanted.is_dynamic()) return true;
  if (kind_ != wanted.kind_) return false;
  if (parts_ == wanted.parts_) return true;
  const Parts& have = *parts_;
  const Parts& want = *wanted.parts_;
  if (have.elements.size() != want.elements.size()) return false;
  if (have.attributes.size() != want.attributes.size()) return false;
  for (size_t i = 0; i < have.elements.size(); ++i) {
    if (!have.elements[i].ConformsTo(want.elements[i])) return false;
  }
  for (const auto& [name, type] : have.attributes) {
    const auto found = want.attributes.find(name);
    if (found == want.attributes.end() || !type.ConformsTo(found->second)) return false;
  }
  return true;
}

std::string Type::ToString() const {
  std::vector<std::string> items;
  switch (kind_) {
    case Kind::kDynamic:
      return "dynamic";
    case Kind::kBool:
      return "bool";
    case Kind::kNumber:
      return "number";
    case Kind::kString:
      return "string";
    case Kind::kList:
      return StrCat("list(", element().ToString(), ")");
    case Kind::kSet:
      return StrCat("set(", element().ToString(), ")");
    case Kind::kMap:
      return StrCat("map(", element().ToString(), ")");
    case Kind::kTuple:
      for (const Type& type : elements()) items.push_back(type.ToString());
      return StrCat("tuple([", StrJoin(items, ", "), "])");
    case Kind::kObject:
      break;
  }
  for (const auto& [name, type] : attributes()) {
    items.push_back(StrCat(name, " = ", type.ToString()));
  }
  return StrCat("object({", StrJoin(items, ", "), "})");
}

}  // namespace ameide::framework
