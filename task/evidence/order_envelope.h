// A publish order as it travels: the statement (task/contract/publish_order.h) in a DSSE envelope,
// signed with a key that the launcher makes for this one task. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "task/contract/publish_order.h"

namespace ameide::task {

// The bytes of publish-order.json. Errors come from the key only.
Result<std::string> SealPublishOrder(const PublishStatement& statement,
                                     std::string_view private_key_pem);

// The statement, when the signature is this key's. kInvalid when malformed, kDenied when signed by
// somebody else. Run and expiry are the caller's to compare.
Result<PublishStatement> OpenPublishOrder(std::string_view bytes, std::string_view public_key_pem);

}  // namespace ameide::task
