#include "provider/framework/path.h"

#include <utility>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::framework {

Path Path::With(Step step) const {
  Path longer = *this;
  longer.steps_.push_back(std::move(step));
  return longer;
}

std::string Path::ToString() const {
  std::string text;
  for (const Step& step : steps_) {
    if (const auto* attribute = std::get_if<AttributeName>(&step)) {
      StrAppend(&text, text.empty() ? "" : ".", attribute->name);
    } else if (const auto* map = std::get_if<MapKey>(&step)) {
      StrAppend(&text, "[", Quote(map->key), "]");
    } else {
      StrAppend(&text, "[", std::get<ListIndex>(step).index, "]");
    }
  }
  return text;
}

}  // namespace ameide::framework
