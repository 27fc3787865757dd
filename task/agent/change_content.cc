#include "task/agent/change_content.h"

#include <map>
#include <string>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

Error Disagree(const std::string& path, std::string_view how) {
  return {ErrorKind::kInvalid, "compare patch with Git's listing at", ToOneLine(path),
          std::string(how), "run the task again; if it stays so, report it"};
}

bool SameEntry(const Change& one, const Change& other) {
  return one.kind == other.kind && one.old_mode == other.old_mode && one.new_mode == other.new_mode;
}

}  // namespace

Status AddContent(const ChangeSet& patched, const ChangeSet& work, ChangeSet* all) {
  std::map<std::string, const Change*> by_path;
  for (const Change& change : patched) by_path.emplace(change.path, &change);
  std::map<std::string, const Change*> listed;
  for (const Change& change : work) {
    listed.emplace(change.path, &change);
    const auto found = by_path.find(change.path);
    if (found == by_path.end()) return Disagree(change.path, "the patch lacks it");
    if (!SameEntry(*found->second, change)) {
      return Disagree(change.path, "the patch changes it in another way");
    }
  }
  for (const Change& change : patched) {
    if (!listed.contains(change.path)) return Disagree(change.path, "only the patch has it");
  }
  for (Change& change : *all) {
    const auto entry = listed.find(change.path);
    if (entry == listed.end() || !SameEntry(*entry->second, change)) continue;
    // The listing's link target stays: it says "outside" where it did not look.
    const std::string target = change.symlink_target;
    change = *by_path.at(change.path);
    change.symlink_target = target;
  }
  return Ok{};
}

}  // namespace ameide::task
