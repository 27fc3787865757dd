#include "task/agent/ref_listing.h"

#include "base/strings.h"
#include "task/contract/git_name.h"

namespace ameide::task {
namespace {

constexpr std::string_view kHeads = "refs/heads/";

std::string BranchOf(std::string_view full) {
  return full.starts_with(kHeads) ? std::string(full.substr(kHeads.size())) : "";
}

}  // namespace

RefListing ParseRefListing(std::string_view output) {
  RefListing listing;
  for (const std::string_view line : StrSplit(output, '\n')) {
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    const std::string_view left = line.substr(0, tab);
    const std::string_view name = line.substr(tab + 1);
    if (left.starts_with("ref: ")) {
      if (name == "HEAD") listing.head = std::string(left.substr(5));
    } else if (IsObjectId(left)) {
      listing.ids.emplace(name, left);
    }
  }
  return listing;
}

std::optional<ResolvedRef> ResolveRef(std::string_view ref, const RefListing& listing) {
  const auto known = [&](const std::string& name) { return listing.ids.contains(name); };
  if (ref.empty()) {
    if (!known("HEAD")) return std::nullopt;
    if (listing.head.empty()) return ResolvedRef{"HEAD", ""};
    return ResolvedRef{listing.head, BranchOf(listing.head)};
  }
  if (IsObjectId(ref)) return ResolvedRef{std::string(ref), ""};
  const std::string text(ref);
  if (ref.starts_with("refs/")) {
    if (!known(text)) return std::nullopt;
    return ResolvedRef{text, BranchOf(ref)};
  }
  if (known(StrCat(kHeads, ref))) return ResolvedRef{StrCat(kHeads, ref), text};
  if (known(StrCat("refs/tags/", ref))) return ResolvedRef{StrCat("refs/tags/", ref), ""};
  return std::nullopt;
}

}  // namespace ameide::task
