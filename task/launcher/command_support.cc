#include "task/launcher/command_support.h"

#include "base/strings.h"
#include "base/text.h"
#include "profiles/builtin_profiles.h"

namespace ameide::task {

CommandOutput Failed(const Error& error) {
  int code = kLauncherError;
  if (error.kind == ErrorKind::kInvalid || error.kind == ErrorKind::kNotFound) {
    code = kLauncherUsage;
  }
  if (error.kind == ErrorKind::kCancelled) code = kLauncherCancelled;
  return {code, "", StrCat("error: ", ToPrintable(error.ToString()), "\n")};
}

Result<TaskSpec> LoadSpec(const fs::path& file) {
  AMEIDE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(file, kMaxInputBytes));
  const Result<Json> json = ParseJson(bytes);
  if (!json.ok()) {
    return Error{ErrorKind::kInvalid, "read task spec", file.string(), json.error().cause, ""};
  }
  Checked<TaskSpec> spec = TaskSpecFromJson(*json);
  if (!spec.ok()) return ToError(spec.problems, "read task spec", file.string());
  return std::move(*spec.value);
}

Result<Profile> LoadProfile(const fs::path& file, const std::string& name) {
  std::string yaml;
  std::string source = file.string();
  std::vector<std::string_view> names;
  if (!file.empty()) {
    AMEIDE_ASSIGN_OR_RETURN(yaml, ReadFile(file, kMaxInputBytes));
  } else {
    for (const BuiltinProfile& profile : BuiltinProfiles()) {
      names.push_back(profile.name);
      if (profile.name != name) continue;
      yaml = profile.yaml;
      source = profile.file;
    }
    if (yaml.empty()) {
      return Error{ErrorKind::kInvalid, "find profile", StrCat("\"", name, "\""),
                   StrCat("the built-in ones are ", StrJoin(names, ", ")),
                   "correct the spec's profile, or give --profile-file"};
    }
  }
  Checked<Profile> profile = ProfileFromYaml(yaml, source);
  if (!profile.ok()) return ToError(profile.problems, "read profile", source);
  return std::move(*profile.value);
}

CommandOutput Unusable(const Error& error) {
  CommandOutput output = Failed(error);
  output.exit_code = kLauncherUsage;
  return output;
}

}  // namespace ameide::task
