// What `git ls-remote --symref` tells of a remote, and which of it a task's ref means. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ameide::task {

struct RefListing {
  std::map<std::string, std::string> ids;  // "refs/heads/main" → object id
  std::string head;                        // the branch that HEAD names; empty when detached
};

// Lines of another form are skipped: they are a server's words.
RefListing ParseRefListing(std::string_view output);

struct ResolvedRef {
  std::string source;  // what to fetch: a full ref name, "HEAD" or an object id
  std::string branch;  // the local branch to make; empty: detached
  bool operator==(const ResolvedRef&) const = default;
};

// A branch wins over a tag of the same name, as `git clone --branch` has it.
std::optional<ResolvedRef> ResolveRef(std::string_view ref, const RefListing& listing);

}  // namespace ameide::task
