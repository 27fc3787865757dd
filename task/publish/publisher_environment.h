// What a publisher inside a workspace is told by its environment: the task, its profile, whose
// orders hold, and the push credential.
#pragma once

#include <string>

#include "base/environment.h"
#include "task/publish/publish_job.h"

namespace ameide::task {

struct AwaitingPublisher {
  PublishJob job;  // without base_commit and bundle, which the order brings
  std::string public_key_pem;
};

// From AMEIDE_SPEC_BASE64, AMEIDE_CONTRACT_BASE64, AMEIDE_PUBLISH_KEY (DER SubjectPublicKeyInfo in
// base64) and the variables that the profile grants to the phase pr. kInvalid names the variable
// that is missing or wrong, never a credential's value; kDenied for a task without a pull request.
Result<AwaitingPublisher> PublisherFromEnvironment(const Environment& environment);

}  // namespace ameide::task
