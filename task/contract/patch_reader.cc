#include "task/contract/patch_reader.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/strings.h"
#include "task/contract/git_name.h"
#include "task/contract/patch_hunks.h"

namespace ameide::task {
namespace {

constexpr unsigned kTypeBits = 0170000;
constexpr unsigned kRegularFile = 0100000;
constexpr std::string_view kEmptyBlobs[] = {
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"};

// The lines between "diff --git" and the contents; what was not said is absent.
struct Header {
  std::optional<unsigned> old_mode;
  std::optional<unsigned> new_mode;
  std::optional<unsigned> added_mode;
  std::optional<unsigned> deleted_mode;
  std::optional<unsigned> index_mode;
  std::string_view old_id;  // both or none
  std::string_view new_id;
  std::optional<std::string> from;  // of a rename or copy
  std::optional<std::string> to;
  bool copied = false;
};

std::optional<unsigned> ParseMode(std::string_view text) {
  constexpr std::pair<std::string_view, unsigned> kModes[] = {{"100644", 0100644},
                                                              {"100755", 0100755},
                                                              {"100664", 0100664},
                                                              {"120000", kModeSymlink},
                                                              {"160000", kModeGitlink}};
  for (const auto& [spelling, mode] : kModes) {
    if (text == spelling) return mode;
  }
  return std::nullopt;
}

bool IsNullId(std::string_view id) { return id.find_first_not_of('0') == std::string_view::npos; }

// The whole of `text` as a name, quoted or plain.
std::optional<std::string> ParseName(std::string_view text) {
  if (text.empty() || text.front() != '"') {
    return IsPlainName(text) ? std::optional<std::string>(text) : std::nullopt;
  }
  std::optional<std::string> name = TakeQuotedName(&text);
  return text.empty() ? name : std::nullopt;
}

// "--- " and "+++ " lines end in a tab when the name has spaces, so that old tools find its end.
bool IsLabel(std::string_view text, const std::string& name) {
  if (text.ends_with('\t')) text.remove_suffix(1);
  return ParseName(text) == name;
}

// Takes `name` from the front, quoted or plain.
bool TakeName(std::string_view* text, const std::string& name) {
  if (text->starts_with('"')) return TakeQuotedName(text) == name;
  if (!IsPlainName(name) || !text->starts_with(name)) return false;
  text->remove_prefix(name.size());
  return true;
}

bool NamesBoth(std::string_view head, const std::string& from, const std::string& to) {
  return TakeName(&head, StrCat("a/", from)) && head.starts_with(' ') &&
         (head.remove_prefix(1), TakeName(&head, StrCat("b/", to))) && head.empty();
}

// Of "a/name b/name". Without quotes nothing marks the end of the first name, but both are equally
// long.
std::optional<std::string> CommonName(std::string_view head) {
  std::string name;
  if (head.starts_with('"')) {
    std::string_view rest = head;
    const std::optional<std::string> quoted = TakeQuotedName(&rest);
    if (!quoted || quoted->size() < 3) return std::nullopt;
    name = quoted->substr(2);
  } else {
    if (head.size() < 7 || head.size() % 2 == 0) return std::nullopt;
    name = head.substr(2, (head.size() - 5) / 2);
  }
  return NamesBoth(head, name, name) ? std::optional(name) : std::nullopt;
}

class Reader {
 public:
  Reader(std::string_view patch, const PatchLimits& limits)
      : cursor_(patch), limits_(limits), budget_(limits.kept_bytes) {}

  Result<ChangeSet> Read() {
    if (!cursor_.LastLineIsWhole()) {
      return Error{ErrorKind::kInvalid, "read", "the patch", "its last line is cut off",
                   "collect it again"};
    }
    while (!cursor_.AtEnd()) {
      AMEIDE_RETURN_IF_ERROR(ReadFile());
      if (changes_.size() > limits_.files) {
        return cursor_.Wrong(StrCat("is beyond ", limits_.files, " changed files"));
      }
    }
    return std::move(changes_);
  }

 private:
  Status ReadFile() {
    const LineCursor start = cursor_;
    std::string_view head;
    if (!cursor_.TakeIf("diff --git ", &head)) return cursor_.Wrong("starts no file's changes");
    Header header;
    AMEIDE_RETURN_IF_ERROR(ReadHeader(&header));
    std::optional<std::string> name = header.to ? header.to : CommonName(head);
    const std::string from = header.from.value_or(name.value_or(""));
    if (!name || !NamesBoth(head, from, *name)) return start.Wrong("has no plain pair of names");
    Change change;
    change.path = std::move(*name);
    change.content_known = true;
    const std::string problem = TakeModes(header, &change);
    if (!problem.empty()) return start.Wrong(problem);
    AMEIDE_ASSIGN_OR_RETURN(std::optional<Contents> contents, ReadContents(from, change));
    const std::string mismatch = TakeContents(header, std::move(contents), &change);
    if (!mismatch.empty()) return start.Wrong(mismatch);
    if (header.from && !header.copied) {
      AMEIDE_RETURN_IF_ERROR(
          Add(start, {.kind = Change::Kind::kDeleted,
                      .path = from,
                      .old_mode = *(header.old_mode ? header.old_mode : header.index_mode),
                      .new_mode = 0,
                      .symlink_target = "",
                      .content_known = true}));
    }
    return Add(start, std::move(change));
  }

  // Each line at most once, in any order.
  Status ReadHeader(Header* header) {
    for (std::string_view tail; !cursor_.AtEnd();) {
      const LineCursor line = cursor_;
      bool fine = true;
      if (cursor_.TakeIf("old mode ", &tail)) {
        fine = SetMode(tail, &header->old_mode);
      } else if (cursor_.TakeIf("new mode ", &tail)) {
        fine = SetMode(tail, &header->new_mode);
      } else if (cursor_.TakeIf("new file mode ", &tail)) {
        fine = SetMode(tail, &header->added_mode);
      } else if (cursor_.TakeIf("deleted file mode ", &tail)) {
        fine = SetMode(tail, &header->deleted_mode);
      } else if (cursor_.TakeIf("index ", &tail)) {
        fine = SetIndex(tail, header);
      } else if (cursor_.TakeIf("rename from ", &tail)) {
        fine = SetName(tail, &header->from);
      } else if (cursor_.TakeIf("rename to ", &tail)) {
        fine = SetName(tail, &header->to);
      } else if (cursor_.TakeIf("copy from ", &tail)) {
        header->copied = true;
        fine = SetName(tail, &header->from);
      } else if (cursor_.TakeIf("copy to ", &tail)) {
        fine = header->copied && SetName(tail, &header->to);
      } else if (!cursor_.TakeIf("similarity index ", &tail) &&
                 !cursor_.TakeIf("dissimilarity index ", &tail)) {
        break;
      }
      if (!fine) return line.Wrong("is no header that Git writes");
    }
    if (header->from.has_value() != header->to.has_value()) {
      return cursor_.Wrong("follows one half of a rename");
    }
    return Ok{};
  }

  static bool SetMode(std::string_view text, std::optional<unsigned>* mode) {
    const bool first = !mode->has_value();
    *mode = ParseMode(text);
    return first && mode->has_value();
  }

  static bool SetName(std::string_view text, std::optional<std::string>* name) {
    const bool first = !name->has_value();
    *name = ParseName(text);
    return first && name->has_value();
  }

  static bool SetIndex(std::string_view text, Header* header) {
    if (!header->old_id.empty()) return false;
    if (const size_t space = text.find(' '); space != std::string_view::npos) {
      if (!SetMode(text.substr(space + 1), &header->index_mode)) return false;
      text = text.substr(0, space);
    }
    const size_t dots = text.find("..");
    if (dots == std::string_view::npos) return false;
    header->old_id = text.substr(0, dots);
    header->new_id = text.substr(dots + 2);
    return IsObjectId(header->old_id) && IsObjectId(header->new_id) &&
           header->old_id.size() == header->new_id.size();
  }

  static std::string TakeModes(const Header& header, Change* change) {
    const bool moded = header.old_mode.has_value() || header.new_mode.has_value();
    const bool moved = header.from.has_value();
    if (moded + header.added_mode.has_value() + header.deleted_mode.has_value() +
                header.index_mode.has_value() >
            1 ||
        header.old_mode.has_value() != header.new_mode.has_value() ||
        (moved && (header.added_mode || header.deleted_mode))) {
      return "has modes that contradict each other";
    }
    change->old_mode =
        header.old_mode.value_or(header.deleted_mode.value_or(header.index_mode.value_or(0)));
    change->new_mode =
        header.new_mode.value_or(header.added_mode.value_or(header.index_mode.value_or(0)));
    if (change->old_mode == 0 && change->new_mode == 0) return "does not say the file's mode";
    if (header.added_mode) change->kind = Change::Kind::kAdded;
    if (header.deleted_mode) change->kind = Change::Kind::kDeleted;
    if (change->kind == Change::Kind::kModified &&
        (change->old_mode & kTypeBits) != (change->new_mode & kTypeBits)) {
      return "makes another kind of file in one step, which Git writes as two";
    }
    if (moved) {
      change->kind = Change::Kind::kAdded;
      change->old_mode = 0;
    }
    return "";
  }

  Result<std::optional<Contents>> ReadContents(const std::string& from, const Change& change) {
    std::string_view tail;
    if (cursor_.TakeIf("GIT binary patch", &tail)) {
      if (!tail.empty()) return cursor_.Wrong("follows no binary data");
      AMEIDE_ASSIGN_OR_RETURN(Contents contents, ReadBinary(&cursor_));
      return std::optional(std::move(contents));
    }
    if (cursor_.Peek().starts_with("Binary files ")) {
      return cursor_.Wrong("leaves out a binary file's contents");
    }
    if (!cursor_.Peek().starts_with("--- ")) return std::optional<Contents>();
    const LineCursor labels = cursor_;
    const bool no_old = change.kind == Change::Kind::kAdded && from == change.path;
    const std::string old_label = no_old ? "/dev/null" : StrCat("a/", from);
    const std::string new_label = change.new_mode == 0 ? "/dev/null" : StrCat("b/", change.path);
    std::string_view new_tail;
    if (!cursor_.TakeIf("--- ", &tail) || !cursor_.TakeIf("+++ ", &new_tail) ||
        !IsLabel(tail, old_label) || !IsLabel(new_tail, new_label)) {
      return labels.Wrong("and the next name other files than the header");
    }
    if (!cursor_.Peek().starts_with("@@ ")) return cursor_.Wrong("is no hunk");
    const bool link = change.new_mode == kModeSymlink || change.new_mode == kModeGitlink;
    AMEIDE_ASSIGN_OR_RETURN(Contents contents, ReadHunks(&cursor_, link, &budget_));
    return std::optional(std::move(contents));
  }

  // What the ids promise must be there, or the patch does not show what it does.
  static std::string IdProblem(const Header& header, bool has_contents, const Change& change) {
    const bool moved = header.from.has_value();
    if (header.old_id.empty()) {
      const bool only_mode = header.old_mode.has_value() && header.old_mode != header.new_mode;
      return !has_contents && (moved || only_mode) ? "" : "has no line with full object ids";
    }
    const bool adds = header.added_mode.has_value();
    const bool deletes = header.deleted_mode.has_value();
    if (IsNullId(header.old_id) != adds || IsNullId(header.new_id) != deletes) {
      return "has object ids that do not fit its modes";
    }
    const bool gitlink = change.new_mode == kModeGitlink;  // "-dirty" has no id of its own
    if (header.old_id == header.new_id && has_contents != gitlink) {
      return "has contents that its object ids deny";
    }
    if (header.old_id == header.new_id || has_contents) return "";
    const std::string_view id = adds ? header.new_id : header.old_id;
    const bool empty =
        (adds || deletes) &&
        std::find(std::begin(kEmptyBlobs), std::end(kEmptyBlobs), id) != std::end(kEmptyBlobs);
    return empty ? "" : "does not show the contents that it changes";
  }

  static std::string TakeContents(const Header& header, std::optional<Contents> contents,
                                  Change* change) {
    const std::string problem = IdProblem(header, contents.has_value(), *change);
    if (!problem.empty() || !contents) return problem;
    if (!contents->binary &&
        ((header.added_mode && (contents->old_lines > 0 || !contents->whole)) ||
         (header.deleted_mode && (contents->new_lines > 0 || !contents->whole)))) {
      return "shows another file than one that is wholly new or gone";
    }
    const bool link = change->new_mode == kModeSymlink;
    if (change->new_mode == kModeGitlink) {
      const std::string now = StrCat("Subproject commit ", header.new_id);
      if (contents->binary ||
          (contents->new_text != now + "\n" && contents->new_text != now + "-dirty\n")) {
        return "does not show the submodule's commit";
      }
    } else if (link && !contents->binary) {
      if (!contents->whole) return "does not show the whole symbolic link";
      change->symlink_target = std::move(contents->new_text);
    }
    change->binary = contents->binary;
    change->digests_only =
        contents->digests_only && !link && change->kind == Change::Kind::kModified &&
        (change->new_mode & kTypeBits) == kRegularFile && change->old_mode == change->new_mode;
    if (change->new_mode != 0) change->new_size = contents->added_bytes;
    change->added_lines = std::move(contents->added);
    change->removed_lines = std::move(contents->removed);
    return "";
  }

  Status Add(const LineCursor& where, Change change) {
    if (seen_.insert(change.path).second) {
      changes_.push_back(std::move(change));
      return Ok{};
    }
    Change& last = changes_.back();
    const bool replaces = last.path == change.path && last.kind == Change::Kind::kDeleted &&
                          change.kind == Change::Kind::kAdded &&
                          (last.old_mode & kTypeBits) != (change.new_mode & kTypeBits);
    if (!replaces) return where.Wrong("changes a path that was changed before");
    change.kind = Change::Kind::kModified;
    change.old_mode = last.old_mode;
    change.binary = change.binary || last.binary;
    change.removed_lines = std::move(last.removed_lines);
    last = std::move(change);
    return Ok{};
  }

  LineCursor cursor_;
  const PatchLimits& limits_;
  size_t budget_;
  ChangeSet changes_;
  std::set<std::string> seen_;
};

}  // namespace

Result<ChangeSet> ReadPatch(std::string_view patch, const PatchLimits& limits) {
  return Reader(patch, limits).Read();
}

}  // namespace ameide::task
