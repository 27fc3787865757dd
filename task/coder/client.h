// Coder's API v2 as typed calls. Each blocks, may be called from any thread, ends early with
// kCancelled when `stop` is requested, keeps within the rate budget and repeats itself where
// request_policy.h allows it. Errors carry Coder's own words, never the token.
//
// Endpoints and their rules are Coder's of 2.24 and later; what older ones lack is optional.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/http/client.h"
#include "base/json.h"
#include "base/result.h"
#include "task/coder/api.h"
#include "task/coder/request_policy.h"

namespace ameide::coder {

struct NewTemplateVersion {
  std::string name;  // empty: the server makes one up
  std::string message;
  std::string file_id;
  std::string template_id;  // empty: of a template that is not there yet
  std::map<std::string, std::string> variables;
};

struct TemplateSettings {
  std::string name;
  std::string display_name;
  std::string description;
  std::string icon;
  int64_t default_ttl_ms = 0;
  int64_t activity_bump_ms = 0;
  bool allow_user_cancel_workspace_jobs = true;
};

struct NewWorkspace {
  std::string name;
  std::string template_version_id;  // pinned
  Millis ttl{0};                    // whole minutes, 1 minute to 30 days
  Parameters parameters;
};

// 410 and 404 are different answers: the first is proof of a deletion, the second may as well mean
// a permission that was taken away.
struct WorkspaceLookup {
  enum class Presence { kThere, kDeleted, kUnknown };
  Presence presence = Presence::kUnknown;
  Workspace workspace;  // kThere only
};

enum class CancelAnswer { kAccepted, kTooLate, kForbidden, kOtherState };

enum class LogKind { kTemplateVersion, kBuild, kAgent };

// A path app: `/@owner/workspace.agent/apps/slug/…` below the access URL.
struct AppAddress {
  std::string owner;  // the user name; "me" does not work here
  std::string workspace;
  std::string agent;
  std::string slug;
};

// Bytes [first, first + length) of a file.
struct ByteRange {
  uint64_t first = 0;
  uint64_t length = 0;
};

// The workspace each time it has changed. Events may be lost: look for yourself, too, now and then.
class WorkspaceWatch {
 public:
  virtual ~WorkspaceWatch() = default;
  // Nothing when nothing came within `wait`. After an error the watch is of no more use.
  virtual Result<std::optional<Workspace>> Next(std::stop_token stop, Millis wait) = 0;
};

class CoderClient {
 public:
  // `http` carries the credentials in its headers; `secrets` are their values, for keeping them out
  // of texts. `clock` must outlive the client.
  CoderClient(std::unique_ptr<http::Client> http, std::string url, Secrets secrets,
              const Clock& clock);

  const std::string& url() const { return url_; }  // without a final slash

  Result<BuildInfo> GetBuildInfo(std::stop_token stop);
  Result<User> Me(std::stop_token stop);
  Result<std::vector<Organization>> MyOrganizations(std::stop_token stop);

  // Templates. `organization` is an id, a name, or "default".
  Result<std::optional<Template>> FindTemplate(std::stop_token stop,
                                               const std::string& organization,
                                               const std::string& name);
  Result<Template> CreateTemplate(std::stop_token stop, const std::string& organization,
                                  const TemplateSettings& settings, const std::string& version_id);
  Result<Template> UpdateTemplate(std::stop_token stop, const std::string& template_id,
                                  const TemplateSettings& settings);
  // kInvalid while a workspace of it exists.
  Status DeleteTemplate(std::stop_token stop, const std::string& template_id);
  Status PromoteVersion(std::stop_token stop, const std::string& template_id,
                        const std::string& version_id);
  // Its id. `tar` is a ustar archive.
  Result<std::string> UploadTar(std::stop_token stop, std::string tar);
  Result<TemplateVersion> CreateTemplateVersion(std::stop_token stop,
                                                const std::string& organization,
                                                const NewTemplateVersion& version);
  Result<TemplateVersion> GetTemplateVersion(std::stop_token stop, const std::string& id);
  Result<std::optional<TemplateVersion>> FindTemplateVersion(std::stop_token stop,
                                                             const std::string& template_id,
                                                             const std::string& name);
  Result<std::vector<TemplateVersion>> TemplateVersions(std::stop_token stop,
                                                        const std::string& template_id);
  Result<std::vector<RichParameter>> RichParameters(std::stop_token stop,
                                                    const std::string& version_id);
  Result<std::vector<ExternalAuth>> ExternalAuths(std::stop_token stop,
                                                  const std::string& version_id);
  Result<CancelAnswer> CancelTemplateVersion(std::stop_token stop, const std::string& id);
  // Keeps it from being used again. Not for the active one.
  Status ArchiveTemplateVersion(std::stop_token stop, const std::string& id);

  // Workspaces, all of the token's own user.
  // Never repeated: after an error other than Coder's own, look whether it is there.
  Result<Workspace> CreateWorkspace(std::stop_token stop, const NewWorkspace& workspace);
  Result<WorkspaceLookup> GetWorkspace(std::stop_token stop, const std::string& id,
                                       bool include_deleted = false);
  // With include_deleted a deleted one is found when there is no live one of that name.
  Result<std::optional<Workspace>> FindWorkspace(std::stop_token stop, const std::string& name,
                                                 bool include_deleted = false);
  // Live ones that match a query as the dashboard takes it, all pages.
  Result<std::vector<Workspace>> SearchWorkspaces(std::stop_token stop, const std::string& query);
  Result<Parameters> BuildParameters(std::stop_token stop, const std::string& build_id);
  Result<Build> GetBuild(std::stop_token stop, const std::string& build_id);
  Result<std::vector<Build>> Builds(std::stop_token stop, const std::string& workspace_id);
  // kConflict while another build is active; kDenied for an orphan without template rights.
  Result<Build> CreateBuild(std::stop_token stop, const std::string& workspace_id,
                            Transition transition, bool orphan = false);
  // A build that is still pending may always be canceled, one that runs only where the template
  // allows it: say which it is.
  Result<CancelAnswer> CancelBuild(std::stop_token stop, const std::string& build_id,
                                   JobStatus status);
  Status SetTtl(std::stop_token stop, const std::string& workspace_id, Millis ttl);
  // kInvalid less than 29 minutes ahead, kConflict when there is no deadline to move.
  Status Extend(std::stop_token stop, const std::string& workspace_id, WallTime deadline);
  Result<std::vector<ScriptTiming>> ScriptTimings(std::stop_token stop,
                                                  const std::string& build_id);

  // Logs: the lines with ids above `after`, in order.
  Result<std::vector<LogLine>> Logs(std::stop_token stop, LogKind kind, const std::string& id,
                                    int64_t after);
  // Every line after `after` as it comes, until the server ends the log; resumes lost connections.
  // The end of a log is no proof of the job's end: look at the job.
  Status FollowLogs(std::stop_token stop, LogKind kind, const std::string& id, int64_t after,
                    const std::function<void(const LogLine&)>& each);
  Result<std::unique_ptr<WorkspaceWatch>> Watch(std::stop_token stop, const std::string& id);

  // Path apps. Any answer is a value; redirects are followed on this server only.
  Result<http::Response> AppGet(std::stop_token stop, const AppAddress& app, std::string_view path,
                                std::optional<ByteRange> range = std::nullopt);
  Result<http::Response> AppPut(std::stop_token stop, const AppAddress& app, std::string_view path,
                                std::string body);
  // Runs a shell command in the workspace's terminal to its end and gives what it showed: a
  // terminal's bytes, both streams mixed. Anything over `max_bytes` is kDenied.
  Result<std::string> RunInTerminal(std::stop_token stop, const std::string& agent_id,
                                    std::string_view command, Millis bound, size_t max_bytes);

  // The error for an answer that a caller judges itself.
  Error ErrorFor(std::string operation, std::string target, const http::Response& answer) const;

 private:
  struct Call {
    std::string operation;
    std::string target;  // for errors: what the call is about
    http::Request request;
    Repeat repeat = Repeat::kSafely;
  };
  static Call Get(std::string operation, std::string target, std::string path);
  static Call Post(std::string operation, std::string target, std::string path, const Json& body);
  static Call Put(std::string operation, std::string target, std::string path, const Json& body);
  static Call Patch(std::string operation, std::string target, std::string path, const Json& body);

  // Whatever the server answered in the end.
  Result<http::Response> Send(std::stop_token stop, const Call& call);
  // The body of a success; else an error. The second form has nothing for 404.
  Result<Json> Ask(std::stop_token stop, const Call& call);
  Result<std::optional<Json>> AskMaybe(std::stop_token stop, const Call& call);
  template <class T>
  Result<T> AskFor(std::stop_token stop, const Call& call, Result<T> (*from)(const Json&)) {
    AMEIDE_ASSIGN_OR_RETURN(const Json json, Ask(stop, call));
    return from(json);
  }
  template <class T>
  Result<std::optional<T>> AskForMaybe(std::stop_token stop, const Call& call,
                                       Result<T> (*from)(const Json&));
  template <class T>
  Result<std::vector<T>> AskForList(std::stop_token stop, const Call& call,
                                    Result<T> (*from)(const Json&));
  Result<CancelAnswer> Cancel(std::stop_token stop, Call call);
  Result<http::Response> SendToApp(std::stop_token stop, Call call);
  Result<std::unique_ptr<http::WebSocket>> Open(std::stop_token stop, std::string operation,
                                                const std::string& path);
  Status FollowOnce(std::stop_token stop, const std::string& path, LogKind kind, int64_t* after,
                    const std::function<void(const LogLine&)>& each);
  Status Pause(std::stop_token stop, const std::string& operation, Millis pause);
  double NextJitter();
  Error Cleaned(Error error, const std::string& operation, const std::string& target) const;

  std::unique_ptr<http::Client> http_;
  std::string url_;
  Secrets secrets_;
  const Clock& clock_;
  RateBudget budget_;
  std::atomic<uint32_t> calls_{0};
};

}  // namespace ameide::coder
