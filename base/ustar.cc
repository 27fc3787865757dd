#include "base/ustar.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::ustar {
namespace {

constexpr uint64_t kMaxSize = (1ull << 33) - 1;  // eleven octal digits

std::string Octal(uint64_t value, size_t digits) {
  std::string text(digits, '0');
  for (size_t i = digits; i > 0 && value > 0; value >>= 3) {
    text[--i] = static_cast<char>('0' + (value & 7));
  }
  return text;
}

void Put(std::string* block, Field field, std::string_view bytes) {
  std::copy(bytes.begin(), bytes.end(), block->begin() + static_cast<std::ptrdiff_t>(field.at));
}

// A path of over 100 bytes is cut in two at a slash.
std::optional<std::pair<std::string_view, std::string_view>> Split(std::string_view path) {
  if (path.size() <= kName.size) return std::pair(std::string_view(), path);
  for (size_t at = path.find('/'); at != std::string_view::npos && at <= kPrefix.size;
       at = path.find('/', at + 1)) {
    if (path.size() - at - 1 <= kName.size && at + 1 < path.size()) {
      return std::pair(path.substr(0, at), path.substr(at + 1));
    }
  }
  return std::nullopt;
}

}  // namespace

std::string ChecksumOf(std::string block) {
  Put(&block, kChecksum, "        ");
  uint64_t sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  return StrCat(Octal(sum, 6), std::string_view("\0 ", 2));
}

Result<std::string> Header(const Member& member) {
  const auto cannot = [&](std::string cause) {
    return Error{ErrorKind::kInvalid, "pack", Quote(Truncate(member.path, 300)), std::move(cause),
                 ""};
  };
  const auto split = Split(member.path);
  if (!split) return cannot("its path is too long for a tar archive (about 255 bytes)");
  if (member.size > kMaxSize) return cannot("it is too large for a tar archive (8 GiB)");
  std::string block(kBlock, '\0');
  Put(&block, kPrefix, split->first);
  Put(&block, kName, split->second);
  Put(&block, kMode, "0000644");
  for (const Field field : {kUid, kGid, kMajor, kMinor}) Put(&block, field, "0000000");
  Put(&block, kSize, Octal(member.size, kSize.size - 1));
  Put(&block, kTime, Octal(0, kTime.size - 1));
  Put(&block, kType, "0");
  Put(&block, kMagic, kMagicText);
  Put(&block, kChecksum, ChecksumOf(block));
  return block;
}

std::string Padding(uint64_t size) { return std::string((kBlock - size % kBlock) % kBlock, '\0'); }

}  // namespace ameide::ustar
