// Where in a value: the steps that lead from a resource's root to one attribute or element.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace ameide::framework {

// Immutable, ordered (for sorting `requires_replace`). The empty path means the whole object. An
// element of a set cannot be addressed: a path ends at the set.
class Path {
 public:
  struct AttributeName {
    std::string name;
    auto operator<=>(const AttributeName&) const = default;
  };
  struct MapKey {
    std::string key;
    auto operator<=>(const MapKey&) const = default;
  };
  struct ListIndex {
    int64_t index;
    auto operator<=>(const ListIndex&) const = default;
  };
  using Step = std::variant<AttributeName, MapKey, ListIndex>;

  Path() = default;
  explicit Path(std::string attribute) : steps_{AttributeName{std::move(attribute)}} {}
  Path Attribute(std::string name) const { return With(AttributeName{std::move(name)}); }
  Path Key(std::string key) const { return With(MapKey{std::move(key)}); }
  Path Index(int64_t index) const { return With(ListIndex{index}); }

  bool empty() const { return steps_.empty(); }
  const std::vector<Step>& steps() const { return steps_; }
  std::string ToString() const;  // repository.files[0].env["A"]

  auto operator<=>(const Path&) const = default;

 private:
  Path With(Step step) const;
  std::vector<Step> steps_;
};

}  // namespace ameide::framework
