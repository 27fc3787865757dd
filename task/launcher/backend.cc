#include "task/launcher/backend.h"

#include "base/digest.h"
#include "base/strings.h"

namespace ameide::task {
namespace {

constexpr size_t kReadableLetters = 15;
constexpr size_t kDigestDigits = 8;

// What of a work_id fits a host name's label; a person should recognise it.
std::string Readable(std::string_view work_id) {
  std::string out;
  for (const char c : AsciiLower(work_id)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!plain && (out.empty() || out.back() == '-')) continue;
    out += plain ? c : '-';
    if (out.size() == kReadableLetters) break;
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "task" : out;
}

}  // namespace

std::string WorkspaceName(const std::string& work_id) {
  return StrCat("ameide-", Readable(work_id), "-", Sha256Hex(work_id).substr(0, kDigestDigits));
}

}  // namespace ameide::task
