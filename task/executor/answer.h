// What an executor answers, judged. It is another machine with other people's texts: nothing of it
// reaches the model or a terminal before control characters are gone. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/http/http.h"
#include "base/json.h"
#include "base/result.h"
#include "task/contract/executor.h"

namespace ameide::task {

inline constexpr size_t kMaxExecutorAnswer = 1u << 20;  // bytes

// How a call ended.
struct CallEnd {
  // kRefused: it never left. kUnknown: it left and may have been done.
  enum class Outcome { kDone, kRefused, kFailed, kUnknown, kCancelled };
  Outcome outcome = Outcome::kFailed;
  int status = 0;      // HTTP; 0 when there was no answer
  Json result;         // kDone: exactly the members that the contract names
  std::string reason;  // else, for the model
};
std::string_view ToString(CallEnd::Outcome outcome);  // "done", "refused", …

CallEnd ReadCallAnswer(const ExecutorTool& tool, const http::Response& response);
// No answer came: `error` says why.
CallEnd WithoutAnswer(const ExecutorTool& tool, const Error& error, std::string_view operation_id);

// An answer other than 2xx: the status and, if there is one, {"error": "…"} of its body. kConflict
// for 409, kNotFound for 404 and 410, kDenied for 401 and 403, kUnavailable else.
Error AnswerError(std::string operation, std::string target, const http::Response& response);

// Every text in it, also names of members, without control characters.
Json Neutral(const Json& json);

}  // namespace ameide::task
