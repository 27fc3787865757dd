#include "acceptance/coder_simulator/tar_reader.h"

#include <cstdint>
#include <optional>

#include "base/files.h"
#include "base/strings.h"
#include "base/text.h"
#include "base/ustar.h"

namespace ameide::simulator {
namespace {

std::string_view BytesOf(std::string_view header, ustar::Field field) {
  return header.substr(field.at, field.size);
}

std::string_view TextOf(std::string_view header, ustar::Field field) {
  const std::string_view text = BytesOf(header, field);
  return text.substr(0, text.find('\0'));
}

// Other writers fill up with blanks where ours writes zeros.
std::optional<uint64_t> NumberIn(std::string_view field) {
  const std::string_view digits = StripWhitespace(field.substr(0, field.find('\0')));
  uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

Error Damaged(std::string_view member, std::string cause) {
  return Error{ErrorKind::kInvalid, "read template archive", std::string(member), std::move(cause),
               "upload a ustar archive of the template's folder"};
}

}  // namespace

Result<TemplateFiles> ReadTar(std::string_view bytes) {
  TemplateFiles files;
  size_t at = 0;
  while (at + ustar::kBlock <= bytes.size()) {
    const std::string_view header = bytes.substr(at, ustar::kBlock);
    if (header.find_first_not_of('\0') == std::string_view::npos) return files;
    std::string name(TextOf(header, ustar::kName));
    if (const auto prefix = TextOf(header, ustar::kPrefix); !prefix.empty()) {
      name = StrCat(prefix, "/", name);
    }
    const std::string shown = Quote(name);
    if (!header.substr(ustar::kMagic.at).starts_with("ustar"))
      return Damaged(shown, "this is no ustar");
    if (NumberIn(BytesOf(header, ustar::kChecksum)) !=
        NumberIn(ustar::ChecksumOf(std::string(header)))) {
      return Damaged(shown, "the checksum does not match");
    }
    const auto size = NumberIn(BytesOf(header, ustar::kSize));
    at += ustar::kBlock;
    if (!size || *size > bytes.size() - at) return Damaged(shown, "the archive is cut off");
    const char type = header[ustar::kType.at];
    if (type == '5' && name.ends_with('/')) name.pop_back();
    if (type != '0' && type != '\0' && type != '5') {
      return Damaged(shown, "only files and folders may be in it");
    }
    if (!(type == '5' && name == ".") && !IsSafeRelativePath(name)) {
      return Damaged(shown, "the name leads out of the archive");
    }
    if (type != '5' && !files.emplace(name, bytes.substr(at, *size)).second) {
      return Damaged(shown, "stands twice");
    }
    at += (*size + ustar::kBlock - 1) / ustar::kBlock * ustar::kBlock;
    if (at > bytes.size()) return Damaged(shown, "the archive is cut off");
  }
  return Damaged("", "the archive is cut off");
}

std::string WriteTar(const TemplateFiles& files) {
  std::string tar;
  for (const auto& [name, bytes] : files) {
    StrAppend(&tar, ustar::Header({name, bytes.size()}).value(), bytes,
              ustar::Padding(bytes.size()));
  }
  tar.append(2 * ustar::kBlock, '\0');
  return tar;
}

}  // namespace ameide::simulator
