// init: a profile to start from, made of a built-in one, with a comment above each group.
#include "base/strings.h"
#include "generator/commands/commands.h"
#include "generator/lint/text_edit.h"
#include "generator/load.h"
#include "generator/output.h"
#include "task/contract/profile_fields.h"

namespace ameide::generator {
namespace {

constexpr std::string_view kDisplayName = "/identity/display_name";

// "cluster" for the line "cluster:", the key of a group at the left edge; else nothing.
std::string_view GroupOf(std::string_view line) {
  const size_t colon = line.find(':');
  if (line.empty() || colon == std::string_view::npos || line[0] == ' ' || line[0] == '#')
    return {};
  return line.substr(0, colon);
}

std::string_view Meaning(std::string_view key) {
  for (const task::Field& field : task::ProfileFields()) {
    if (field.path == key) return field.description;
  }
  return {};
}

// The text without its head, and each group under what the documentation says about it. Comments
// of the built-in profile above a group speak of that profile alone, so they go.
std::string Commented(std::string_view yaml) {
  std::string out;
  for (const std::string_view line : StrSplit(yaml, '\n')) {
    if (line.starts_with("#")) continue;
    const std::string_view key = GroupOf(line);
    const std::string_view meaning = key == "version" ? "" : Meaning(key);
    if (!meaning.empty()) StrAppend(&out, "# ", meaning, "\n");
    StrAppend(&out, line, "\n");
  }
  return std::string(StripWhitespace(out)) + "\n";
}

std::string Starter(const std::string& name, const std::string& base, std::string_view yaml) {
  std::string text = Commented(yaml);
  const auto document = task::YamlToJson(text, "starter");
  std::vector<TextEdit> edits;
  const std::pair<std::string_view, std::string> kValues[] = {
      {"/identity/name", name},
      {kDisplayName, name},
      {"/cluster/namespace", StrCat("ameide-task-", name)},
      {"/modes/human/namespace", StrCat("ameide-human-", name)}};
  for (const auto& [pointer, value] : kValues) {
    const auto span = ScalarSpan(text, *document.value, pointer);
    if (span) edits.push_back({span->offset, span->length, value});
  }
  return StrCat("# yaml-language-server: $schema=profile.schema.json\n# Profile \"", name,
                "\", started from the built-in profile \"", base,
                "\".\n# `ameide-templates lint` says what to look at; `ameide-templates schema` "
                "prints the schema named above.\n\n",
                ApplyEdits(text, std::move(edits)));
}

Outcome Init(const Arguments& arguments, const Context&) {
  const std::string name = arguments.Text("name");
  const std::string base = arguments.Text("--from");
  const fs::path out =
      arguments.Has("--out") ? fs::path(arguments.Text("--out")) : fs::path(StrCat(name, ".yaml"));
  const Result<std::vector<ProfileSource>> sources = ProfileSources("");
  if (!sources.ok()) return Failed(sources.error());
  std::string text;
  for (const ProfileSource& source : *sources) {
    if (source.stem == base) text = Starter(name, base, source.yaml);
  }
  const LoadedProfile loaded = ReadProfile({out.stem().string(), out.generic_string(), text});
  task::Problems problems = loaded.read.problems;
  if (problems.empty()) problems = ProblemsBetween({loaded});
  if (!problems.empty()) {
    return WrongUsage(StrCat("'", name, "' in ", out.generic_string(), " would be no profile: ",
                             problems.front().pointer, " ", problems.front().message));
  }
  if (Exists(out)) {
    return Failed({ErrorKind::kConflict, "write", out.string(), "is already there",
                   "name another file with --out, or remove it"});
  }
  Status written = out.has_parent_path() ? MakeFolder(out.parent_path()) : Status(Ok{});
  if (written.ok()) written = WriteFileAtomically(out, text, 0644);
  if (!written.ok()) return Failed(written.error());
  return {kExitOk, StrCat("wrote ", out.generic_string(), "\n"), ""};
}

}  // namespace

Command InitCommand() {
  return {"init",
          "Write a profile to start from",
          {{.name = "name", .value = "NAME", .help = "The new profile's name", .required = true},
           {.name = "--from",
            .value = "PROFILE",
            .help = "The built-in profile it starts as",
            .words = {"code", "gitops", "sre", "external-executor"},
            .fallback = "code"},
           {"--out", "FILE", "Where to write it; default: NAME.yaml"}},
          Init};
}

}  // namespace ameide::generator
