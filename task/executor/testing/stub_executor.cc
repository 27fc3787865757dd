#include "task/executor/testing/stub_executor.h"

#include "base/strings.h"
#include "base/subprocess.h"

namespace ameide::task::testing {
namespace {

http::Response Say(int status, Json body) {
  return {status, {{"Content-Type", "application/json"}}, body.Dump()};
}

http::Response Refuse(int status, std::string_view why) {
  return Say(status, Json::Object{{"error", why}});
}

std::string Text(const Json& json, std::string_view name) {
  const Json* member = json.Find(name);
  const std::string* text = member == nullptr ? nullptr : member->AsString();
  return text == nullptr ? "" : *text;
}

int64_t Number(const Json& json, std::string_view name) {
  int64_t number = 0;
  const Json* member = json.Find(name);
  if (member != nullptr) member->GetInt64(&number);
  return number;
}

}  // namespace

http::Response StubExecutor::Answer(const http::Request& request) {
  Override override;
  {
    const std::lock_guard lock(mutex_);
    override = override_;
  }
  if (override) {
    if (auto answer = override(request)) return *answer;
  }
  const Result<Json> parsed = request.body.empty() ? Json(Json::Object{}) : ParseJson(request.body);
  if (!parsed.ok()) return Refuse(400, "no JSON");
  const std::string& target = request.target;
  constexpr std::string_view kSession = "/v1/sessions/";
  constexpr std::string_view kTool = "/v1/tools/";
  const std::lock_guard lock(mutex_);
  if (request.method == "POST" && target == "/v1/sessions") return Open(*parsed);
  if (request.method == "PUT" && target.starts_with(kSession)) {
    return Renew(target.substr(kSession.size()), *parsed);
  }
  if (request.method == "DELETE" && target.starts_with(kSession)) {
    return Close(target.substr(kSession.size()));
  }
  if (request.method == "POST" && target.starts_with(kTool)) {
    return Call(target.substr(kTool.size()), *parsed);
  }
  return Refuse(404, "nothing is here");
}

http::Response StubExecutor::Open(const Json& body) {
  const std::string key = StrCat(Text(body, "devbox"), " ", Text(body, "branch"));
  const std::string task = Text(body, "task_id");
  if (task.empty() || Number(body, "lease_seconds") < 1) return Refuse(400, "incomplete");
  Session& session = open_[key];
  const bool taken = !session.id.empty() && session.until > clock_.Now();
  if (taken && session.task_id != task) {
    return Refuse(409, StrCat("task ", session.task_id, " has ", key));
  }
  if (session.id.empty() || !taken) {
    session.id = StrCat("session-", ++opened_);
    session.task_id = task;
    session.key = key;
  }
  session.lease_seconds = Number(body, "lease_seconds");
  session.until = clock_.Now() + std::chrono::seconds(session.lease_seconds);
  session.ends_at = Text(body, "ends_at");
  return Say(201, Json::Object{{"session_id", session.id}});
}

StubExecutor::Session* StubExecutor::Find(const std::string& id) {
  for (auto& [key, session] : open_) {
    if (session.id == id && session.until > clock_.Now()) return &session;
  }
  return nullptr;
}

http::Response StubExecutor::Renew(const std::string& id, const Json& body) {
  Session* session = Find(id);
  if (session == nullptr) return Refuse(404, "no such session");
  ++renewed_;
  session->lease_seconds = Number(body, "lease_seconds");
  session->until = clock_.Now() + std::chrono::seconds(session->lease_seconds);
  return Say(200, Json::Object{});
}

http::Response StubExecutor::Close(const std::string& id) {
  const Session* session = Find(id);
  if (session == nullptr) return Refuse(404, "no such session");
  open_.erase(session->key);
  ++closed_;
  return {204, {}, ""};
}

http::Response StubExecutor::Call(const std::string& tool, const Json& body) {
  calls_.push_back(body);
  const Session* session = Find(Text(body, "session_id"));
  if (session == nullptr) return Refuse(409, "the session is over");
  if (session->task_id != Text(body, "task_id")) return Refuse(403, "another task's session");
  const std::string operation = Text(body, "operation_id");
  if (operation.empty()) return Refuse(400, "no operation_id");
  const auto known = by_operation_.find(operation);
  if (known != by_operation_.end()) return known->second;
  ++done_;
  const Json* arguments = body.Find("arguments");
  const http::Response answer =
      Do(tool, *session, arguments == nullptr ? Json(Json::Object{}) : *arguments);
  by_operation_[operation] = answer;
  return answer;
}

http::Response StubExecutor::Do(const std::string& tool, const Session& session,
                                const Json& arguments) const {
  if (tool == "fo.session.open") {
    for (const char* part : {"Metadata", "Projects"}) {
      if (!MakeDirectories(folder_ / part).ok()) return Refuse(500, "no folder");
    }
    return Say(200, Json::Object{{"session_id", session.id},
                                 {"branch", Text(arguments, "feature_branch")}});
  }
  if (tool == "fo.session.close") return Say(200, Json::Object{{"branch", "fo/main"}});
  if (tool == "fo.fs.read") {
    const auto text = ReadFile(folder_ / Text(arguments, "path"), 1 << 20);
    return text.ok() ? Say(200, Json::Object{{"content", *text}}) : Refuse(404, "no such file");
  }
  if (tool == "fo.vs.create_table") {
    const Json* spec = arguments.Find("table_spec");
    const std::string name = spec == nullptr ? "" : Text(*spec, "name");
    if (name.empty()) return Refuse(422, "the table has no name");
    const std::string file = StrCat("Metadata/", name, ".xml");
    if (!MakeDirectories(folder_ / "Metadata").ok()) return Refuse(500, "no folder");
    const auto written =
        WriteFileAtomically(folder_ / file, StrCat("<AxTable>", name, "</AxTable>"));
    if (!written.ok()) return Refuse(500, "not written");
    return Say(200, Json::Object{{"created_objects", Json::Strings({name})},
                                 {"created_files", Json::Strings({file})},
                                 {"warnings", Json::Array{}}});
  }
  if (tool == "fo.build") return RunScript("build.sh");
  if (tool == "fo.test") return RunScript("test.sh");
  return Refuse(404, "no such tool");
}

// The script's output is the answer's one text: a log of the build, a JUnit report of the tests.
http::Response StubExecutor::RunScript(const std::string& script) const {
  SpawnOptions options;
  options.argv = {"/bin/sh", (folder_ / script).string()};
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  options.directory = folder_;
  options.new_session = true;
  const auto ran = RunCommand(options, {}, SystemClock());
  if (!ran.ok()) return Refuse(500, ran.error().ToString());
  const bool good = ran->status.Success();
  if (script == "test.sh") return Say(200, Json::Object{{"tests_ok", good}, {"junit", ran->out}});
  return Say(200, Json::Object{{"build_ok", good}, {"log", ran->out}});
}

std::vector<StubExecutor::Session> StubExecutor::sessions() const {
  const std::lock_guard lock(mutex_);
  std::vector<Session> all;
  for (const auto& [key, session] : open_) all.push_back(session);
  return all;
}
int StubExecutor::opened() const {
  const std::lock_guard lock(mutex_);
  return opened_;
}
int StubExecutor::renewed() const {
  const std::lock_guard lock(mutex_);
  return renewed_;
}
int StubExecutor::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}
std::vector<Json> StubExecutor::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}
int StubExecutor::done() const {
  const std::lock_guard lock(mutex_);
  return done_;
}
void StubExecutor::set_override(Override override) {
  const std::lock_guard lock(mutex_);
  override_ = std::move(override);
}
void StubExecutor::Forget() {
  const std::lock_guard lock(mutex_);
  open_.clear();
}

Result<http::Response> DirectClient::Send(const http::Request& request,
                                          const http::SendOptions& options) {
  bool lose = false;
  bool after = false;
  ErrorKind kind = ErrorKind::kUnavailable;
  {
    const std::lock_guard lock(mutex_);
    lose = failures_ > 0;
    if (lose) --failures_;
    after = after_;
    kind = kind_;
  }
  const Error lost{kind, request.method, request.target, "the connection was lost", ""};
  if (lose && !after) return lost;
  http::Response answer = executor_.Answer(request);
  if (options.stop.stop_requested()) {
    return Error{ErrorKind::kCancelled, request.method, request.target, "stopped", ""};
  }
  if (lose) return lost;
  return answer;
}

Result<std::unique_ptr<http::WebSocket>> DirectClient::OpenWebSocket(const std::string& target,
                                                                     const http::SendOptions&) {
  return Error{ErrorKind::kInvalid, "open WebSocket", target, "an executor has none", ""};
}

void DirectClient::Lose(int failures, bool after, ErrorKind kind) {
  const std::lock_guard lock(mutex_);
  failures_ = failures;
  after_ = after;
  kind_ = kind;
}

}  // namespace ameide::task::testing
