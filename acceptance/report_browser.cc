#include "acceptance/report_browser.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/environment.h"
#include "base/strings.h"

namespace ameide::testing {
namespace {

constexpr int kLongestAnswer = 60'000;  // milliseconds; only a browser that hangs takes so long

Error Broken(std::string operation, std::string cause) {
  return Error{ErrorKind::kUnavailable, std::move(operation), "chromium", std::move(cause), ""};
}

std::string TextAt(const Json& json, std::initializer_list<std::string_view> keys) {
  const Json* found = &json;
  for (const std::string_view key : keys) found = found == nullptr ? nullptr : found->Find(key);
  return found == nullptr || found->AsString() == nullptr ? "" : *found->AsString();
}

}  // namespace

Result<std::unique_ptr<BrowserPage>> BrowserPage::Open(const fs::path& scratch) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return ErrnoError(errno, "open", "socket pair");
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  SpawnOptions options;
  // It reads from descriptor 3 and writes to 4. Without a sandbox, since containers rarely allow
  // one and the page is our own.
  options.argv = {"sh",
                  "-c",
                  "exec chromium \"$@\" 4>&3",
                  "chromium",
                  "--headless",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--disable-dev-shm-usage",
                  "--no-first-run",
                  "--disable-background-networking",
                  "--remote-debugging-pipe",
                  StrCat("--user-data-dir=", (scratch / "profile").string())};
  options.environment = {{"PATH", Get(ProcessEnvironment(), "PATH")},
                         {"HOME", scratch.string()},
                         {"TMPDIR", scratch.string()}};
  options.new_session = true;
  options.extra_fd = theirs.get();
  SpawnOptions look = options;
  look.argv = {"chromium", "--version"};
  look.extra_fd = -1;
  AMEIDE_ASSIGN_OR_RETURN(Subprocess version, Subprocess::Spawn(look));
  if (!version.Wait().Success()) {
    return Broken("start", "chromium --version fails; install the package chromium again");
  }
  AMEIDE_ASSIGN_OR_RETURN(Subprocess browser, Subprocess::Spawn(options));
  std::unique_ptr<BrowserPage> page(new BrowserPage(std::move(ours), std::move(browser)));
  AMEIDE_RETURN_IF_ERROR(page->Attach());
  return page;
}

BrowserPage::~BrowserPage() {
  browser_.SignalGroup(SIGKILL);
  browser_.Wait();
}

Status BrowserPage::Attach() {
  AMEIDE_ASSIGN_OR_RETURN(const Json target,
                          Call("Target.createTarget", Json::Object{{"url", "about:blank"}}));
  AMEIDE_ASSIGN_OR_RETURN(
      const Json attached,
      Call("Target.attachToTarget",
           Json::Object{{"targetId", TextAt(target, {"targetId"})}, {"flatten", true}}));
  session_ = TextAt(attached, {"sessionId"});
  for (const char* domain : {"Page.enable", "Runtime.enable", "Log.enable"}) {
    AMEIDE_RETURN_IF_ERROR(Call(domain, Json::Object{}));
  }
  return Ok{};
}

Result<Json> BrowserPage::Receive() {
  while (true) {
    if (const size_t end = received_.find('\0'); end != std::string::npos) {
      const std::string message = received_.substr(0, end);
      received_.erase(0, end + 1);
      return ParseJson(message);
    }
    pollfd waiting{pipe_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, kLongestAnswer) == 0) return Broken("wait for", "no answer came");
    char buffer[1 << 16];
    const ssize_t got = ::read(pipe_.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Broken("wait for", "it ended");
    received_.append(buffer, static_cast<size_t>(got));
  }
}

void BrowserPage::Note(const Json& message) {
  const std::string method = TextAt(message, {"method"});
  if (method == "Page.loadEventFired") loaded_ = true;
  if (method == "Runtime.consoleAPICalled" || method == "Runtime.exceptionThrown" ||
      method == "Log.entryAdded") {
    complaints_.push_back(message.Dump());
  }
}

Result<Json> BrowserPage::Call(const std::string& method, Json parameters) {
  const int64_t id = ++last_id_;
  Json request = Json::Object{{"id", id}, {"method", method}, {"params", std::move(parameters)}};
  if (!session_.empty()) request.Set("sessionId", session_);
  AMEIDE_RETURN_IF_ERROR(
      WriteAll(pipe_.get(), StrCat(request.Dump(), std::string(1, '\0')), "chromium"));
  while (true) {
    AMEIDE_ASSIGN_OR_RETURN(const Json answer, Receive());
    int64_t of = 0;
    const Json* answered = answer.Find("id");
    if (answered == nullptr || !answered->GetInt64(&of) || of != id) {
      Note(answer);
      continue;
    }
    const Json* result = answer.Find("result");
    if (result == nullptr) return Broken(method, TextAt(answer, {"error", "message"}));
    return *result;
  }
}

Status BrowserPage::Resize(int width, int height) {
  AMEIDE_RETURN_IF_ERROR(
      Call("Emulation.setDeviceMetricsOverride", Json::Object{{"width", width},
                                                              {"height", height},
                                                              {"deviceScaleFactor", 1},
                                                              {"mobile", width < 600}}));
  return Ok{};
}

Status BrowserPage::Load(const fs::path& file) {
  loaded_ = false;
  AMEIDE_RETURN_IF_ERROR(
      Call("Page.navigate", Json::Object{{"url", StrCat("file://", file.string())}}));
  while (!loaded_) {
    AMEIDE_ASSIGN_OR_RETURN(const Json message, Receive());
    Note(message);
  }
  return Ok{};
}

Result<Json> BrowserPage::Evaluate(const std::string& expression) {
  AMEIDE_ASSIGN_OR_RETURN(
      const Json answer,
      Call("Runtime.evaluate", Json::Object{{"expression", expression}, {"returnByValue", true}}));
  if (const Json* exception = answer.Find("exceptionDetails")) {
    return Error{ErrorKind::kInvalid, "evaluate", expression, exception->Dump(), ""};
  }
  const Json* result = answer.Find("result");
  const Json* value = result == nullptr ? nullptr : result->Find("value");
  return value == nullptr ? Json() : *value;
}

Status BrowserPage::Click(const std::string& selector) {
  AMEIDE_ASSIGN_OR_RETURN(
      const Json place,
      Evaluate(StrCat("(() => { const e = document.querySelector(", Json(selector).Dump(),
                      "); e.scrollIntoView({block: 'center', behavior: 'instant'});"
                      "const r = e.getBoundingClientRect();"
                      "return [Math.round(r.left + r.width / 2), Math.round(r.top + r.height / 2)];"
                      "})()")));
  if (place.AsArray() == nullptr || place.AsArray()->size() != 2) {
    return Broken("click", StrCat(selector, " has no place"));
  }
  for (const char* type : {"mousePressed", "mouseReleased"}) {
    AMEIDE_RETURN_IF_ERROR(
        Call("Input.dispatchMouseEvent", Json::Object{{"type", type},
                                                      {"x", (*place.AsArray())[0]},
                                                      {"y", (*place.AsArray())[1]},
                                                      {"button", "left"},
                                                      {"clickCount", 1}}));
  }
  return Ok{};
}

Status BrowserPage::Type(std::string_view text) {
  AMEIDE_RETURN_IF_ERROR(Call("Input.insertText", Json::Object{{"text", text}}));
  return Ok{};
}

}  // namespace ameide::testing
