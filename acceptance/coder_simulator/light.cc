#include "acceptance/coder_simulator/light.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr std::string_view kFolder = "/evidence/";

struct Range {
  size_t first = 0, last = 0;
};

// "bytes=0-99" or "bytes=100-" (RFC 9110, 14.1.2); nothing for every other form.
std::optional<Range> RangeOf(const http::Headers& headers, size_t size) {
  const std::string text = http::FindHeader(headers, "Range").value_or("");
  constexpr std::string_view kUnit = "bytes=";
  if (!text.starts_with(kUnit)) return std::nullopt;
  Range range{0, size - 1};
  const char* end = text.data() + text.size();
  const auto [dash, problem] = std::from_chars(text.data() + kUnit.size(), end, range.first);
  if (problem != std::errc() || dash == end || *dash != '-') return std::nullopt;
  if (dash + 1 == end) return range;
  const auto [stop, problem_too] = std::from_chars(dash + 1, end, range.last);
  if (problem_too != std::errc() || stop != end) return std::nullopt;
  range.last = std::min(range.last, size - 1);
  return range;
}

}  // namespace

http::Response ServeEvidence(const EvidenceFiles& files, const std::string& path,
                             const http::Headers& headers) {
  http::Response answer{
      404,
      {{"Content-Type", "application/octet-stream"}, {"X-Content-Type-Options", "nosniff"}},
      ""};
  if (!path.starts_with(kFolder)) return answer;
  const auto file = files.find(http::DecodeComponent(path.substr(kFolder.size())));
  if (file == files.end()) return answer;
  const std::string& bytes = file->second;
  answer.status = 200;
  answer.body = bytes;
  const std::optional<Range> range = RangeOf(headers, bytes.size());
  if (!range) return answer;
  if (range->first >= bytes.size()) {
    answer.status = 416;
    answer.body.clear();
    answer.headers.emplace_back("Content-Range", StrCat("bytes */", bytes.size()));
    return answer;
  }
  answer.status = 206;
  answer.body = bytes.substr(range->first, range->last - range->first + 1);
  answer.headers.emplace_back("Content-Range",
                              StrCat("bytes ", range->first, "-", range->last, "/", bytes.size()));
  return answer;
}

}  // namespace ameide::simulator
