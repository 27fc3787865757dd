#include "base/environment.h"
#include "task/agent/agent.h"

int main(int argc, char** argv) {
  return ameide::task::AgentMain({argv + 1, argv + argc}, ameide::ProcessEnvironment());
}
