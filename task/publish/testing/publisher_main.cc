// The publisher's verbs as a program of their own, for its tests.
#include "base/files.h"
#include "task/publish/publish.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  std::error_code ignored;
  const std::string self = ameide::fs::read_symlink("/proc/self/exe", ignored).string();
  return ameide::task::PublishVerb(arguments, ameide::ProcessEnvironment(), {self}).value_or(2);
}
