// What `ameide-templates push` is to bring: read from its arguments, checked and packed before
// anything is sent.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "generator/commands/selection.h"
#include "generator/push/push_template.h"
#include "task/contract/task_spec.h"

namespace ameide::generator {

struct PushWanted {
  Profiles profiles;
  std::map<std::string, std::string> variables;
  std::optional<task::TaskSpec> smoke;
};

// One template of the selection.
struct PushItem {
  std::string folder;                      // "code", "code-human"
  const task::Profile* profile = nullptr;  // of the PushWanted
  PushRequest request;
};

// Both give the outcome to end with when something is not as it should be.
std::variant<PushWanted, Outcome> ReadPushWanted(const Arguments& arguments);
std::variant<std::vector<PushItem>, Outcome> PreparePush(const PushWanted& wanted,
                                                         const Arguments& arguments,
                                                         const Context& context);

}  // namespace ameide::generator
