// The types of Terraform's values ("cty"): what a schema promises about an attribute.
// Source: Terraform's object-wire-format document; docs/protocol.md rules V-1 to V-18.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ameide::framework {

// Immutable, compared by structure, cheap to copy (the parts of a composed type are shared, which
// nobody can see because nobody can change them). Thread-safe.
class Type {
 public:
  enum class Kind { kDynamic, kBool, kNumber, kString, kList, kSet, kMap, kObject, kTuple };
  using Attributes = std::map<std::string, Type, std::less<>>;

  Type() = default;  // dynamic: any type at all, decided by each value
  static Type Dynamic() { return Type(); }
  static Type Bool() { return Type(Kind::kBool); }
  static Type Number() { return Type(Kind::kNumber); }
  static Type String() { return Type(Kind::kString); }
  static Type List(Type element);
  static Type Set(Type element);
  static Type Map(Type element);
  static Type Object(Attributes attributes);
  static Type Tuple(std::vector<Type> elements);

  Kind kind() const { return kind_; }
  bool is_dynamic() const { return kind_ == Kind::kDynamic; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_primitive() const {
    return kind_ == Kind::kBool || kind_ == Kind::kNumber || kind_ == Kind::kString;
  }
  // Of a list, set or map. Asking another type is a bug and throws std::logic_error.
  const Type& element() const;
  // Of an object; throws for others.
  const Attributes& attributes() const;
  // Of a tuple; throws for others.
  const std::vector<Type>& elements() const;

  // True when a value of this type may stand where `wanted` is declared: equal, or `wanted` is
  // dynamic at the places where they differ. A dynamic (the type of an untyped null or unknown)
  // conforms to nothing but dynamic.
  bool ConformsTo(const Type& wanted) const;

  std::string ToString() const;  // "map(string)", "object({a = bool})"

  bool operator==(const Type& other) const;

 private:
  struct Parts;
  explicit Type(Kind kind) : kind_(kind) {}
  Type(Kind kind, Parts parts);
  const Parts& parts(bool allowed) const;

  Kind kind_ = Kind::kDynamic;
  std::shared_ptr<const Parts> parts_;
};

}  // namespace ameide::framework
