#include "task/contract/publication.h"

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/json_reader.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxUrl = 2048;

}  // namespace

std::string PushCredentialText(const std::map<std::string, std::string>& secrets) {
  std::string username;
  std::string password;
  for (const auto& [name, value] : secrets) {
    std::string& part = name.find("USERNAME") != std::string::npos ? username : password;
    part = StripWhitespace(value);
  }
  if (password.empty()) return username;
  return username.empty() ? password : StrCat(username, "\n", password);
}

std::string PullRequestUrlProblem(std::string_view url) {
  if (url.size() > kMaxUrl) return "is too long";
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    return "must start with https:// or http://";
  }
  for (const char c : url) {
    if (c <= ' ' || c > '~' || c == '"' || c == '<' || c == '>') {
      return "must be of plain printable characters without blanks";
    }
  }
  return "";
}

Json ToJson(const Publication& publication) {
  Json::Array findings;
  for (const Finding& finding : publication.findings) findings.push_back(ToJson(finding));
  return Json::Object{{"failure", ToString(publication.failure)},
                      {"reason", publication.reason},
                      {"branch", publication.branch},
                      {"commit", publication.commit},
                      {"pr_url", publication.pr_url},
                      {"findings", std::move(findings)}};
}

Checked<Publication> PublicationFromJson(const Json& json) {
  Publication publication;
  Problems problems;
  ObjectReader reader(json, "", &problems);
  reader.Require({"failure", "reason", "branch", "commit", "pr_url", "findings"});
  reader.ReadWord("failure", FailureClassFrom, AllFailureClasses(), &publication.failure);
  reader.Read("reason", &publication.reason);
  reader.Read("branch", &publication.branch);
  reader.Read("commit", &publication.commit);
  reader.Read("pr_url", &publication.pr_url);
  reader.ReadEach("findings", [&](const Json& item, const std::string& pointer) {
    Finding finding;
    Take(FindingFromJson(item, pointer), &finding, &problems);
    publication.findings.push_back(std::move(finding));
  });
  reader.Finish();
  publication.reason = ToPrintable(publication.reason);
  publication.branch = ToOneLine(publication.branch);
  publication.commit = ToOneLine(publication.commit);
  if (!publication.pr_url.empty()) {
    reader.Problem("pr_url", PullRequestUrlProblem(publication.pr_url));
  }
  if (publication.failure == FailureClass::kNone) {
    if (publication.branch.empty()) reader.Problem("branch", "is empty in a publication");
    if (publication.commit.empty()) reader.Problem("commit", "is empty in a publication");
    if (publication.pr_url.empty()) reader.Problem("pr_url", "is empty in a publication");
    if (!publication.findings.empty()) reader.Problem("findings", "are there, but no failure");
  }
  return Finished(std::move(publication), std::move(problems));
}

}  // namespace ameide::task
