// diff: what a change of a profile allows and forbids.
#include <algorithm>

#include "base/json.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "generator/commands/commands.h"
#include "generator/load.h"
#include "generator/permissions.h"
#include "task/contract/yaml_json.h"

namespace ameide::generator {
namespace {

constexpr Millis kGitTimeout{30'000};
constexpr char kProfilesFolder[] = "profiles";

// NAME@REVISION: the profile as it was committed.
Result<ProfileSource> FromGit(const std::string& name, const std::string& revision,
                              const fs::path& folder, const Context& context) {
  const std::string target = StrCat(name, "@", revision);
  if (!IsSafeRelativePath(name) || revision.empty() || revision[0] == '-') {
    return Error{ErrorKind::kInvalid, "read", target, "is no name and revision",
                 "write it like code@main"};
  }
  SpawnOptions git{.argv = {"git", "show", StrCat(revision, ":./", name, ".yaml")},
                   .environment = context.environment,
                   .directory = folder};
  CommandLimits limits;
  limits.timeout = kGitTimeout;
  limits.output_bytes = task::kMaxYamlBytes + 1;
  AMEIDE_ASSIGN_OR_RETURN(const CommandResult shown,
                          RunCommand(git, limits, context.clock, context.stop));
  if (!shown.status.Success()) {
    return Error{ErrorKind::kNotFound, "read", target,
                 ToOneLine(StripWhitespace(Truncate(shown.err, 500))),
                 StrCat("name a revision that has ", name, ".yaml in ", folder.string(),
                        ", or the folder with --profiles")};
  }
  return ProfileSource{name, StrCat(target, ":", name, ".yaml"), shown.out};
}

// A file; NAME@REVISION; or a profile's name.
Result<ProfileSource> SourceOf(const std::string& what, const Arguments& arguments,
                               const Context& context) {
  const std::string folder = arguments.Text("--profiles");
  if (Exists(what)) return ReadProfileSource(what);
  const size_t at = what.find('@');
  if (at != std::string::npos) {
    return FromGit(what.substr(0, at), what.substr(at + 1),
                   folder.empty() ? kProfilesFolder : folder, context);
  }
  AMEIDE_ASSIGN_OR_RETURN(std::vector<ProfileSource> sources, ProfileSources(folder));
  for (ProfileSource& source : sources) {
    if (source.stem == what) return std::move(source);
  }
  return Error{ErrorKind::kNotFound, "read profile", what, "there is no such file or profile",
               "name a file, a profile, or a profile as it was: code@main"};
}

Json AsJson(const std::vector<PermissionChange>& changes, bool wider) {
  Json::Array items;
  for (const PermissionChange& change : changes) {
    items.push_back(Json::Object{
        {"effect", ToString(change.effect)}, {"area", change.area}, {"text", change.text}});
  }
  return Json::Object{{"wider", wider}, {"changes", std::move(items)}};
}

std::string AsText(const std::vector<PermissionChange>& changes, bool color) {
  std::string out;
  for (const PermissionChange& change : changes) {
    const bool wider = change.effect == PermissionChange::Effect::kWider;
    const bool narrower = change.effect == PermissionChange::Effect::kNarrower;
    const std::string word =
        StrCat(ToString(change.effect), std::string(10 - ToString(change.effect).size(), ' '));
    const std::string_view paint = !color ? "" : wider ? "\033[31m" : narrower ? "\033[32m" : "";
    StrAppend(&out, paint, word, paint.empty() ? "" : "\033[0m", change.text, "\n");
  }
  return out;
}

Outcome Diff(const Arguments& arguments, const Context& context) {
  task::Profile profiles[2];
  const char* kSides[] = {"before", "after"};
  for (int i = 0; i < 2; ++i) {
    Result<ProfileSource> source = SourceOf(arguments.Text(kSides[i]), arguments, context);
    if (!source.ok()) return Failed(source.error());
    LoadedProfile loaded = ReadProfile(std::move(*source));
    if (!loaded.read.ok()) {
      return Failed(task::ToError(loaded.read.problems, "read profile", loaded.source.file));
    }
    profiles[i] = std::move(*loaded.read.value);
  }
  const std::vector<PermissionChange> changes = ComparePermissions(profiles[0], profiles[1]);
  const bool wider = std::any_of(changes.begin(), changes.end(), [](const PermissionChange& one) {
    return one.effect == PermissionChange::Effect::kWider;
  });
  Outcome outcome;
  if (wider && arguments.Has("--fail-on-wider")) outcome.exit_code = kExitDrift;
  outcome.out = arguments.Has("--json") ? AsJson(changes, wider).DumpPretty()
                                        : AsText(changes, context.color);
  return outcome;
}

}  // namespace

Command DiffCommand() {
  constexpr char kWhat[] = "A file, a profile's name, or NAME@REVISION for one in Git";
  return {"diff",
          "Say in words what a change of a profile allows and forbids",
          {{.name = "before", .value = "PROFILE", .help = kWhat, .required = true},
           {.name = "after", .value = "PROFILE", .help = kWhat, .required = true},
           {"--profiles", "DIR",
            "Folder of *.yaml; default: profiles for NAME@REVISION, else the "
            "built-in profiles"},
           {"--fail-on-wider", "", "Exit with 3 when anything is wider"},
           {"--json", "", "Print JSON"}},
          Diff};
}

}  // namespace ameide::generator
