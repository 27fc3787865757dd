// Headers of tar archives (POSIX.1-2017, pax, "ustar Interchange Format") in one canonical form, so
// that equal files give equal bytes: regular files of mode 0644, owner, group and time 0, no names
// of them. An archive is header, bytes and padding per member, then two blocks of zeros.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ameide::ustar {

inline constexpr size_t kBlock = 512;

// Where things are in a header.
struct Field {
  size_t at;
  size_t size;
};
inline constexpr Field kName{0, 100};
inline constexpr Field kMode{100, 8};
inline constexpr Field kUid{108, 8};
inline constexpr Field kGid{116, 8};
inline constexpr Field kSize{124, 12};
inline constexpr Field kTime{136, 12};
inline constexpr Field kChecksum{148, 8};
inline constexpr Field kType{156, 1};
inline constexpr Field kMagic{257, 8};
inline constexpr Field kMajor{329, 8};
inline constexpr Field kMinor{337, 8};
inline constexpr Field kPrefix{345, 155};
inline constexpr std::string_view kMagicText("ustar\00000", 8);

struct Member {
  std::string path;   // '/' between folders; at most 255 bytes, ustar has no room for more
  uint64_t size = 0;  // below 8 GiB
};

// One block; kInvalid for what ustar cannot express.
Result<std::string> Header(const Member& member);

// Zeros that fill the last block of a member of that size.
std::string Padding(uint64_t size);

// What the checksum field of a header of kBlock bytes must hold.
std::string ChecksumOf(std::string block);

}  // namespace ameide::ustar
