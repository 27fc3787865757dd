// Answers in Coder's forms: JSON objects, the JSON error shape, and the HTML pages of path apps
// (facts 1 and 7.2). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acceptance/coder_simulator/rules.h"
#include "base/http/server.h"
#include "base/json.h"

namespace ameide::simulator {

http::Reply Answer(int status, const Json& body);
http::Reply Empty(int status);
http::Reply Problem(int status, std::string_view message, std::string_view detail = "",
                    const std::vector<Validation>& validations = {});
http::Reply NotFound();  // all are alike: absent and not visible
http::Reply Page(int status, std::string_view title, std::string_view text);

}  // namespace ameide::simulator
