// Rules on single texts of an executor contract, and the door to RE2. As profile_rules.h: empty
// when all is well. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ameide::task {

// "fo.session.open"; not a tool that would run any command.
std::string ToolNameProblem(std::string_view name);
// Arguments and results: "session_id".
std::string MemberNameProblem(std::string_view name);
std::string RegexProblem(std::string_view pattern);

// Whether the whole text matches. False for a pattern or a text that is no UTF-8.
bool MatchesRegex(std::string_view pattern, std::string_view text);

}  // namespace ameide::task
