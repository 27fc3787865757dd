#include "task/publish/publish.h"

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/git_name.h"
#include "task/contract/task_spec.h"
#include "task/publish/take_work.h"

namespace ameide::task {

namespace {

constexpr char kWorkTrailer[] = "Ameide-Work-Id: ";
constexpr char kRemoteBase[] = "refs/remotes/origin/base";
constexpr char kRemoteOld[] = "refs/remotes/origin/old";

class Publishing {
 public:
  Publishing(const Git& git, GitHost* host, const PublishOrder& order, const fs::path& work,
             const Clock& clock)
      : git_(git.With("GIT_NO_REPLACE_OBJECTS", "1")
                 .WithConfig("remote.origin.url", order.repository_url)
                 .WithConfig("http.followRedirects", "false")
                 .WithConfig("push.recurseSubmodules", "no")
                 .WithConfig("fetch.recurseSubmodules", "no")),
        host_(host),
        order_(order),
        proposal_(order.proposal),
        clone_(work / "clone.git"),
        scratch_(work),
        clock_(clock) {
    if (IsLocalUrl(order.repository_url)) git_ = git_.WithConfig("protocol.file.allow", "always");
  }

  Result<Publication> Run() {
    AMEIDE_RETURN_IF_ERROR(CheckBranch());
    AMEIDE_RETURN_IF_ERROR(MakeClone());
    AMEIDE_ASSIGN_OR_RETURN(const TakenWork work,
                            TakeWork(git_, clone_, order_.bundle, order_.base_commit));
    Publication publication;
    publication.findings =
        EvaluateGuardrails(order_.profile_rules, order_.task_rules, work.changes);
    if (!publication.findings.empty()) {
      publication.failure = FailureClass::kGuardrailViolation;
      publication.reason =
          StrCat("The publisher refused the work: ", publication.findings.front().rule, " at ",
                 publication.findings.front().path);
      return publication;
    }
    AMEIDE_ASSIGN_OR_RETURN(const std::string commit, Commit(work.commit));
    AMEIDE_ASSIGN_OR_RETURN(const std::string words, Push(commit));
    AMEIDE_RETURN_IF_ERROR(CheckRemote(commit));
    publication.branch = proposal_.branch;
    publication.commit = commit;
    return Propose(std::move(publication), words);
  }

 private:
  Result<std::string> Call(std::vector<std::string> arguments) const {
    return git_.Run(clone_, std::move(arguments));
  }
  Result<std::string> Word(std::vector<std::string> arguments) const {
    AMEIDE_ASSIGN_OR_RETURN(const std::string out, Call(std::move(arguments)));
    return std::string(StripWhitespace(out));
  }
  std::string BranchRef() const { return StrCat("refs/heads/", proposal_.branch); }

  Status CheckBranch() const {
    const std::string& branch = proposal_.branch;
    std::string problem = branch.empty() ? "must not be empty" : RefProblem(branch);
    if (problem.empty() && branch.starts_with("refs/")) problem = "must be a branch's short name";
    if (problem.empty() && order_.branch_prefix.empty()) {
      problem = "has no prefix that the profile allows";
    }
    if (problem.empty() && (!branch.starts_with(order_.branch_prefix) ||
                            branch.size() == order_.branch_prefix.size())) {
      problem = StrCat("must start with the profile's prefix ", order_.branch_prefix);
    }
    if (problem.empty() && branch == proposal_.base) problem = "is the base branch itself";
    if (!problem.empty()) {
      return Error{ErrorKind::kInvalid, "push branch", Quote(branch), std::move(problem),
                   "set pull_request.branch"};
    }
    if (IsObjectId(order_.base_commit)) return Ok{};
    return Error{ErrorKind::kInvalid, "publish work on", Quote(order_.base_commit),
                 "the base is no full commit id", ""};
  }

  Status MakeClone() {
    const std::string format = order_.base_commit.size() == 64 ? "sha256" : "sha1";
    AMEIDE_RETURN_IF_ERROR(MakeDirectories(clone_));
    AMEIDE_RETURN_IF_ERROR(
        Call({"init", "--quiet", "--bare", "--template=", "--initial-branch=ameide-unborn",
              StrCat("--object-format=", format)}));
    if (proposal_.base.empty()) AMEIDE_RETURN_IF_ERROR(FindBase());
    if (proposal_.base == proposal_.branch) return CheckBranch();
    AMEIDE_RETURN_IF_ERROR(
        Call({"fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--", "origin",
              StrCat("+refs/heads/", proposal_.base, ":", kRemoteBase)}));
    // Otherwise the pull request would show, and merge, more than what is judged here.
    if (Call({"merge-base", "--is-ancestor", order_.base_commit, kRemoteBase}).ok()) return Ok{};
    return Error{ErrorKind::kInvalid, "publish work on", order_.base_commit,
                 StrCat("it is no part of branch ", proposal_.base, " of the remote"),
                 "start the task from that branch, or set pull_request.base"};
  }

  Status FindBase() {
    const std::string& ref = order_.checked_out;
    if (!ref.empty() && !ref.starts_with("refs/") && !IsObjectId(ref)) {
      AMEIDE_ASSIGN_OR_RETURN(const std::string head, RemoteHead(StrCat("refs/heads/", ref)));
      if (!head.empty()) proposal_.base = ref;
      if (!head.empty()) return Ok{};
    }
    AMEIDE_ASSIGN_OR_RETURN(const std::string listing,
                            Call({"ls-remote", "--symref", "--", "origin", "HEAD"}));
    constexpr std::string_view kStart = "ref: refs/heads/";
    const std::string_view line = StrSplit(listing, '\n').front();
    const size_t tab = line.find('\t');
    if (!line.starts_with(kStart) || tab == std::string_view::npos) {
      return Error{ErrorKind::kNotFound, "find the default branch of", order_.repository_url,
                   "its HEAD is no branch", "set pull_request.base"};
    }
    proposal_.base = line.substr(kStart.size(), tab - kStart.size());
    return Ok{};
  }

  Result<std::string> Commit(const std::string& work) const {
    const std::string date = FormatTime(clock_.Now());
    const Git bot = git_.With("GIT_AUTHOR_NAME", order_.bot.name)
                        .With("GIT_AUTHOR_EMAIL", order_.bot.email)
                        .With("GIT_AUTHOR_DATE", date)
                        .With("GIT_COMMITTER_NAME", order_.bot.name)
                        .With("GIT_COMMITTER_EMAIL", order_.bot.email)
                        .With("GIT_COMMITTER_DATE", date);
    const std::string body(StripWhitespace(ToPrintable(proposal_.body)));
    const fs::path message = scratch_ / "message";
    AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(
        message, StrCat(ToOneLine(proposal_.title), "\n\n", body, body.empty() ? "" : "\n\n",
                        kWorkTrailer, order_.work_id, "\nAmeide-Run-Id: ", order_.run_id, "\n")));
    AMEIDE_ASSIGN_OR_RETURN(const std::string commit,
                            bot.Run(clone_, {"commit-tree", "-p", order_.base_commit, "-F",
                                             message.string(), StrCat(work, "^{tree}")}));
    return std::string(StripWhitespace(commit));
  }

  // What the remote's branch is now; empty when there is none.
  Result<std::string> RemoteHead(const std::string& ref) const {
    AMEIDE_ASSIGN_OR_RETURN(const std::string listing, Call({"ls-remote", "--", "origin", ref}));
    for (const std::string_view line : StrSplit(listing, '\n')) {
      const size_t tab = line.find('\t');
      if (tab != std::string_view::npos && line.substr(tab + 1) == ref) {
        return std::string(line.substr(0, tab));
      }
    }
    return std::string();
  }

  // An earlier run of the same work may have left its branch; anybody else's stays.
  Status CheckOurs(const std::string& head) const {
    AMEIDE_RETURN_IF_ERROR(Call({"fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--",
                                 "origin", StrCat("+", BranchRef(), ":", kRemoteOld)}));
    AMEIDE_ASSIGN_OR_RETURN(const std::string commit, Call({"cat-file", "commit", head}));
    const bool by_us = commit.find(StrCat("\ncommitter ", order_.bot.name, " <", order_.bot.email,
                                          "> ")) != std::string::npos;
    const bool same_work =
        StrCat(commit, "\n").find(StrCat("\n", kWorkTrailer, order_.work_id, "\n")) !=
        std::string::npos;
    if (by_us && same_work) return Ok{};
    return Error{ErrorKind::kConflict, "push branch", proposal_.branch,
                 "it exists and is not of this work", "choose another pull_request.branch"};
  }

  // What the remote said.
  Result<std::string> Push(const std::string& commit) const {
    AMEIDE_ASSIGN_OR_RETURN(const std::string head, RemoteHead(BranchRef()));
    if (!head.empty()) AMEIDE_RETURN_IF_ERROR(CheckOurs(head));
    std::vector<std::string> arguments = {"push",
                                          "--porcelain",
                                          "--no-verify",
                                          "--no-follow-tags",
                                          "--recurse-submodules=no",
                                          StrCat("--force-with-lease=", BranchRef(), ":", head)};
    for (const std::string& option : host_->PushOptions(proposal_)) {
      arguments.push_back(StrCat("--push-option=", option));
    }
    for (std::string word :
         {std::string("--"), std::string("origin"), StrCat(commit, ":", BranchRef())}) {
      arguments.push_back(std::move(word));
    }
    AMEIDE_ASSIGN_OR_RETURN(const CommandResult pushed,
                            git_.RunForBoth(clone_, std::move(arguments)));
    return pushed.err;
  }

  Status CheckRemote(const std::string& commit) const {
    AMEIDE_ASSIGN_OR_RETURN(const std::string head, RemoteHead(BranchRef()));
    if (head == commit) return Ok{};
    return Error{ErrorKind::kConflict, "verify branch", proposal_.branch,
                 StrCat("the remote has ", head.empty() ? "none" : head, " instead of ", commit),
                 "look who else pushes to it"};
  }

  Result<Publication> Propose(Publication publication, const std::string& words) const {
    const Result<std::string> url = host_->Open(proposal_, words);
    std::string cause;
    if (!url.ok()) cause = url.error().ToString();
    if (url.ok() && url->empty()) {
      cause = "there is no host program to open it with; install gh, or open it by hand";
    }
    if (url.ok() && cause.empty()) {
      cause = PullRequestUrlProblem(*url);
      publication.pr_url = cause.empty() ? *url : "";
    }
    publication.failure = cause.empty() ? FailureClass::kNone : FailureClass::kPublishFailed;
    if (!cause.empty()) {
      publication.reason =
          ToPrintable(StrCat("Branch ", publication.branch, " is on the remote, but there is no ",
                             "pull request: ", cause));
    }
    return publication;
  }

  Git git_;
  GitHost* host_;
  const PublishOrder& order_;
  PullRequestText proposal_;
  fs::path clone_;
  fs::path scratch_;
  const Clock& clock_;
};

}  // namespace

std::string BotProblem(const BotIdentity& bot) {
  for (const std::string& part : {bot.name, bot.email}) {
    if (part.empty() || part.size() > 200) return "needs a name and an address of 1 to 200 bytes";
    if (ToOneLine(part) != part || part.find_first_of("<>\n\t") != std::string::npos) {
      return "must be printable, on one line and without < and >";
    }
  }
  // Git drops these from the ends of a name, so that the commit would have another one.
  constexpr std::string_view kCrud = " .,:;\"'\\";
  if (kCrud.find(bot.name.front()) != std::string_view::npos ||
      kCrud.find(bot.name.back()) != std::string_view::npos) {
    return "must not start or end with blanks or punctuation";
  }
  if (bot.email.find_first_of(" \"'") != std::string::npos) return "needs a plain address";
  return "";
}

Result<Publication> Publish(const Git& git, GitHost* host, const PublishOrder& order,
                            const fs::path& work, const Clock& clock) {
  return Publishing(git, host, order, work, clock).Run();
}

}  // namespace ameide::task
