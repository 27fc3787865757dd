// Waiting, inside a workspace, for the launcher's order to publish.
//
// The task's command can write to every folder that the order and the work come through. So an
// order is only a signature of the key that the launcher chose before the run, over this run and
// the digest of its work; whatever else lies there is passed over.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/files.h"
#include "task/contract/publish_order.h"

namespace ameide::task {

inline constexpr Millis kOrderPoll{1'000};

struct AwaitedOrder {
  fs::path workspace;  // has publish-order.json and evidence/; hostile
  std::string public_key_pem;
  std::string work_id;
  std::string run_id;
};

// Blocks until there is an order for this run that holds; kCancelled by `stop`. `say` gets a line
// for each other file that lay there in its place. Uses no memory that a hostile file could choose.
Result<PublishStatement> AwaitOrder(const AwaitedOrder& awaited, const Clock& clock,
                                    std::stop_token stop,
                                    const std::function<void(std::string_view)>& say);

// Copies the run's work, evidence/takeover/work.bundle, to `to`, which must not exist. kInvalid
// when it is a link, too large, or not what the order names: then there is no `to`.
Status TakeOrderedWork(const fs::path& workspace, const PublishStatement& order,
                       const fs::path& to);

}  // namespace ameide::task
