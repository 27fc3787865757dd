#include "task/publish/work_bundle.h"

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/git_name.h"

namespace ameide::task {
namespace {

Error NoBundle(std::string cause) {
  return Error{ErrorKind::kInvalid, "read", "work bundle", std::move(cause),
               "the work must come as `git bundle create` writes it"};
}

// One line without its newline; false when the text ends before one does.
bool TakeLine(std::string_view* rest, std::string_view* line) {
  const size_t end = rest->find('\n');
  if (end == std::string_view::npos) return false;
  *line = rest->substr(0, end);
  rest->remove_prefix(end + 1);
  return true;
}

Status TakeEntry(std::string_view line, WorkBundle* bundle) {
  const bool prerequisite = line.starts_with('-');
  if (prerequisite) line.remove_prefix(1);
  const size_t blank = line.find(' ');
  const std::string_view id = line.substr(0, blank);
  if (!IsObjectId(id)) return NoBundle("a line of its header has no object id");
  if (prerequisite) {
    bundle->prerequisites.emplace_back(id);
    return Ok{};
  }
  if (blank == std::string_view::npos) return NoBundle("a line of its header has no ref name");
  bundle->refs.emplace_back(line.substr(blank + 1), id);
  return Ok{};
}

}  // namespace

Result<WorkBundle> ReadBundleHeader(std::string_view start) {
  const std::string_view header = start.substr(0, kMaxBundleHeader);
  std::string_view rest = header;
  std::string_view line;
  const bool signed_so = TakeLine(&rest, &line);
  if (!signed_so || (line != "# v2 git bundle" && line != "# v3 git bundle")) {
    return NoBundle("it does not start as one");
  }
  const bool with_capabilities = line == "# v3 git bundle";
  WorkBundle bundle;
  while (TakeLine(&rest, &line)) {
    if (line.empty()) {
      bundle.pack_offset = header.size() - rest.size();
      return bundle;
    }
    if (with_capabilities && line.starts_with('@')) {
      if (line == "@object-format=sha1" || line == "@object-format=sha256") continue;
      return NoBundle(StrCat("capability ", Quote(line), " is none that we take"));
    }
    AMEIDE_RETURN_IF_ERROR(TakeEntry(line, &bundle));
  }
  return NoBundle("its header does not end");
}

}  // namespace ameide::task
