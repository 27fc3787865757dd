// The private templates of CoderClient and the paths of the API; for client*.cc only.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "task/coder/api_json.h"
#include "task/coder/client.h"

namespace ameide::coder {

// "/api/v2/<words…>", each word encoded.
template <class... Words>
std::string ApiPath(const Words&... words) {
  std::string path = "/api/v2";
  for (const std::string& word : {std::string(words)...}) {
    StrAppend(&path, "/", http::EncodeComponent(word));
  }
  return path;
}

template <class T>
Result<std::optional<T>> CoderClient::AskForMaybe(std::stop_token stop, const Call& call,
                                                  Result<T> (*from)(const Json&)) {
  AMEIDE_ASSIGN_OR_RETURN(const std::optional<Json> json, AskMaybe(stop, call));
  if (!json) return std::optional<T>();
  AMEIDE_ASSIGN_OR_RETURN(T value, from(*json));
  return std::optional<T>(std::move(value));
}

template <class T>
Result<std::vector<T>> CoderClient::AskForList(std::stop_token stop, const Call& call,
                                               Result<T> (*from)(const Json&)) {
  AMEIDE_ASSIGN_OR_RETURN(const Json json, Ask(stop, call));
  return ListFrom(json, from);
}

}  // namespace ameide::coder
