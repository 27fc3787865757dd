#include "task/launcher/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

namespace ameide::task {
namespace {

using Verb = CommandLine::Verb;

void AddPublishing(CLI::App* run, CommandLine* line) {
  run->add_option("--publish-host", line->publish_host,
                  "What opens pull requests: auto, gh, push-options or none")
      ->check(CLI::IsMember({"auto", "gh", "push-options", "none"}))
      ->capture_default_str();
  run->add_option("--bot-name", line->bot_name, "Who commits what is published");
  run->add_option("--bot-email", line->bot_email, "That committer's address");
}

void AddRun(CLI::App* app, CommandLine* line, std::string* retain) {
  CLI::App* run = app->add_subcommand("run", "Runs one task to its end and keeps its evidence");
  run->add_option("SPEC", line->spec_file, "TaskSpec as JSON")->required();
  run->add_option("--profile-file", line->profile_file,
                  "Profile as YAML instead of a built-in one");
  run->add_option("--evidence", line->evidence, "Where DIR/<work_id>/<run_id> is written")
      ->capture_default_str();
  run->add_option("--retain", *retain, "When the workspace outlives its run")
      ->check(CLI::IsMember({"never", "on_failure", "until_destroy"}))
      ->capture_default_str();
  run->add_option("--template-version", line->template_version,
                  "Id of the Coder template's version to run from, instead of the active one");
  run->add_option("--secrets-dir", line->secrets, "Folder of secrets, <secret>/<key>");
  run->add_option("--allow-repository", line->allowed_repositories,
                  "Also allowed besides the profile's; may be repeated");
  run->add_option("--sign-with", line->private_key,
                  "PEM file with an Ed25519 or ECDSA P-256 key that signs the evidence");
  AddPublishing(run, line);
  run->footer(
      "Exit code: 0 success, 1 failure, 2 usage or a spec that may not run,\n"
      "3 error (infrastructure), 4 timeout, 5 cancellation.");
  run->callback([line] { line->verb = Verb::kRun; });
}

void AddEvidence(CLI::App* app, CommandLine* line) {
  CLI::App* verify = app->add_subcommand("verify", "Checks an evidence bundle, offline");
  verify->add_option("BUNDLE", line->bundle, "A folder, or an archive that `pack` made")
      ->required();
  verify->add_option("--public-key", line->public_key, "PEM file: it must be signed with this key");
  verify->add_option("--profile-file", line->profile_file,
                     "Profile as YAML to replay the guardrails by, instead of the bundle's own");
  verify->footer("Exit code: 0 no check failed, 6 one did, 2 usage or an unreadable file.");
  verify->callback([line] { line->verb = Verb::kVerify; });
  CLI::App* sign = app->add_subcommand("sign", "Signs an evidence bundle's provenance (DSSE)");
  sign->add_option("BUNDLE", line->bundle)->required();
  sign->add_option("--key", line->private_key, "PEM file with an Ed25519 or ECDSA P-256 key")
      ->required();
  sign->footer(
      "Do this where the task's command cannot read the key. provenance.json and manifest.json\n"
      "are written anew, so the manifest's digest is another one afterwards.");
  sign->callback([line] { line->verb = Verb::kSign; });
}

void AddArchives(CLI::App* app, CommandLine* line) {
  CLI::App* pack = app->add_subcommand("pack", "Makes one file (tar) of an evidence bundle");
  pack->add_option("BUNDLE", line->bundle)->required();
  pack->add_option("-o,--output", line->output, "The new file; BUNDLE.tar unless given");
  pack->footer("Equal bundles give equal bytes. The bundle has to verify.");
  pack->callback([line] { line->verb = Verb::kPack; });
  CLI::App* unpack = app->add_subcommand("unpack", "Makes a folder of a packed evidence bundle");
  unpack->add_option("ARCHIVE", line->bundle)->required();
  unpack->add_option("-o,--output", line->output, "The new folder; ARCHIVE without .tar");
  unpack->footer("Takes only what `pack` writes, and only a bundle that verifies.");
  unpack->callback([line] { line->verb = Verb::kUnpack; });
}

void AddOthers(CLI::App* app, CommandLine* line) {
  app->add_subcommand("list", "Lists workspaces that are there")->callback([line] {
    line->verb = Verb::kList;
  });
  CLI::App* sweep = app->add_subcommand("sweep", "Removes leftover workspaces");
  sweep->add_flag("--all-installations", line->all_installations,
                  "Also what launchers with other state folders made, though they may be at work");
  sweep->footer("Exit code: 0 nothing is left over, 3 something could not be removed.")
      ->callback([line] { line->verb = Verb::kSweep; });
  CLI::App* destroy = app->add_subcommand("destroy", "Removes a task's workspace and its record");
  destroy->add_option("WORK_ID", line->work_id)->required();
  destroy->footer("Cancels a live run first. Its evidence stays. Not there is success.");
  destroy->callback([line] { line->verb = Verb::kDestroy; });
}

// An option that the chosen backend would not even look at; empty: none.
std::string Misplaced(const CLI::App& app, const CommandLine& line) {
  const CLI::App& run = *app.get_subcommand("run");
  const auto given = [](const CLI::App& where, const char* name) {
    return where.get_option(name)->count() > 0;
  };
  if (line.backend == "local") {
    if (given(app, "--allow-orphan-delete")) return "--allow-orphan-delete";
    if (line.all_installations) return "--all-installations";
    return given(run, "--template-version") ? "--template-version" : "";
  }
  for (const char* name : {"--secrets-dir", "--publish-host", "--bot-name", "--bot-email"}) {
    if (given(run, name)) return name;
  }
  return "";
}

EarlyExit Wrong(const std::string& what) {
  return {2, "error: " + what + "\nRun with --help for more information.\n"};
}

}  // namespace

std::variant<CommandLine, EarlyExit> ParseCommandLine(const std::vector<std::string>& arguments,
                                                      const std::string& version) {
  CommandLine line;
  std::string retain(ToString(line.retain));
  CLI::App app("Runs tasks in ephemeral workspaces, without Terraform", "ameide-launcher");
  app.require_subcommand(0, 1);
  app.fallthrough();
  app.set_version_flag("--version", version);
  app.add_flag("--json", line.json, "Prints one JSON document");
  app.add_option("--state", line.state, "Folder of workspaces and records");
  app.add_option("--backend", line.backend,
                 "Where workspaces come from; coder reads CODER_URL and CODER_SESSION_TOKEN")
      ->check(CLI::IsMember({"local", "coder"}))
      ->capture_default_str();
  app.add_flag("--allow-orphan-delete", line.allow_orphan_delete,
               "Lets Coder forget a workspace that it cannot delete");
  app.add_option("--log", line.log_level, "How much to tell on stderr while it works")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  AddRun(&app, &line, &retain);
  AddOthers(&app, &line);
  AddEvidence(&app, &line);
  AddArchives(&app, &line);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants it
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    if (code == 0) return EarlyExit{0, out.str()};
    return EarlyExit{2, "error: " + err.str()};
  }
  if (app.get_subcommands().empty()) {
    return Wrong("a verb is missing: run, list, sweep, destroy, verify, sign, pack or unpack");
  }
  if (const std::string option = Misplaced(app, line); !option.empty()) {
    return Wrong(option + " means nothing for --backend " + line.backend);
  }
  line.retain = *RetainFrom(retain);
  return line;
}

}  // namespace ameide::task
