#include "task/agent/changes.h"

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "base/text.h"
#include "task/agent/output_file.h"
#include "task/agent/ref_listing.h"
#include "task/agent/tree_entries.h"
#include "task/agent/untrusted_checkout.h"
#include "task/evidence/takeover.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxIndex = 1u << 30;
constexpr size_t kPathsPerCall = 200;
constexpr size_t kMaxSymlinks = 1000;
constexpr size_t kMaxSymlinkTarget = 4096;  // PATH_MAX
// What the guardrails take for a link that leaves the tree: used where a target cannot be read.
constexpr char kOutside[] = "/";
// The same work gives the same commit: nobody's name, no clock.
constexpr char kWorkName[] = "Ameide task";
constexpr char kWorkEmail[] = "task@ameide.invalid";
constexpr char kWorkDate[] = "946684800 +0000";

class ChangeReader {
 public:
  ChangeReader(const Git& git, const fs::path& checkout, const BaseState& base,
               const ChangeRequest& request)
      : checkout_(checkout),
        base_(base),
        request_(request),
        directory_(request.scratch / "changes.git"),
        git_(git) {
    git_ = git.With("GIT_DIR", directory_.string())
               .With("GIT_WORK_TREE", checkout.string())
               .With("GIT_INDEX_FILE", (directory_ / "index").string())
               .With("GIT_NO_REPLACE_OBJECTS", "1")
               .With("GIT_LITERAL_PATHSPECS", "1")
               .WithConfig("core.protectNTFS", "false")
               .WithConfig("core.untrackedCache", "false")
               .WithConfig("core.fileMode", "true")
               .WithConfig("core.compression", "0");
  }

  Result<ChangeReport> Read() {
    AMEIDE_RETURN_IF_ERROR(RefuseTraps(checkout_));
    AMEIDE_RETURN_IF_ERROR(Prepare(git_));
    AMEIDE_ASSIGN_OR_RETURN(base_entries_, List({"ls-files", "--stage", "-z"}));
    AMEIDE_ASSIGN_OR_RETURN(const std::string tree,
                            git_.Run(directory_, {"write-tree", "--missing-ok"}));
    AMEIDE_RETURN_IF_ERROR(AddWorkTree());
    const std::vector<TreeEntries> others = CommittedAndStaged();
    for (const TreeEntries& other : others) AddTracked(other);
    AMEIDE_ASSIGN_OR_RETURN(const TreeEntries now, List({"ls-files", "--stage", "-z"}));
    Take(now);
    report_.work = report_.changes;
    for (const TreeEntries& other : others) Take(other);
    SortChanges();
    WritePatch(std::string(StripWhitespace(tree)));
    if (!report_.work.empty() && !request_.message.empty()) WriteBundle();
    if (request_.redactor != nullptr) AMEIDE_RETURN_IF_ERROR(LookForSecrets(now));
    return std::move(report_);
  }

 private:
  Status Prepare(const Git& git) {
    // The environment names the directory; `init` makes it there.
    AMEIDE_RETURN_IF_ERROR(
        git.Run(checkout_.parent_path(),
                {"init", "--quiet", "--template=",
                 StrCat("--object-format=", base_.commit.size() == 64 ? "sha256" : "sha1")}));
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(directory_ / "info"));
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(directory_ / "objects" / "info"));
    std::string exclude;
    for (const std::string& path : base_.placed) StrAppend(&exclude, "/", path, "\n");
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(directory_ / "info" / "exclude", exclude));
    const std::string objects = fs::absolute(checkout_ / ".git" / "objects").string();
    AMEIDE_RETURN_IF_ERROR(
        WriteFileAtomically(directory_ / "objects" / "info" / "alternates", StrCat(objects, "\n")));
    return WriteFileAtomically(directory_ / "index", base_.index);
  }

  Result<TreeEntries> List(std::vector<std::string> arguments) const {
    AMEIDE_ASSIGN_OR_RETURN(const std::string listing, git_.Run(directory_, std::move(arguments)));
    return ParseTreeEntries(listing);
  }

  void Remark(std::string_view what, const Error& error) {
    report_.remarks.push_back(ToPrintable(StrCat(what, ": ", error.cause)));
  }

  // Git looks into a submodule that it already has by running itself there, with the submodule's
  // own configuration. An embedded repository it has not seen yet is only asked for its HEAD: so
  // the index must not know the submodules while the working tree is read.
  Status AddWorkTree() {
    std::vector<std::string> unchanged;
    for (const auto& [path, entry] : base_entries_) {
      if (entry.mode != kModeGitlink) continue;
      AMEIDE_RETURN_IF_ERROR(git_.Run(checkout_, {"update-index", "--force-remove", "--", path}));
      // An empty folder is a submodule that was not brought in.
      std::error_code error;
      if (!IsFolder(checkout_ / path) || !fs::is_empty(checkout_ / path, error)) continue;
      unchanged.insert(unchanged.end(), {"--cacheinfo", StrCat("160000,", entry.id, ",", path)});
    }
    const Result<std::string> added =
        git_.Run(checkout_, {"add", "--all", "--ignore-errors", "--", "."});
    if (!added.ok()) {
      const ErrorKind kind = added.error().kind;
      if (kind == ErrorKind::kTimeout || kind == ErrorKind::kCancelled) return added.error();
      Remark("some files of the working tree could not be read", added.error());
    }
    if (unchanged.empty()) return Ok{};
    unchanged.insert(unchanged.begin(), {"update-index", "--add"});
    AMEIDE_RETURN_IF_ERROR(git_.Run(checkout_, std::move(unchanged)));
    return Ok{};
  }

  // A change can sit in a commit or in the index alone, with the working tree put back.
  std::vector<TreeEntries> CommittedAndStaged() {
    std::vector<TreeEntries> found;
    const fs::path theirs = checkout_ / ".git";
    const std::string head = ReadHead(theirs);
    if (head.empty()) {
      report_.remarks.push_back("the checkout has no readable HEAD any more");
    } else if (head != base_.commit) {
      Keep("the checked out commit could not be read",
           List({"ls-tree", "-r", "-z", "--full-tree", head}), &found);
    }
    if (Exists(theirs / "index")) {
      const Git git = git_.With("GIT_INDEX_FILE", (theirs / "index").string());
      const Result<std::string> listing = git.Run(directory_, {"ls-files", "--stage", "-z"});
      Keep("the checkout's index could not be read",
           listing.ok() ? ParseTreeEntries(*listing) : listing.error(), &found);
    }
    return found;
  }

  void Keep(std::string_view complaint, Result<TreeEntries> entries,
            std::vector<TreeEntries>* found) {
    if (entries.ok()) {
      found->push_back(std::move(entries).value());
    } else {
      Remark(complaint, entries.error());
    }
  }

  // Files that .gitignore names are work when somebody committed or staged them.
  void AddTracked(const TreeEntries& other) {
    std::vector<std::string> paths;
    for (const auto& [path, entry] : other) {
      const auto known = base_entries_.find(path);
      if (known != base_entries_.end() && known->second == entry) continue;
      if (entry.mode != kModeGitlink && HasFileAt(checkout_, path)) paths.push_back(path);
    }
    for (size_t i = 0; i < paths.size(); i += kPathsPerCall) {
      std::vector<std::string> arguments = {"update-index", "--add", "--"};
      const auto end = std::min(i + kPathsPerCall, paths.size());
      arguments.insert(arguments.end(), paths.begin() + i, paths.begin() + end);
      const Result<std::string> added = git_.Run(checkout_, std::move(arguments));
      if (!added.ok()) Remark("some tracked files could not be read", added.error());
    }
  }

  void Take(const TreeEntries& now) {
    for (Change& change : CompareTrees(base_entries_, now)) {
      std::string id = change.new_mode == 0 ? "" : now.at(change.path).id;
      if (!seen_.insert({change.path, change.old_mode, change.new_mode, id}).second) continue;
      if (change.new_mode == kModeSymlink) change.symlink_target = ReadLink(id);
      report_.changes.push_back(std::move(change));
    }
  }

  std::string ReadLink(const std::string& id) {
    if (++symlinks_ > kMaxSymlinks) return kOutside;
    std::string target;
    const Result<std::string> read =
        git_.Run(directory_, {"cat-file", "blob", id}, [&](std::string_view bytes) {
          target.append(bytes.substr(0, kMaxSymlinkTarget + 1 - target.size()));
        });
    if (!read.ok()) Remark("a symbolic link could not be read", read.error());
    return read.ok() && target.size() <= kMaxSymlinkTarget ? target : kOutside;
  }

  void SortChanges() {
    std::stable_sort(report_.changes.begin(), report_.changes.end(),
                     [](const Change& a, const Change& b) { return a.path < b.path; });
  }

  void WritePatch(const std::string& tree) {
    const fs::path patch = request_.scratch / "work.patch";
    Result<OutputFile> file = OutputFile::Create(patch);
    if (!file.ok()) {
      report_.patch_omission = file.error().cause;
      return;
    }
    std::string& trouble = report_.patch_omission;
    const Result<std::string> written =
        git_.Run(directory_,
                 {"diff-index", "--cached", "--patch", "--binary", "--full-index", "--no-renames",
                  "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short",
                  "--src-prefix=a/", "--dst-prefix=b/", tree, "--"},
                 [&](std::string_view bytes) {
                   if (!trouble.empty()) return;
                   if (file->size() + bytes.size() > request_.max_patch_bytes) {
                     trouble = StrCat("larger than ", request_.max_patch_bytes, " bytes");
                   } else if (const Status stored = file->Append(bytes); !stored.ok()) {
                     trouble = stored.error().cause;
                   }
                 });
    if (trouble.empty() && !written.ok()) trouble = written.error().cause;
    if (trouble.empty()) report_.patch = patch;
  }

  void WriteBundle() {
    const Result<fs::path> bundle = MakeBundle();
    if (bundle.ok()) {
      report_.bundle = *bundle;
    } else {
      report_.bundle_omission = bundle.error().cause;
    }
  }

  Result<fs::path> MakeBundle() const {
    // As if history began at the base commit: what lies behind it need not be there (a shallow
    // clone), and nobody pays for walking it.
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(directory_ / "shallow", StrCat(base_.commit, "\n")));
    Git git = git_;
    for (const char* who : {"AUTHOR", "COMMITTER"}) {
      git = git.With(StrCat("GIT_", who, "_NAME"), kWorkName)
                .With(StrCat("GIT_", who, "_EMAIL"), kWorkEmail)
                .With(StrCat("GIT_", who, "_DATE"), kWorkDate);
    }
    AMEIDE_ASSIGN_OR_RETURN(const std::string tree,
                            git.Run(directory_, {"write-tree", "--missing-ok"}));
    AMEIDE_ASSIGN_OR_RETURN(
        const std::string commit,
        git.Run(directory_, {"commit-tree", "-p", base_.commit, "-m", request_.message,
                             std::string(StripWhitespace(tree))}));
    const std::string ref(kTakeoverRef);
    AMEIDE_RETURN_IF_ERROR(
        git.Run(directory_, {"update-ref", ref, std::string(StripWhitespace(commit))}));
    const fs::path bundle = request_.scratch / "work.bundle";
    AMEIDE_RETURN_IF_ERROR(git.WithConfig("pack.compression", "6")
                               .Run(directory_, {"bundle", "create", "--quiet", bundle.string(),
                                                 ref, StrCat("^", base_.commit)}));
    return bundle;
  }

  // In whole files, not in the patch: there a binary file is encoded, and a line has a "+".
  Status LookForSecrets(const TreeEntries& now) {
    std::string ids;
    for (const Change& change : report_.work) {
      if (change.new_mode == 0 || change.new_mode == kModeGitlink) continue;
      StrAppend(&ids, now.at(change.path).id, "\n");
    }
    if (ids.empty()) return Ok{};
    const fs::path list = request_.scratch / "ids";
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(list, ids));
    AMEIDE_ASSIGN_OR_RETURN(const UniqueFd input, OpenRegularFile(list));
    Redactor redactor = *request_.redactor;
    AMEIDE_RETURN_IF_ERROR(git_.WithInput(input.get())
                               .Run(directory_, {"cat-file", "--batch", "--buffer"},
                                    [&](std::string_view bytes) { redactor.Take(bytes); }));
    redactor.Finish();
    report_.secrets_found = redactor.replaced() - request_.redactor->replaced();
    return Ok{};
  }

  const fs::path& checkout_;
  const BaseState& base_;
  const ChangeRequest& request_;
  fs::path directory_;
  Git git_;
  TreeEntries base_entries_;
  ChangeReport report_;
  std::set<std::tuple<std::string, unsigned, unsigned, std::string>> seen_;
  size_t symlinks_ = 0;
};

}  // namespace

Result<BaseState> RememberBase(const Git& git, const fs::path& checkout, const fs::path& scratch,
                               std::string commit) {
  const fs::path index = scratch / "base.index";
  AMEIDE_RETURN_IF_ERROR(git.With("GIT_INDEX_FILE", index.string())
                             .Run(checkout, {"read-tree", StrCat(commit, "^{tree}")}));
  AMEIDE_ASSIGN_OR_RETURN(std::string bytes, ReadFile(index, kMaxIndex));
  return BaseState{std::move(commit), std::move(bytes), {}};
}

Result<ChangeReport> CollectChanges(const Git& git, const fs::path& checkout, const BaseState& base,
                                    const ChangeRequest& request) {
  if (!IsFolder(checkout)) {
    return Error{ErrorKind::kNotFound, "read changes of", checkout.string(),
                 "the checkout is no folder any more", ""};
  }
  return ChangeReader(git, checkout, base, request).Read();
}

}  // namespace ameide::task
