// Names that mean more than their bytes. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ameide::task {

// A component of a path as case-folding file systems see it: lower case, without the dots and
// spaces at its end that some of them drop.
std::string FoldedName(std::string_view component);

// ".git", and the short name that Windows gives it: Git reads its configuration and hooks there.
bool IsGitFolder(std::string_view component);

// A .gitmodules file, which says where submodules come from.
bool IsSubmoduleConfig(std::string_view path);

}  // namespace ameide::task
