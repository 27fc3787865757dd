// A tar archive in memory (POSIX ustar), as a template upload must be: plain files and folders with
// safe relative names. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ameide::simulator {

using TemplateFiles = std::map<std::string, std::string>;  // path → bytes

// kInvalid for anything truncated, damaged or with a name or link that leaves the archive; pax and
// GNU extensions are refused, because Coder asks for ustar.
Result<TemplateFiles> ReadTar(std::string_view bytes);

// The reverse, for tests: sorted, without times and owners. The names must fit (base/ustar.h).
std::string WriteTar(const TemplateFiles& files);

}  // namespace ameide::simulator
