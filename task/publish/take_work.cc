#include "task/publish/take_work.h"

#include <unistd.h>

#include "base/strings.h"
#include "task/contract/patch_reader.h"
#include "task/evidence/takeover.h"
#include "task/publish/work_bundle.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxCommits = 1000;
constexpr uint64_t kMaxBundleBytes = 1ull << 30;
constexpr size_t kMaxPatchBytes = 512u << 20;  // what Git::Run gives at most

Error Hostile(std::string cause) {
  return Error{ErrorKind::kInvalid, "take over", "the run's work", std::move(cause),
               "nothing was published; run the task again"};
}

// The tip of the work; its objects are in the clone then, each of them checked.
Result<std::string> Import(const Git& git, const fs::path& clone, const fs::path& path,
                           const std::string& base) {
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd file, OpenRegularFile(path));
  std::string start(kMaxBundleHeader, '\0');
  const ssize_t got = ::pread(file.get(), start.data(), start.size(), 0);
  if (got < 0) return Hostile("its bundle cannot be read");
  start.resize(static_cast<size_t>(got));
  AMEIDE_ASSIGN_OR_RETURN(const WorkBundle bundle, ReadBundleHeader(start));
  if (bundle.refs.size() != 1 || bundle.refs[0].first != kTakeoverRef) {
    return Hostile(StrCat("its bundle carries other refs than ", kTakeoverRef));
  }
  if (bundle.prerequisites != std::vector<std::string>{base}) {
    return Hostile(StrCat("it does not build on ", base, " alone"));
  }
  if (::lseek(file.get(), static_cast<off_t>(bundle.pack_offset), SEEK_SET) < 0) {
    return Hostile("its bundle cannot be read");
  }
  const Result<std::string> indexed =
      git.WithInput(file.get())
          .Run(clone, {"index-pack", "--stdin", "--fix-thin", "--strict",
                       StrCat("--max-input-size=", kMaxBundleBytes)});
  if (!indexed.ok()) {
    if (indexed.error().kind != ErrorKind::kUnavailable) return indexed.error();
    return Hostile(StrCat("its objects are not sound: ", indexed.error().cause));
  }
  return bundle.refs[0].second;
}

// A line of commits from the base: no merge could bring in what the base does not show.
Status CheckHistory(const Git& git, const fs::path& clone, const std::string& work,
                    const std::string& base) {
  const Result<std::string> listing =
      git.Run(clone, {"rev-list", "--parents", StrCat("--max-count=", kMaxCommits + 1),
                      StrCat(work, "^{commit}"), StrCat("^", base)});
  if (!listing.ok()) return Hostile(StrCat("it has no history: ", listing.error().cause));
  std::string expected = work;
  size_t count = 0;
  for (const std::string_view line : StrSplit(StripWhitespace(*listing), '\n')) {
    const std::vector<std::string_view> ids = StrSplit(line, ' ');
    if (++count > kMaxCommits) return Hostile(StrCat("it has over ", kMaxCommits, " commits"));
    if (ids.size() != 2) return Hostile("one of its commits is a merge or has no parent");
    if (ids[0] != expected) return Hostile("its commits are not one line");
    expected = ids[1];
  }
  if (expected == base) return Ok{};
  return Hostile(StrCat("its first commit is not on ", base));
}

Result<ChangeSet> ChangesOf(const Git& git, const fs::path& clone, const std::string& work,
                            const std::string& base) {
  AMEIDE_ASSIGN_OR_RETURN(
      const std::string patch,
      git.Run(clone, {"diff-tree", "-r", "-p", "--binary", "--full-index", "--no-renames",
                      "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none",
                      "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/", base, work}));
  if (patch.size() >= kMaxPatchBytes) return Hostile("its changes are too large to be judged");
  AMEIDE_ASSIGN_OR_RETURN(ChangeSet changes, ReadPatch(patch));
  if (changes.empty()) return Hostile("it changes nothing");
  return changes;
}

}  // namespace

Result<TakenWork> TakeWork(const Git& git, const fs::path& clone, const fs::path& bundle,
                           const std::string& base) {
  TakenWork work;
  AMEIDE_ASSIGN_OR_RETURN(work.commit, Import(git, clone, bundle, base));
  AMEIDE_RETURN_IF_ERROR(CheckHistory(git, clone, work.commit, base));
  AMEIDE_ASSIGN_OR_RETURN(work.changes, ChangesOf(git, clone, work.commit, base));
  return work;
}

}  // namespace ameide::task
