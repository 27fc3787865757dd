// The kinds of text in a profile, each with its rule (profile_rules.h) and the pattern that says as
// much of it as a JSON Schema can.
#pragma once

#include "task/contract/fields.h"

namespace ameide::task {

extern const TextKind kLine;
extern const TextKind kProfileName;
extern const TextKind kDnsLabel;
extern const TextKind kNamespace;
extern const TextKind kServiceAccount;
extern const TextKind kRole;
extern const TextKind kDnsName;
extern const TextKind kSecretKey;
extern const TextKind kVariable;
extern const TextKind kRepository;
extern const TextKind kPathPattern;
extern const TextKind kProgram;
extern const TextKind kBranchPrefix;
extern const TextKind kImage;
extern const TextKind kOwnImage;
extern const TextKind kFolder;
extern const TextKind kLabelKey;
extern const TextKind kLabelValue;
extern const TextKind kQuantity;
extern const TextKind kNetwork;
extern const TextKind kToolName;
extern const TextKind kMemberName;
extern const TextKind kRegex;

}  // namespace ameide::task
