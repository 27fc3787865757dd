// ameide-agent: runs a task inside its workspace, and publishes its work outside of it.
#include "base/environment.h"
#include "base/files.h"
#include "task/agent/agent.h"
#include "task/publish/publish.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const ameide::Environment environment = ameide::ProcessEnvironment();
  std::error_code ignored;
  const std::string self = ameide::fs::read_symlink("/proc/self/exe", ignored).string();
  if (const auto code = ameide::task::PublishVerb(arguments, environment, {self})) return *code;
  return ameide::task::AgentMain(arguments, environment);
}
