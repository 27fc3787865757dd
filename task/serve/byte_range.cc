#include "task/serve/byte_range.h"

#include <algorithm>
#include <charconv>

#include "base/files.h"
#include "base/http/http.h"
#include "base/strings.h"

namespace ameide::task {
namespace {

constexpr std::string_view kUnit = "bytes=";
constexpr std::string_view kEvidence = "/evidence/";

// Digits alone. A number that is too large is as good as the largest one.
std::optional<uint64_t> Number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return {};
  uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() ? number : UINT64_MAX;
}

}  // namespace

RangeAnswer ReadRange(std::string_view header, uint64_t size, uint64_t most) {
  header = StripWhitespace(header);
  if (!header.starts_with(kUnit)) return {};
  const std::string_view wanted = header.substr(kUnit.size());
  const size_t dash = wanted.find('-');
  if (dash == std::string_view::npos) return {};
  const std::optional<uint64_t> from = Number(wanted.substr(0, dash));
  const std::optional<uint64_t> to = Number(wanted.substr(dash + 1));
  const bool open = dash + 1 == wanted.size();
  if (dash == 0 ? !to : !from || !(to || open) || (to && *to < *from)) return {};
  const uint64_t first = dash == 0 ? size - std::min(size, *to) : *from;
  if (first >= size) return {RangeAnswer::Kind::kUnsatisfiable, {}};
  const uint64_t last = dash == 0 || open ? size - 1 : std::min(*to, size - 1);
  return {RangeAnswer::Kind::kPart, {first, std::min(last - first + 1, most)}};
}

std::string ContentRange(const std::optional<ByteRange>& range, uint64_t size) {
  if (!range) return StrCat("bytes */", size);
  return StrCat("bytes ", range->first, "-", range->first + range->length - 1, "/", size);
}

std::optional<std::string> EvidencePath(std::string_view target) {
  const std::string path = http::SplitTarget(target).path;
  if (!path.starts_with(kEvidence)) return {};
  std::string name = http::DecodeComponent(std::string_view(path).substr(kEvidence.size()));
  if (!IsSafeRelativePath(name)) return {};
  return name;
}

}  // namespace ameide::task
