#include "task/publish/credential.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/quoting.h"
#include "base/strings.h"
#include "task/contract/task_result.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxMessage = 64u << 10;
constexpr int kInheritedFd = 3;                    // as Git::WithDescriptor gives it
constexpr char kDefaultUser[] = "x-access-token";  // servers that take a token ignore the name

Error BadCredential(std::string cause) {
  return Error{ErrorKind::kInvalid, "read", "push credential", std::move(cause),
               "give a token, or a user name and a password on two lines"};
}

// Answers until the other ends are closed: ours and those of every helper.
void Serve(int fd, const Credential& credential, const std::string& origin) {
  std::string buffer(kMaxMessage, '\0');
  while (true) {
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    const std::string_view prompt(buffer.data(), static_cast<size_t>(got));
    const std::string answer = StrCat(AnswerTo(prompt, credential, origin), "\n");
    if (::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
  }
}

}  // namespace

Result<Credential> CredentialFromText(std::string_view text) {
  if (text.size() >= kMaxMessage) return BadCredential("it is too long");
  std::vector<std::string> lines;
  for (const std::string_view line : StrSplit(StripWhitespace(text), '\n')) {
    lines.emplace_back(StripWhitespace(line));
  }
  if (lines.size() > 2 || lines.back().empty()) return BadCredential("it has no such form");
  for (const std::string& line : lines) {
    if (std::any_of(line.begin(), line.end(), [](char c) { return c >= 0 && c < ' '; })) {
      return BadCredential("it has control characters");
    }
  }
  if (lines.size() == 1) return Credential{kDefaultUser, lines[0]};
  return Credential{lines[0], lines[1]};
}

std::string OriginOf(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  const size_t end = url.find('/', scheme + 3);
  return WithoutUserInfo(url.substr(0, end));
}

std::string AnswerTo(std::string_view prompt, const Credential& credential,
                     std::string_view origin) {
  const size_t open = prompt.find('\'');
  const size_t close = prompt.rfind('\'');
  if (open == std::string_view::npos || close <= open) return "";
  // Whatever a server redirects to, or a repository names, does not get it.
  if (OriginOf(prompt.substr(open + 1, close - open - 1)) != origin) return "";
  if (prompt.starts_with("Username for ")) return credential.username;
  if (prompt.starts_with("Password for ")) return credential.password;
  return "";
}

CredentialAnswers::CredentialAnswers(fs::path script, UniqueFd ours, UniqueFd theirs)
    : script_(std::move(script)), ours_(std::move(ours)), theirs_(std::move(theirs)) {}

Result<CredentialAnswers> CredentialAnswers::Start(Credential credential, std::string_view url,
                                                   const std::vector<std::string>& helper,
                                                   const fs::path& scratch) {
  const std::string origin = OriginOf(url);
  if (!origin.starts_with("https://") && !origin.starts_with("http://")) {
    return Error{ErrorKind::kInvalid, "use push credential for", WithoutUserInfo(url),
                 "a token can only be given to a server that speaks HTTP",
                 "give repository.url as https://…"};
  }
  const fs::path script = scratch / "askpass";
  AMEIDE_RETURN_IF_ERROR(WriteFileAtomically(
      script, StrCat("#!/bin/sh\nexec ", ShellCommand(helper), " \"$1\"\n"), 0700));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return ErrnoError(errno, "make socket", "");
  }
  CredentialAnswers answers(script, UniqueFd(ends[0]), UniqueFd(ends[1]));
  answers.thread_ = std::thread(
      [fd = ends[0], secret = std::move(credential), origin] { Serve(fd, secret, origin); });
  return answers;
}

CredentialAnswers::~CredentialAnswers() {
  if (!thread_.joinable()) return;
  ::shutdown(ours_.get(), SHUT_RDWR);
  thread_.join();
}

Git CredentialAnswers::Lend(const Git& git) const {
  return git.With("GIT_ASKPASS", script_.string()).WithDescriptor(theirs_.get());
}

int AskpassMain(const std::vector<std::string>& arguments) {
  if (arguments.size() != 1) return 2;
  const std::string& prompt = arguments.front();
  if (::send(kInheritedFd, prompt.data(), prompt.size(), MSG_NOSIGNAL) < 0) return 1;
  std::string answer(kMaxMessage, '\0');
  const ssize_t got = ::recv(kInheritedFd, answer.data(), answer.size(), 0);
  if (got <= 1) return 1;  // nothing but a newline: not for this server
  answer.resize(static_cast<size_t>(got));
  return WriteAll(STDOUT_FILENO, answer, "stdout").ok() ? 0 : 1;
}

}  // namespace ameide::task
