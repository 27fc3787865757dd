// May this task run from that template? Pure: what the server said is passed in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "task/coder/api.h"
#include "task/contract/task_spec.h"

namespace ameide::task {

// What a workspace is created from.
struct CoderTemplate {
  coder::Template info;
  coder::TemplateVersion version;  // the active one: workspaces are pinned to it
  std::vector<coder::RichParameter> parameters;
  std::vector<coder::ExternalAuth> accounts;
};

// kInvalid with what to push, change or link: the template is deprecated, its version was not
// imported, its parameters are not those of template contract version 3 (names, immutable, no
// required stranger), the TTL or the spec is out of bounds, an external account is not linked.
Status CheckTemplate(const CoderTemplate& from, const TaskSpec& spec);

// The values of a workspace's parameters. `publish_key` may be empty.
coder::Parameters ParametersOf(const TaskSpec& spec, const std::string& installation,
                               const std::string& publish_key,
                               const std::vector<coder::RichParameter>& known);

// How long Coder lets the workspace live: the task's TTL, time for provisioning and for collecting
// its evidence, in whole minutes.
Millis WorkspaceTtl(const TaskSpec& spec);

}  // namespace ameide::task
