// ameide-agent: runs a task inside its workspace, shows it there, offers it an executor's tools,
// and publishes its work outside.
#ifdef AMEIDE_FULLY_STATIC
#include <nss.h>
#endif

#include "base/environment.h"
#include "base/files.h"
#include "task/agent/agent.h"
#include "task/executor/tool_server.h"
#include "task/publish/publish.h"
#include "task/serve/serve.h"

int main(int argc, char** argv) {
#ifdef AMEIDE_FULLY_STATIC
  // Else glibc loads what the image's nsswitch.conf(5) names, and with it the image's own C
  // library. These two are built in.
  __nss_configure_lookup("hosts", "files dns");
#endif
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  // Before the environment is copied: a service that lives beside the command must hold no secret.
  if (const auto code = ameide::task::ServeVerb(arguments)) return *code;
  const ameide::Environment environment = ameide::ProcessEnvironment();
  if (const auto code = ameide::task::ToolVerb(arguments, environment)) return *code;
  std::error_code ignored;
  const std::string self = ameide::fs::read_symlink("/proc/self/exe", ignored).string();
  if (const auto code = ameide::task::PublishVerb(arguments, environment, {self})) return *code;
  return ameide::task::AgentMain(arguments, environment);
}
