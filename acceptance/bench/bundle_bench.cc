// Makes an evidence bundle of a folder's files: FROM TO. What acceptance/bench/run compares with
// `tar | sha256sum`.
#include <cstdio>

#include "task/evidence/bundle.h"

namespace ameide::task {
namespace {

Status Bundle(const fs::path& from, const fs::path& to) {
  AMEIDE_ASSIGN_OR_RETURN(BundleWriter writer, BundleWriter::Create(to));
  AMEIDE_RETURN_IF_ERROR(writer.CollectGlobs(from, {"**"}));
  TaskResult result;
  result.work_id = "bench";
  result.run_id = "bench";
  result.outcome = Outcome::kSuccess;
  result.state = TaskState::kCompleted;
  return writer.Finish(result);
}

}  // namespace
}  // namespace ameide::task

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const ameide::Status made = ameide::task::Bundle(argv[1], argv[2]);
  if (made.ok()) return 0;
  std::fprintf(stderr, "%s\n", made.error().ToString().c_str());
  return 1;
}
