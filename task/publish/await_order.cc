#include "task/publish/await_order.h"

#include <fcntl.h>

#include "base/digest.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/manifest.h"
#include "task/contract/template_parameters.h"
#include "task/evidence/order_envelope.h"
#include "task/evidence/tree.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxWorkBytes = 1ull << 30;
constexpr char kEvidenceFolder[] = "evidence";

// kNotFound when there is none yet.
Result<std::string> ReadOrderFile(const fs::path& workspace) {
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd root, tree::OpenPassage(workspace));
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd file, tree::OpenBeneath(root.get(), kPublishOrderFile));
  AMEIDE_ASSIGN_OR_RETURN(
      std::string bytes,
      tree::ReadPiece(file.get(), 0, kMaxPublishOrderBytes + 1, kPublishOrderFile));
  return bytes;
}

Result<PublishStatement> CheckOrder(std::string_view bytes, const AwaitedOrder& awaited,
                                    WallTime now) {
  AMEIDE_ASSIGN_OR_RETURN(PublishStatement order, OpenPublishOrder(bytes, awaited.public_key_pem));
  const auto refuse = [](std::string cause) {
    return Error{ErrorKind::kDenied, "obey", kPublishOrderFile.data(), std::move(cause), ""};
  };
  if (order.work_id != awaited.work_id || order.run_id != awaited.run_id) {
    return refuse("it is for another run");
  }
  if (order.expires_at <= now) {
    return refuse(StrCat("it expired at ", FormatTime(order.expires_at)));
  }
  return order;
}

}  // namespace

Result<PublishStatement> AwaitOrder(const AwaitedOrder& awaited, const Clock& clock,
                                    std::stop_token stop,
                                    const std::function<void(std::string_view)>& say) {
  std::string last;  // what was said; a file that stays as it is is told of once
  while (!stop.stop_requested()) {
    const Result<std::string> bytes = ReadOrderFile(awaited.workspace);
    const Result<PublishStatement> order =
        bytes.ok() ? CheckOrder(*bytes, awaited, clock.Now()) : bytes.error();
    if (order.ok()) return order;
    // The task's user lets us into the folder only when it stores the order (kDenied until then).
    const bool none_yet = !bytes.ok() && (bytes.error().kind == ErrorKind::kNotFound ||
                                          bytes.error().kind == ErrorKind::kDenied);
    if (!none_yet) {
      std::string words =
          StrCat("passed over an order: ", Truncate(ToOneLine(order.error().ToString()), 400));
      if (words != last) say(words);
      last = std::move(words);
    }
    if (!clock.WaitFor(stop, kOrderPoll)) break;
  }
  return Error{ErrorKind::kCancelled, "wait for", kPublishOrderFile.data(), "stopped",
               "nothing was published"};
}

Status TakeOrderedWork(const fs::path& workspace, const PublishStatement& order,
                       const fs::path& to) {
  const std::string path = StrCat(kEvidenceFolder, "/", kWorkBundleFile);
  const auto refuse = [&](std::string cause) {
    (void)RemoveTree(to);
    return Error{ErrorKind::kInvalid, "take over", path, std::move(cause),
                 "nothing was published; run the task again"};
  };
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd root, tree::OpenPassage(workspace));
  const Result<UniqueFd> from = tree::OpenBeneath(root.get(), path);
  if (!from.ok()) return refuse(from.error().cause);
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd copy, tree::CreateNew(to));
  Status written = Ok{};
  const Result<tree::Streamed> got =
      tree::Stream(from->get(), kMaxWorkBytes, path, [&](std::string_view piece) {
        written = WriteAll(copy.get(), piece, to);
        return written.ok();
      });
  if (!written.ok()) return written;
  if (!got.ok()) return refuse(got.error().cause);
  if (got->sha256 == order.work_sha256) return Ok{};
  return refuse("it is not the work that the order names: it was changed since it was collected");
}

}  // namespace ameide::task
