#include "task/agent/tree_entries.h"

#include <charconv>

#include "base/strings.h"
#include "base/text.h"
#include "task/agent/ref_listing.h"
#include "task/contract/git_name.h"

namespace ameide::task {
namespace {

bool ParseMode(std::string_view text, unsigned* mode) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *mode, 8);
  return error == std::errc() && end == text.data() + text.size();
}

// "<mode> <id> <stage>\t<path>" or "<mode> <type> <id>\t<path>".
bool ParseEntry(std::string_view record, TreeEntries* entries) {
  const size_t tab = record.find('\t');
  if (tab == std::string_view::npos || tab + 1 == record.size()) return false;
  const std::vector<std::string_view> fields = StrSplit(record.substr(0, tab), ' ');
  if (fields.size() != 3) return false;
  const std::string_view id = IsObjectId(fields[1]) ? fields[1] : fields[2];
  TreeEntry entry{0, std::string(id)};
  if (!IsObjectId(id) || !ParseMode(fields[0], &entry.mode)) return false;
  (*entries)[std::string(record.substr(tab + 1))] = std::move(entry);
  return true;
}

}  // namespace

Result<TreeEntries> ParseTreeEntries(std::string_view listing) {
  TreeEntries entries;
  while (!listing.empty()) {
    const size_t end = listing.find('\0');
    const std::string_view record = listing.substr(0, end);
    if (end == std::string_view::npos || !ParseEntry(record, &entries)) {
      return Error{ErrorKind::kInvalid, "read", "Git's list of files",
                   StrCat("unexpected entry '", Truncate(ToPrintable(record), 200), "'"), ""};
    }
    listing.remove_prefix(end + 1);
  }
  return entries;
}

ChangeSet CompareTrees(const TreeEntries& base, const TreeEntries& now) {
  ChangeSet changes;
  auto old_it = base.begin();
  auto new_it = now.begin();
  while (old_it != base.end() || new_it != now.end()) {
    const bool only_old =
        new_it == now.end() || (old_it != base.end() && old_it->first < new_it->first);
    const bool only_new = !only_old && (old_it == base.end() || new_it->first < old_it->first);
    if (only_old) {
      changes.push_back({Change::Kind::kDeleted, old_it->first, old_it->second.mode, 0, ""});
      ++old_it;
    } else if (only_new) {
      changes.push_back({Change::Kind::kAdded, new_it->first, 0, new_it->second.mode, ""});
      ++new_it;
    } else {
      if (old_it->second != new_it->second) {
        changes.push_back(
            {Change::Kind::kModified, new_it->first, old_it->second.mode, new_it->second.mode, ""});
      }
      ++old_it;
      ++new_it;
    }
  }
  return changes;
}

}  // namespace ameide::task
