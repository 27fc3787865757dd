#include "task/agent/checkout.h"

#include <vector>

#include "base/strings.h"
#include "task/agent/ref_listing.h"
#include "task/contract/git_name.h"
#include "task/contract/task_result.h"

namespace ameide::task {
namespace {

// Holds the wanted commit between fetch and checkout, whatever kind of ref it came from.
constexpr char kWantedRef[] = "refs/ameide/base";
constexpr char kAllBranches[] = "+refs/heads/*:refs/remotes/origin/*";
// gitcredentials(7), "CUSTOM HELPERS". A POSIX shell has printf built in: no argument shows.
constexpr char kCredentialHelper[] =
    "!f() { if test \"$1\" = get; then printf 'username=%s\\npassword=%s\\n' "
    "\"$AMEIDE_GIT_USERNAME\" \"$AMEIDE_GIT_PASSWORD\"; fi; }; f";
constexpr char kAllTags[] = "+refs/tags/*:refs/tags/*";

class Clone {
 public:
  Clone(const Git& git, const Repository& repository, const fs::path& directory)
      : git_(git), repository_(repository), directory_(directory) {
    clean_url_ = WithoutUserInfo(repository.url);
    if (clean_url_ != repository.url) {
      git_ = git_.WithConfig(StrCat("url.", repository.url, ".insteadOf"), clean_url_);
    }
    if (IsLocalUrl(repository.url)) git_ = git_.WithConfig("protocol.file.allow", "always");
  }

  Result<std::string> Make() {
    AMEIDE_ASSIGN_OR_RETURN(const RefListing listing, ListRefs());
    const std::optional<ResolvedRef> wanted = ResolveRef(repository_.ref, listing);
    if (!wanted) return UnknownRef(listing);
    AMEIDE_RETURN_IF_ERROR(Initialize(listing, *wanted));
    AMEIDE_RETURN_IF_ERROR(Fetch(*wanted));
    AMEIDE_RETURN_IF_ERROR(SwitchTo(*wanted));
    if (repository_.submodules) AMEIDE_RETURN_IF_ERROR(UpdateSubmodules());
    AMEIDE_ASSIGN_OR_RETURN(const std::string commit, Run({"rev-parse", "--verify", "HEAD"}));
    return std::string(StripWhitespace(commit));
  }

 private:
  Error Explain(Error error, std::string_view what, std::string hint) const {
    error.operation = StrCat(what, " repository");
    error.target = WithoutUserInfo(repository_.url);
    error.cause = WithoutSecretsOf(repository_.url, error.cause);
    error.hint = std::move(hint);
    return error;
  }

  Result<std::string> Run(std::vector<std::string> arguments) const {
    Result<std::string> result = git_.Run(directory_, std::move(arguments));
    if (result.ok()) return result;
    return Explain(std::move(result).error(), "check out",
                   "see Git's message, and check repository.url and repository.ref");
  }

  Result<RefListing> ListRefs() const {
    std::vector<std::string> arguments = {"ls-remote", "--symref", "--", clean_url_};
    const std::string& ref = repository_.ref;
    // A server answers for these names alone instead of for a hundred thousand refs.
    if (ref.empty() || IsObjectId(ref)) {
      arguments.push_back("HEAD");
    } else if (ref.starts_with("refs/")) {
      arguments.push_back(ref);
    } else {
      arguments.push_back(StrCat("refs/heads/", ref));
      arguments.push_back(StrCat("refs/tags/", ref));
    }
    Result<std::string> output = git_.Run(directory_.parent_path(), std::move(arguments));
    if (!output.ok()) {
      return Explain(std::move(output).error(), "reach",
                     "check repository.url, the network and the clone credential");
    }
    return ParseRefListing(*output);
  }

  Error UnknownRef(const RefListing& listing) const {
    Error error{ErrorKind::kNotFound, "find ref in", clean_url_, "", ""};
    if (repository_.ref.empty()) {
      error.cause = listing.head.empty() ? "it has no HEAD" : "it has no commits yet";
      error.hint = "name a branch in repository.ref, or push a first commit";
    } else {
      error.cause = StrCat("no branch, tag or ref '", repository_.ref, "'");
      error.hint = "check repository.ref; a commit must be given with all its digits";
    }
    return error;
  }

  Status Initialize(const RefListing& listing, const ResolvedRef& wanted) const {
    const std::string& id = listing.ids.empty() ? wanted.source : listing.ids.begin()->second;
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(directory_));
    AMEIDE_RETURN_IF_ERROR(Run({"init", "--quiet", "--template=", "--initial-branch=main",
                                StrCat("--object-format=", id.size() == 64 ? "sha256" : "sha1")}));
    AMEIDE_RETURN_IF_ERROR(Run({"remote", "add", "--", "origin", clean_url_}));
    // Only the publisher pushes. This stops accidents (a user's own clone is writable), not intent.
    AMEIDE_RETURN_IF_ERROR(Run({"config", "remote.origin.pushurl", "no-push://ameide-task"}));
    return Ok{};
  }

  Status FetchRefs(const std::vector<std::string>& refs, bool shallow) const {
    std::vector<std::string> arguments = {"fetch", "--quiet", "--no-tags",
                                          "--no-recurse-submodules"};
    if (shallow) arguments.push_back(StrCat("--depth=", repository_.depth));
    if (repository_.clone == CloneStrategy::kBlobless) arguments.push_back("--filter=blob:none");
    arguments.insert(arguments.end(), {"--", "origin"});
    arguments.insert(arguments.end(), refs.begin(), refs.end());
    AMEIDE_RETURN_IF_ERROR(Run(std::move(arguments)));
    return Ok{};
  }

  Status Fetch(const ResolvedRef& wanted) const {
    const bool shallow = repository_.clone == CloneStrategy::kShallow;
    std::vector<std::string> refs = {StrCat("+", wanted.source, ":", kWantedRef)};
    if (!wanted.branch.empty() && shallow) {
      refs.push_back(StrCat("+", wanted.source, ":refs/remotes/origin/", wanted.branch));
    }
    if (!shallow) refs.insert(refs.end(), {kAllBranches, kAllTags});
    const Status fetched = FetchRefs(refs, shallow);
    if (fetched.ok() || !IsObjectId(wanted.source)) return fetched;
    const ErrorKind kind = fetched.error().kind;
    if (kind == ErrorKind::kTimeout || kind == ErrorKind::kCancelled) return fetched;
    // A server need not hand out a commit by its id; with the whole history it is often there.
    AMEIDE_RETURN_IF_ERROR(FetchRefs({kAllBranches, kAllTags}, false));
    const Status found = Mark(wanted.source);
    if (found.ok()) return Ok{};
    Error error = fetched.error();
    error.hint = "check that the commit was pushed to this repository";
    return error;
  }

  Status Mark(const std::string& commit) const {
    AMEIDE_RETURN_IF_ERROR(Run({"update-ref", kWantedRef, StrCat(commit, "^{commit}")}));
    return Ok{};
  }

  Status SwitchTo(const ResolvedRef& wanted) const {
    AMEIDE_ASSIGN_OR_RETURN(
        const std::string line,
        Run({"rev-parse", "--verify", "--end-of-options", StrCat(kWantedRef, "^{commit}")}));
    const std::string commit(StripWhitespace(line));
    AMEIDE_RETURN_IF_ERROR(Run({"update-ref", "-d", kWantedRef}));
    if (wanted.branch.empty()) {
      AMEIDE_RETURN_IF_ERROR(Run({"checkout", "--quiet", "--detach", commit, "--"}));
      return Ok{};
    }
    AMEIDE_RETURN_IF_ERROR(Run({"checkout", "--quiet", "-B", wanted.branch, "--track",
                                StrCat("refs/remotes/origin/", wanted.branch), "--"}));
    return Ok{};
  }

  Status UpdateSubmodules() const {
    std::vector<std::string> arguments = {"submodule", "--quiet", "update", "--init",
                                          "--recursive"};
    if (repository_.clone == CloneStrategy::kShallow) {
      arguments.push_back(StrCat("--depth=", repository_.depth));
    }
    AMEIDE_RETURN_IF_ERROR(Run(std::move(arguments)));
    return Ok{};
  }

  Git git_;
  const Repository& repository_;
  const fs::path& directory_;
  std::string clean_url_;
};

}  // namespace

Result<std::string> CheckOut(const Git& git, const Repository& repository,
                             const fs::path& directory) {
  return Clone(git, repository, directory).Make();
}

Git WithCredential(const Git& git, std::string_view url, const GitCredential& credential) {
  const size_t scheme = url.find("://");
  const size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::string server = WithoutUserInfo(url.substr(0, url.find('/', host)));
  const std::string key = StrCat("credential.", server, ".helper");
  return git.With("AMEIDE_GIT_USERNAME", credential.username)
      .With("AMEIDE_GIT_PASSWORD", credential.password)
      .WithConfig(key, "")  // none before ours
      .WithConfig(key, kCredentialHelper);
}

}  // namespace ameide::task
