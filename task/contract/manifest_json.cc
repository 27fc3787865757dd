#include <set>

#include "base/digest.h"
#include "base/files.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/json_reader.h"
#include "task/contract/manifest.h"
#include "task/contract/task_spec.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxPathBytes = 4096;

std::string PathProblem(const std::string& path) {
  if (path.size() > kMaxPathBytes) return "is longer than any path can be";
  if (!IsSafeRelativePath(path)) return "is no plain relative path";
  if (ToOneLine(path) != path) return "has bytes that are not printable";
  if (path == kManifestFile) return "is the manifest itself";
  return "";
}

void ReadFileEntry(const Json& json, const std::string& pointer, Problems* problems,
                   ManifestFile* file) {
  ObjectReader reader(json, pointer, problems);
  reader.Require({"path", "size", "sha256"});
  if (reader.Read("path", &file->path)) reader.Problem("path", PathProblem(file->path));
  reader.ReadInt("size", 0, INT64_MAX, &file->size);
  if (reader.Read("sha256", &file->sha256) && !IsSha256Hex(file->sha256)) {
    reader.Problem("sha256", "must be 64 lower-case hexadecimal digits");
  }
  reader.Finish();
}

void ReadOmission(const Json& json, const std::string& pointer, Problems* problems,
                  Omission* omission) {
  ObjectReader reader(json, pointer, problems);
  reader.Require({"path", "reason"});
  reader.Read("path", &omission->path);
  reader.Read("reason", &omission->reason);
  reader.Finish();
  omission->path = ToOneLine(omission->path);
  omission->reason = ToPrintable(omission->reason);
}

// Sorted without equals, and no file where another one needs a folder.
void CheckPaths(const std::vector<ManifestFile>& files, Problems* problems) {
  std::set<std::string_view> paths;
  const ManifestFile* previous = nullptr;
  size_t index = 0;
  for (const ManifestFile& file : files) {
    const std::string pointer = StrCat("/files/", index++, "/path");
    if (previous != nullptr && file.path <= previous->path) {
      AddProblem(pointer, "is not greater than the path before it; sort paths and name each once",
                 problems);
    }
    for (size_t at = file.path.find('/'); at != std::string::npos;
         at = file.path.find('/', at + 1)) {
      if (!paths.contains(std::string_view(file.path).substr(0, at))) continue;
      AddProblem(pointer, "lies below another file of the manifest", problems);
      break;
    }
    paths.insert(file.path);
    previous = &file;
  }
}

// False when the list is too long to be looked at.
bool HasFairLength(ObjectReader* reader, std::string_view key) {
  const Json* list = reader->Child(key);
  if (list == nullptr || list->AsArray() == nullptr) return true;
  if (list->AsArray()->size() <= kMaxManifestFiles) return true;
  reader->Problem(key, StrCat("has ", list->AsArray()->size(), " entries, more than the ",
                              kMaxManifestFiles, " allowed"));
  return false;
}

}  // namespace

Json ToJson(const Manifest& manifest) {
  Json::Array files;
  for (const ManifestFile& file : manifest.files) {
    files.push_back(
        Json::Object{{"path", file.path}, {"size", file.size}, {"sha256", file.sha256}});
  }
  Json::Array omissions;
  for (const Omission& omission : manifest.omissions) {
    omissions.push_back(Json::Object{{"path", omission.path}, {"reason", omission.reason}});
  }
  Json json;
  json.Set("version", kManifestVersion);
  json.Set("work_id", manifest.work_id);
  json.Set("run_id", manifest.run_id);
  json.Set("files", std::move(files));
  json.Set("omissions", std::move(omissions));
  return json;
}

Checked<Manifest> ManifestFromJson(const Json& json) {
  Manifest manifest;
  Problems problems;
  ObjectReader reader(json, "", &problems);
  reader.Require({"version", "work_id", "run_id", "files", "omissions"});
  int version = 0;
  reader.ReadInt("version", kManifestVersion, kManifestVersion, &version);
  if (reader.Read("work_id", &manifest.work_id) && !manifest.work_id.empty()) {
    reader.Problem("work_id", WorkIdProblem(manifest.work_id));
  }
  if (reader.Read("run_id", &manifest.run_id) && !manifest.run_id.empty()) {
    reader.Problem("run_id", RunIdProblem(manifest.run_id));
  }
  if (HasFairLength(&reader, "files")) {
    reader.ReadEach("files", [&](const Json& item, const std::string& pointer) {
      ReadFileEntry(item, pointer, &problems, &manifest.files.emplace_back());
    });
  }
  if (HasFairLength(&reader, "omissions")) {
    reader.ReadEach("omissions", [&](const Json& item, const std::string& pointer) {
      ReadOmission(item, pointer, &problems, &manifest.omissions.emplace_back());
    });
  }
  reader.Finish();
  if (problems.empty()) CheckPaths(manifest.files, &problems);
  return Finished(std::move(manifest), std::move(problems));
}

}  // namespace ameide::task
