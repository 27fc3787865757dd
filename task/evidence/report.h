// report.html: one self-contained page about a run, for people. It needs no network, no scripts (a
// little one filters the log) and shows nothing that was not escaped. Pure.
#pragma once

#include <string>
#include <vector>

#include "task/contract/manifest.h"
#include "task/contract/task_result.h"

namespace ameide::task {

struct ReportInput {
  TaskResult result;
  std::vector<ManifestFile> files;  // without report.html and manifest.json: those come after it
  std::vector<Omission> omissions;
  std::string log;        // the end of run.log as it is in the file; see task/contract/run_log.h
  bool log_cut = false;   // run.log has more before it
  std::string diff;       // the start of diff.patch
  bool diff_cut = false;  // diff.patch has more after it
};

// How much of the two files is worth passing in; the page shows no more than this.
inline constexpr size_t kReportLogBytes = 256u << 10;
inline constexpr size_t kReportDiffBytes = 192u << 10;

// Any bytes anywhere in `input` are fine. The page is valid UTF-8 and its size is bounded.
std::string RenderReport(const ReportInput& input);

}  // namespace ameide::task
