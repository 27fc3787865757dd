#include "task/contract/problem.h"

#include "base/strings.h"

namespace ameide::task {

Error ToError(const Problems& problems, std::string operation, std::string target) {
  std::vector<std::string> causes;
  for (const Problem& problem : problems) {
    std::string place = problem.position;
    if (!problem.pointer.empty()) StrAppend(&place, place.empty() ? "" : " ", problem.pointer);
    causes.push_back(StrCat(place, place.empty() ? "" : ": ", problem.message));
  }
  return Error{ErrorKind::kInvalid, std::move(operation), std::move(target), StrJoin(causes, "; "),
               ""};
}

}  // namespace ameide::task
