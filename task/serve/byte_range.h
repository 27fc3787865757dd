// What a request for evidence asks for. Pure; everything read here is foreign.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ameide::task {

// The bytes [first, first + length) of a file; never empty.
struct ByteRange {
  uint64_t first = 0;
  uint64_t length = 0;
  bool operator==(const ByteRange&) const = default;
};

struct RangeAnswer {
  enum class Kind {
    kWhole,          // no range, or one that RFC 9110 says to ignore
    kPart,           // `range`
    kUnsatisfiable,  // begins at or beyond the end
  };
  Kind kind = Kind::kWhole;
  ByteRange range;
  bool operator==(const RangeAnswer&) const = default;
};

// The header `Range` (RFC 9110 14.2) over a file of `size` bytes. One range of the unit bytes:
// "bytes=a-b", "bytes=a-", "bytes=-n"; several are ignored. A part is cut to `most` bytes, which
// the answer's Content-Range tells.
RangeAnswer ReadRange(std::string_view header, uint64_t size, uint64_t most);

// "bytes 0-4/10"; "bytes */10" for nothing of it.
std::string ContentRange(const std::optional<ByteRange>& range, uint64_t size);

// The path inside the evidence folder that a request's target names, decoded: "run.log" for
// "/evidence/run%2Elog?x". Nothing for another target, and for a path that could lead elsewhere.
std::optional<std::string> EvidencePath(std::string_view target);

}  // namespace ameide::task
