// What the guardrails say to people. For guardrails.cc.
#pragma once

#include <string>
#include <string_view>

#include "task/contract/guardrails.h"

namespace ameide::task {

// Who made a rule: "the profile" or "the task", so that a finding says where the list is.
struct RuleSource {
  std::string_view owner;
  std::string_view place;
  const Guardrails& rules;
};

// `path` is printable in all of them.
Finding PathUnsafe(const std::string& path);
Finding SubmoduleConfig(const std::string& path);
Finding ControlFile(const std::string& path);
Finding PathDenied(const std::string& path, const RuleSource& source, std::string_view pattern);
Finding PromotionArtifact(const std::string& path, const RuleSource& source,
                          std::string_view pattern);
Finding PathNotAllowed(const std::string& path, const RuleSource& source);
Finding GitlinkChanged(const std::string& path, const RuleSource& source);
Finding SymlinkEscaped(const std::string& path, std::string_view target);
Finding ModeChanged(const std::string& path, const RuleSource& source, const Change& change);
Finding FileTooLarge(const std::string& path, const RuleSource& source, uint64_t size);
Finding BinaryFile(const std::string& path, const RuleSource& source);
Finding NotDigestOnly(const std::string& path, const RuleSource& source, std::string_view pattern);
Finding TooManyFiles(const RuleSource& source, size_t files);

}  // namespace ameide::task
