// The launcher's word to a publisher inside the workspace: this work of this run, now. It travels
// through folders that the task's command may write to, so only its signature counts
// (task/evidence/order_envelope.h). Pure.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "task/contract/problem.h"

namespace ameide::task {

struct PublishStatement {
  std::string work_id;
  std::string run_id;
  std::string base_commit;  // 40 or 64 hexadecimal digits
  std::string work_sha256;  // of takeover/work.bundle, as the launcher collected it
  WallTime expires_at;      // later it is no order any more
  bool operator==(const PublishStatement&) const = default;
};

inline constexpr int kPublishStatementVersion = 1;
inline constexpr std::string_view kPublishOrderType = "application/vnd.ameide.publish-order+json";
// Of the envelope; more is no order of ours.
inline constexpr size_t kMaxPublishOrderBytes = 64u << 10;

Json ToJson(const PublishStatement& statement);
Checked<PublishStatement> PublishStatementFromJson(const Json& json);

}  // namespace ameide::task
