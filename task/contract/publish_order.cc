#include "task/contract/publish_order.h"

#include "base/digest.h"
#include "task/contract/git_name.h"
#include "task/contract/json_reader.h"

namespace ameide::task {

Json ToJson(const PublishStatement& statement) {
  return Json::Object{
      {"version", kPublishStatementVersion},  {"work_id", statement.work_id},
      {"run_id", statement.run_id},           {"base_commit", statement.base_commit},
      {"work_sha256", statement.work_sha256}, {"expires_at", FormatTime(statement.expires_at)}};
}

Checked<PublishStatement> PublishStatementFromJson(const Json& json) {
  PublishStatement statement;
  Problems problems;
  ObjectReader reader(json, "", &problems);
  reader.Require({"version", "work_id", "run_id", "base_commit", "work_sha256", "expires_at"});
  int version = 0;
  reader.ReadInt("version", kPublishStatementVersion, kPublishStatementVersion, &version);
  reader.Read("work_id", &statement.work_id);
  reader.Read("run_id", &statement.run_id);
  reader.Read("base_commit", &statement.base_commit);
  reader.Read("work_sha256", &statement.work_sha256);
  reader.Read("expires_at", &statement.expires_at);
  reader.Finish();
  if (!problems.empty()) return Finished(std::move(statement), std::move(problems));
  if (statement.work_id.empty()) reader.Problem("work_id", "is empty");
  if (statement.run_id.empty()) reader.Problem("run_id", "is empty");
  if (!IsObjectId(statement.base_commit)) {
    reader.Problem("base_commit", "must be 40 or 64 lower-case hexadecimal digits");
  }
  if (!IsSha256Hex(statement.work_sha256)) {
    reader.Problem("work_sha256", "must be 64 lower-case hexadecimal digits");
  }
  return Finished(std::move(statement), std::move(problems));
}

}  // namespace ameide::task
