#include "task/agent/run_evidence.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/run_log.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxJUnit = 32u << 20;
constexpr uint64_t kTailBytes = 64u << 10;
constexpr size_t kTailLines = 200;
constexpr uint64_t kMaxQuestion = 16u << 10;
constexpr char kOwnJUnit[] = "ameide.xml";

void Note(const Status& status, const std::string& path, BundleWriter* bundle) {
  if (!status.ok()) bundle->Omit(path, status.error().cause);
}

bool IsCtrf(std::string_view path) { return AsciiLower(path).ends_with(".json"); }

// What may be a test report: JUnit is XML, CTRF is JSON.
std::vector<std::string> CollectedReports(const fs::path& files) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator it(files, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().string();
    if (it->is_regular_file(error) && (AsciiLower(name).ends_with(".xml") || IsCtrf(name))) {
      paths.push_back(it->path().lexically_relative(files).string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string LogTail(const fs::path& log) {
  const Result<std::string> tail = ReadFileTail(log, kTailBytes);
  if (!tail.ok()) return "";
  // The first line is most likely cut in two.
  const size_t start = tail->size() < kTailBytes ? 0 : tail->find('\n') + 1;
  const std::string text = ReadableLog(std::string_view(*tail).substr(start));
  return std::string(Tail(text, kTailLines, kTailBytes));
}

}  // namespace

void CollectFiles(const fs::path& checkout, const std::vector<std::string>& globs,
                  const fs::path& dropped, BundleWriter* bundle) {
  if (Exists(dropped)) Note(bundle->CollectGlobs(dropped, {"**"}), kFilesFolder, bundle);
  if (globs.empty() || !Exists(checkout)) return;
  Note(bundle->CollectGlobs(checkout, globs), kFilesFolder, bundle);
}

TestCounts CollectJUnit(SyntheticJUnit synthetic, BundleWriter* bundle) {
  TestCounts counts;
  bool found = false;
  const fs::path files = bundle->directory() / kFilesFolder;
  for (const std::string& path : CollectedReports(files)) {
    const std::string target = StrCat(kJUnitFolder, "/", path);
    const Result<std::string> report = ReadFile(files / path, kMaxJUnit);
    if (!report.ok()) {
      // Any large JSON may lie there; only XML is likely to have been meant as a report.
      if (!IsCtrf(path)) bundle->Omit(target, report.error().cause);
      continue;
    }
    const Result<TestCounts> counted = IsCtrf(path) ? CountCtrf(*report) : CountJUnit(*report);
    if (!counted.ok()) continue;  // something else; it stays below files/
    found = true;
    counts += *counted;
    Note(bundle->AddCopy(target, files / path), target, bundle);
  }
  if (found) return counts;
  synthetic.output_tail = LogTail(bundle->directory() / kRunLogFile);
  const std::string xml = WriteJUnit(synthetic);
  const std::string target = StrCat(kJUnitFolder, "/", kOwnJUnit);
  Note(bundle->AddFile(target, xml), target, bundle);
  const Result<TestCounts> counted = CountJUnit(xml);
  return counted.ok() ? *counted : TestCounts{};
}

std::vector<std::string> MissingEvidence(const std::vector<std::string>& required,
                                         const BundleWriter& bundle) {
  std::vector<std::string> missing;
  for (const std::string& glob : required) {
    if (!bundle.Has(glob)) missing.push_back(glob);
  }
  return missing;
}

Result<std::string> ReadQuestion(const fs::path& dropped) {
  const fs::path file = dropped / kQuestionFile;
  AMEIDE_RETURN_IF_ERROR(OpenRegularFile(file));  // no link, no pipe
  AMEIDE_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kMaxQuestion));
  std::string question(StripWhitespace(ToPrintable(text)));
  if (!question.empty()) return question;
  return Error{ErrorKind::kInvalid, "read question", kQuestionFile, "it is empty",
               "write what you need to know, or exit with another code than 75"};
}

}  // namespace ameide::task
