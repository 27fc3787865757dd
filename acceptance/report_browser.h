// One page in a headless Chromium, steered through the Chrome DevTools Protocol on a pair of
// descriptors (--remote-debugging-pipe): no port, no driver program.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "base/result.h"
#include "base/subprocess.h"

namespace ameide::testing {

// Not thread-safe. The browser ends with the object; its profile lies in `scratch`.
class BrowserPage {
 public:
  // kNotFound names the package when there is no chromium on PATH.
  static Result<std::unique_ptr<BrowserPage>> Open(const fs::path& scratch);
  ~BrowserPage();

  Status Resize(int width, int height);
  Status Load(const fs::path& file);  // returns when the page's load event has fired
  // The value of a JavaScript expression; kInvalid with the exception's text.
  Result<Json> Evaluate(const std::string& expression);
  // Moves the element into view and presses the mouse in its middle, as a person would.
  Status Click(const std::string& selector);
  Status Type(std::string_view text);  // into what has the focus
  // What the page complained of so far: console messages, exceptions, policy violations.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  BrowserPage(UniqueFd pipe, Subprocess browser)
      : pipe_(std::move(pipe)), browser_(std::move(browser)) {}
  Status Attach();
  Result<Json> Call(const std::string& method, Json parameters);
  Result<Json> Receive();
  void Note(const Json& message);

  UniqueFd pipe_;
  Subprocess browser_;
  std::string session_;
  std::string received_;
  std::vector<std::string> complaints_;
  int64_t last_id_ = 0;
  bool loaded_ = false;
};

}  // namespace ameide::testing
