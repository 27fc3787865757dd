// Any bytes as string, key, heredoc line and comment: what is printed never lets them out of their
// quotes. An unescaped quote or template opener would show as a second attribute or block.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/strings.h"
#include "base/text.h"
#include "generator/hcl/body.h"
#include "generator/hcl/escape.h"

using namespace ameide;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// Walks the inside of a quoted string as a scanner would.
bool StaysInside(std::string_view quoted) {
  for (size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '"' || quoted[i] == '\n') return false;
    if (quoted[i] == '\\') {
      if (++i == quoted.size()) return false;
    } else if ((quoted[i] == '$' || quoted[i] == '%') && i + 1 < quoted.size()) {
      if (quoted[i + 1] == '{') return false;
      const bool doubled = quoted[i + 1] == quoted[i] && i + 2 < quoted.size();
      if (doubled && quoted[i + 2] == '{') i += 2;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string quoted = hcl::EscapeQuoted(text);
  Require(IsValidUtf8(quoted) && StaysInside(quoted));
  const std::string open = hcl::EscapeQuoted(text, /*before_interpolation=*/true);
  Require(StaysInside(open) && (open.empty() || (open.back() != '$' && open.back() != '%')));
  Require(StaysInside(hcl::EscapeKey(text)));

  hcl::Body body;
  body.Comment(text);
  body.Attribute("a", hcl::Object({{text, hcl::Heredoc({hcl::String(text), hcl::Ref("x.y")})}}));
  const std::string printed = hcl::Print(body);
  Require(IsValidUtf8(printed));
  for (const std::string_view line : StrSplit(printed, '\n')) {
    if (line.starts_with("a ")) return 0;
    Require(line.starts_with("#"));
  }
  std::abort();
}
