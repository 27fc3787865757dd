// One value type for everything that crosses Terraform's protocol: configuration, plan, state.
//
// Every node is null, unknown or known, and knows its own type. Where a schema says dynamic, the
// node has the concrete type of what is there (dynamic remains only for an untyped null or
// unknown).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "provider/framework/number.h"
#include "provider/framework/path.h"
#include "provider/framework/type.h"

namespace ameide::framework {

// Immutable and thread-safe. Copies share the node: a plan compares and copies whole objects many
// times over, and sharing cannot be seen because nothing changes after construction.
//
// Equality: type and structure; numbers by their shortest decimal text, strings by bytes, sets
// without order. Two unknowns of one type are equal.
class Value {
 public:
  using Elements = std::vector<Value>;
  using Entries = std::map<std::string, Value, std::less<>>;

  Value() : Value(Null(Type::Dynamic())) {}
  static Value Null(Type type);
  static Value Unknown(Type type);
  static Value Bool(bool value);
  static Value Number(framework::Number value);
  static Value String(std::string value);
  // Every element must conform to `element`; anything else is a bug and throws std::logic_error.
  static Value List(const Type& element, Elements elements);
  static Value Set(const Type& element, Elements elements);  // sorts and drops duplicates
  static Value Map(const Type& element, Entries entries);
  static Value Tuple(Elements elements);
  static Value Object(Entries attributes);  // the type is what the attributes are
  // An object of `type` where attributes that are not named are null. Undeclared names and wrong
  // types throw std::logic_error.
  static Value Object(const Type& type, Entries attributes);

  const Type& type() const;
  bool IsNull() const;
  bool IsUnknown() const;
  bool IsKnown() const { return !IsNull() && !IsUnknown(); }  // this node; children may be unknown
  bool WhollyKnown() const;  // no unknown anywhere inside; null counts as known

  // kInvalid when the value is null, unknown or of another type, or (AsInt64) not a whole number
  // of 64 bits.
  Result<bool> AsBool() const;
  Result<std::string> AsString() const;
  Result<int64_t> AsInt64() const;
  Result<framework::Number> AsNumber() const;

  // The children of a known list, set or tuple; of a known map or object. Empty for all others, so
  // ask IsKnown() first where "none" and "not known" differ.
  const Elements& elements() const;
  const Entries& entries() const;

  // An attribute of an object: null when the object is null, unknown when it is unknown. Throws
  // std::logic_error for a name that the object's type does not have.
  Value Attribute(std::string_view name) const;
  // A copy of a known object with one attribute replaced; throws as Attribute does.
  Value WithAttribute(std::string_view name, Value value) const;

  // One line: {name = "x", n = 1, m = {"k" = unknown}, s = set["a"], v = null}. Distinct values of
  // one type have distinct texts. Shows secrets: for tests and for ordering sets only.
  std::string Dump() const;

  bool operator==(const Value& other) const;

 private:
  struct Node;
  explicit Value(Node node);
  Error Unexpected(std::string_view wanted) const;
  std::shared_ptr<const Node> node_;
};

// Paths of the unknown nodes, outermost only; a set counts as one node.
std::vector<Path> UnknownPaths(const Value& value);

// `value` with every unknown turned into null.
Value WithUnknownsNull(const Value& value);

}  // namespace ameide::framework
