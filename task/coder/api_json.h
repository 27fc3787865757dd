// All decoding of what Coder answers, and nothing else. Pure.
//
// Unknown members and words never fail, a member of the wrong type counts as absent, lists are cut
// at a bound. An Error (kInvalid) means that what was asked for is not in the document at all: no
// JSON, no object, no id.
#pragma once

#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "task/coder/api.h"

namespace ameide::coder {

// Items of one list that are read; the rest is dropped.
inline constexpr size_t kMaxListItems = 100'000;

Result<BuildInfo> BuildInfoFrom(const Json& json);
Result<User> UserFrom(const Json& json);
Result<Organization> OrganizationFrom(const Json& json);
Result<Template> TemplateFrom(const Json& json);
Result<TemplateVersion> TemplateVersionFrom(const Json& json);
Result<RichParameter> RichParameterFrom(const Json& json);
Result<ExternalAuth> ExternalAuthFrom(const Json& json);
Result<Build> BuildFrom(const Json& json);
Result<Workspace> WorkspaceFrom(const Json& json);
Result<WorkspacePage> WorkspacePageFrom(const Json& json);
Result<LogLine> LogLineFrom(const Json& json);
// agent_script_timings of a build.
Result<std::vector<ScriptTiming>> ScriptTimingsFrom(const Json& json);
Result<Parameters> ParametersFrom(const Json& json);
Result<std::string> UploadedFileFrom(const Json& json);  // its id, which the API calls "hash"
// The workspace in a message of watch-ws; nothing when the message is of another type.
Result<std::optional<Workspace>> WatchEventFrom(const Json& json);
// Of any body: what is no such document gives an empty value.
ApiError ApiErrorFrom(std::string_view body);

// Every item that reads; those that do not are left out. kInvalid for what is no array.
template <class T>
Result<std::vector<T>> ListFrom(const Json& json, Result<T> (*each)(const Json&)) {
  const Json::Array* items = json.AsArray();
  if (items == nullptr) {
    return Error{ErrorKind::kInvalid, "read", "Coder's answer", "it is no array", ""};
  }
  std::vector<T> list;
  for (const Json& item : *items) {
    if (list.size() == kMaxListItems) break;
    if (Result<T> read = each(item); read.ok()) list.push_back(*std::move(read));
  }
  return list;
}

}  // namespace ameide::coder
