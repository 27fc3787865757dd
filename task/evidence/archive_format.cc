// The bytes of an archive: POSIX.1-2017, pax, "ustar Interchange Format".
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/strings.h"
#include "base/text.h"
#include "task/evidence/archive.h"
#include "task/evidence/tree.h"

namespace ameide::task {
namespace {

Error Bad(std::string_view member, std::string cause) {
  return Error{ErrorKind::kInvalid, "read archive member", Quote(Truncate(member, 300)),
               std::move(cause), "do not trust this archive"};
}

// The bytes before the first NUL, if nothing but NULs is behind it.
std::optional<std::string_view> TextOf(std::string_view block, ustar::Field field) {
  const std::string_view whole = block.substr(field.at, field.size);
  const size_t end = std::min(whole.find('\0'), whole.size());
  if (whole.find_first_not_of('\0', end) != std::string_view::npos) return std::nullopt;
  return whole.substr(0, end);
}

std::string_view KindOf(char type) {
  switch (type) {
    case '1':
      return "it is a hard link";
    case '2':
      return "it is a symbolic link";
    case '3':
    case '4':
      return "it is a device";
    case '5':
      return "it is a folder, and folders have no members of their own";
    case '6':
      return "it is a pipe";
    case 'x':
    case 'g':
      return "it is a pax extension";
    case 'L':
    case 'K':
      return "it is a GNU extension for long names";
    case 'S':
      return "it is a sparse file";
    default:
      return "it is of an unknown type";
  }
}

std::string PathProblem(std::string_view path) {
  if (path.empty()) return "it has no name";
  if (path.starts_with('/')) return "its path is absolute";
  if (tree::IsBundlePath(path)) return "";
  const std::string around = StrCat("/", path, "/");
  if (around.find("/../") != std::string::npos) return "its path leads out of the folder";
  return "its path is not a plain, printable, relative one";
}

Result<ArchiveMember> MemberOf(std::string_view block) {
  const std::optional<std::string_view> prefix = TextOf(block, ustar::kPrefix);
  const std::optional<std::string_view> name = TextOf(block, ustar::kName);
  // What of a name can be shown even when it is a wrong one.
  const std::string_view shown = block.substr(ustar::kName.at, ustar::kName.size);
  if (block.substr(ustar::kChecksum.at, ustar::kChecksum.size) !=
      ustar::ChecksumOf(std::string(block))) {
    return Bad(shown.substr(0, shown.find('\0')),
               "its header's checksum is wrong: it is damaged, or this is no tar archive");
  }
  if (!prefix || !name) return Bad(shown, "its name goes on behind a NUL");
  ArchiveMember member;
  member.path = prefix->empty() ? std::string(*name) : StrCat(*prefix, "/", *name);
  if (block[ustar::kType.at] != '0')
    return Bad(member.path, std::string(KindOf(block[ustar::kType.at])));
  if (block.substr(ustar::kMagic.at, ustar::kMagic.size) != ustar::kMagicText)
    return Bad(member.path, "it is no ustar");
  if (std::string why = PathProblem(member.path); !why.empty()) return Bad(member.path, why);
  const std::string_view size = block.substr(ustar::kSize.at, ustar::kSize.size);
  if (size.find_first_not_of("01234567") != ustar::kSize.size - 1 || size.back() != '\0') {
    return Bad(member.path, "its size is not of eleven octal digits");
  }
  for (const char digit : size.substr(0, ustar::kSize.size - 1)) {
    member.size = member.size * 8 + static_cast<uint64_t>(digit - '0');
  }
  const Result<std::string> canonical = ustar::Header(member);
  if (!canonical.ok() || *canonical != block) {
    return Bad(member.path, "its header has a mode, an owner, a time or a form that is not ours");
  }
  return member;
}

class Reader {
 public:
  Reader(uint64_t total, const ArchiveSource& source, const BundleLimits& limits,
         const ArchiveSink& sink)
      : left_(total), source_(source), limits_(limits), sink_(sink) {}

  Status Run() {
    const std::string zeros(ustar::kBlock, '\0');
    while (true) {
      AMEIDE_ASSIGN_OR_RETURN(const std::string block, Block());
      if (block == zeros) break;
      AMEIDE_ASSIGN_OR_RETURN(const ArchiveMember member, MemberOf(block));
      AMEIDE_RETURN_IF_ERROR(Admit(member));
      AMEIDE_RETURN_IF_ERROR(sink_.begin(member));
      AMEIDE_RETURN_IF_ERROR(Copy(member));
    }
    AMEIDE_ASSIGN_OR_RETURN(const std::string last, Block());
    if (last != zeros) return Bad("", "only one block of zeros ends the archive");
    if (left_ > 0) return Bad("", StrCat(left_, " bytes lie behind the archive's end"));
    return Ok{};
  }

 private:
  // Exactly so many bytes.
  Status Take(char* data, size_t bytes, std::string_view member) {
    AMEIDE_ASSIGN_OR_RETURN(const size_t got, source_(data, bytes));
    if (got != bytes || bytes > left_) return Bad(member, "the archive is cut off here");
    left_ -= bytes;
    return Ok{};
  }

  Result<std::string> Block() {
    std::string block(ustar::kBlock, '\0');
    AMEIDE_RETURN_IF_ERROR(Take(block.data(), block.size(), last_));
    return block;
  }

  // Before anything of it is written: names that collide, and sizes that nobody should believe.
  Status Admit(const ArchiveMember& member) {
    const std::string& path = member.path;
    if (seen_.contains(path)) return Bad(path, "it is there twice");
    if (path < last_) return Bad(path, StrCat("it is not sorted: it comes after ", Quote(last_)));
    for (size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
      if (seen_.contains(path.substr(0, at))) {
        return Bad(path, StrCat(Quote(path.substr(0, at)), " is a file, not a folder"));
      }
    }
    if (seen_.size() > limits_.files) {
      return Bad(path, StrCat("there are more than ", limits_.files + 1, " members"));
    }
    const uint64_t most = path == kManifestFile ? kMaxManifestBytes : limits_.LimitOf(path);
    const uint64_t room = limits_.total_bytes + kMaxManifestBytes;
    if (member.size > most || member.size > room - unpacked_) {
      return Bad(path, StrCat("its ", member.size, " bytes are over the limit"));
    }
    if (member.size > left_) return Bad(path, "the archive is cut off here");
    unpacked_ += member.size;
    seen_.insert(path);
    last_ = path;
    return Ok{};
  }

  Status Copy(const ArchiveMember& member) {
    std::array<char, 64 * 1024> piece;
    for (uint64_t left = member.size; left > 0;) {
      const size_t bytes = std::min<uint64_t>(left, piece.size());
      AMEIDE_RETURN_IF_ERROR(Take(piece.data(), bytes, member.path));
      AMEIDE_RETURN_IF_ERROR(sink_.data({piece.data(), bytes}));
      left -= bytes;
    }
    const std::string zeros = ustar::Padding(member.size);
    std::string padding(zeros.size(), '\0');
    AMEIDE_RETURN_IF_ERROR(Take(padding.data(), padding.size(), member.path));
    if (padding != zeros) return Bad(member.path, "its last block is not filled with zeros");
    return Ok{};
  }

  uint64_t left_;
  const ArchiveSource& source_;
  const BundleLimits& limits_;
  const ArchiveSink& sink_;
  std::set<std::string> seen_;
  std::string last_;
  uint64_t unpacked_ = 0;
};

}  // namespace

Status ReadArchive(uint64_t total, const ArchiveSource& source, const BundleLimits& limits,
                   const ArchiveSink& sink) {
  return Reader(total, source, limits, sink).Run();
}

}  // namespace ameide::task
