// lint: what is wrong with profiles and template folders.
#include "base/strings.h"
#include "generator/commands/commands.h"
#include "generator/lint/lint_paths.h"

namespace ameide::generator {
namespace {

Outcome Lint(const Arguments& arguments, const Context& context) {
  const std::vector<std::string> paths = arguments.Texts("path");
  if (arguments.Has("--fix") && paths.empty()) {
    return WrongUsage("--fix needs a path; the built-in profiles cannot be changed");
  }
  const Result<LintRun> run = LintPaths(paths, arguments.Has("--fix"));
  if (!run.ok()) return Failed(run.error());
  Outcome outcome;
  outcome.exit_code = HasErrors(run->findings) ? kExitProblems : kExitOk;
  for (const std::string& file : run->fixed) StrAppend(&outcome.err, "fixed ", file, "\n");
  if (arguments.Has("--sarif")) {
    outcome.out = FindingsSarif(run->findings, context.version).DumpPretty();
  } else if (arguments.Has("--json")) {
    outcome.out = FindingsJson(run->findings).DumpPretty();
  } else {
    outcome.out = FindingsText(run->findings, context.color);
  }
  return outcome;
}

}  // namespace

Command LintCommand() {
  return {"lint",
          "Say what is wrong with profiles and template folders",
          {{.name = "path",
            .value = "PATH",
            .help = "Profiles, folders of profiles, template folders; default: the built-in "
                    "profiles and their templates",
            .many = true},
           {"--fix", "", "Repair what is safe to repair in profiles"},
           {"--sarif", "", "Print SARIF 2.1.0"},
           {"--json", "", "Print JSON"}},
          Lint};
}

}  // namespace ameide::generator
