#include "task/agent/redact.h"

#include <string>
#include <vector>

#include "base/strings.h"

namespace ameide::task {
namespace {

constexpr char kRewritten[] = ".rewritten";

void RedactText(const Redactor& redactor, std::string* text) { *text = redactor.Whole(*text); }

void RedactTexts(const Redactor& redactor, std::vector<std::string>* texts) {
  for (std::string& text : *texts) RedactText(redactor, &text);
}

Status RedactInPlace(const Redactor& redactor, const fs::path& file, const fs::path& spare) {
  AMEIDE_ASSIGN_OR_RETURN(const uint64_t replaced, RedactFile(redactor, file, spare));
  if (replaced == 0) return RemoveTree(spare);
  std::error_code error;
  fs::rename(spare, file, error);
  if (!error) return Ok{};
  return Error{ErrorKind::kUnavailable, "replace", file.string(), error.message(), ""};
}

}  // namespace

void RedactResult(const Redactor& redactor, TaskResult* result) {
  for (std::string* text : {&result->reason, &result->repository_url, &result->repository_ref,
                            &result->artifact.pr_url, &result->artifact.summary}) {
    RedactText(redactor, text);
  }
  for (std::vector<std::string>* texts :
       {&result->command, &result->artifact.tests.failing, &result->artifact.changed_files,
        &result->artifact.risks}) {
    RedactTexts(redactor, texts);
  }
  for (Finding& finding : result->findings) {
    for (std::string* text :
         {&finding.path, &finding.what_failed, &finding.why_it_matters, &finding.where_to_fix}) {
      RedactText(redactor, text);
    }
    RedactTexts(redactor, &finding.fix_steps);
  }
}

Json RedactJson(const Redactor& redactor, const Json& json) {
  if (const std::string* text = json.AsString()) return redactor.Whole(*text);
  if (const Json::Array* array = json.AsArray()) {
    Json::Array items;
    for (const Json& item : *array) items.push_back(RedactJson(redactor, item));
    return items;
  }
  if (const Json::Object* object = json.AsObject()) {
    Json::Object members;
    for (const auto& [name, value] : *object)
      members.emplace_back(name, RedactJson(redactor, value));
    return members;
  }
  return json;
}

void RedactCollected(const Redactor& redactor, BundleWriter* bundle) {
  const fs::path& root = bundle->directory();
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(root / kFilesFolder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error)) files.push_back(it->path());
  }
  for (const fs::path& file : files) {
    const std::string path = file.lexically_relative(root).string();
    const std::string clean = redactor.Whole(path);
    const Status redacted =
        clean == path ? RedactInPlace(redactor, file, root / kRewritten)
                      : Error{ErrorKind::kDenied, "name", clean, "its name has a secret value", ""};
    if (redacted.ok()) continue;
    bundle->Omit(clean, redacted.error().cause);
    static_cast<void>(RemoveTree(root / kRewritten));
    static_cast<void>(RemoveTree(file));
  }
}

}  // namespace ameide::task
