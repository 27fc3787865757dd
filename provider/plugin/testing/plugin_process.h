// A plugin program under test, started as Terraform starts a provider.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/environment.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "base/unique_fd.h"

namespace ameide::plugin::testing {

struct Handshake {
  std::string line;  // with its newline
  std::string socket;
  std::string certificate;  // unpadded base64, or empty
  std::vector<std::string> fields;
};

// Kills the process, if it still runs, when the object goes.
class PluginProcess {
 public:
  // An environment with the cookie, and with TMPDIR in `folder`.
  static Environment WithCookie(const fs::path& folder);

  explicit PluginProcess(const Environment& environment, std::vector<std::string> flags = {});
  // Any command; its stdout is taken for the plugin's.
  PluginProcess(const Environment& environment, const std::vector<std::string>& argv, int);
  ~PluginProcess();

  // Reads stdout up to and with `lines` newlines. Empty after 60 s without them.
  std::string ReadLines(int lines);
  Handshake ReadHandshake();
  std::string RestOfStdout();  // until its end
  std::string Stderr() const;
  void Signal(int signal) const { process_->Signal(signal); }
  pid_t pid() const { return process_->pid(); }

  // Nothing when it still runs after 60 s.
  std::optional<ExitStatus> WaitForExit();
  // True when everybody who held the plugin's stderr has ended within 60 s.
  bool WaitForStderrEnd();

 private:
  ameide::testing::TempDir folder_;
  UniqueFd stdout_;
  UniqueFd stderr_;
  mutable std::string stderr_text_;
  std::optional<Subprocess> process_;
};

}  // namespace ameide::plugin::testing
