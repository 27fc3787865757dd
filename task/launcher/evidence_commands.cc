// The verbs on evidence bundles; they need neither a launcher nor a network.
#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/evidence/archive.h"
#include "task/evidence/offline_checks.h"
#include "task/evidence/signature.h"
#include "task/launcher/command_support.h"

namespace ameide::task {
namespace {

Json ToJson(const OfflineVerdict& verdict) {
  Json::Array checks;
  for (const BundleCheck& check : verdict.checks) {
    checks.push_back(Json::Object{
        {"name", check.name}, {"verdict", ToString(check.verdict)}, {"detail", check.detail}});
  }
  Json json;
  json.Set("ok", !verdict.failed());
  json.Set("checks", std::move(checks));
  if (verdict.bundle) {
    json.Set("manifest_sha256", verdict.bundle->manifest_sha256);
    json.Set("files", static_cast<int64_t>(verdict.bundle->manifest.files.size()));
    json.Set("result", ToJson(verdict.bundle->result));
  }
  return json;
}

std::string ForPeople(const OfflineVerdict& verdict) {
  std::string text;
  if (verdict.bundle) {
    const TaskResult& result = verdict.bundle->result;
    StrAppend(&text, result.work_id, ": ", ToString(result.outcome), "\n");
  }
  for (const BundleCheck& check : verdict.checks) {
    const std::string word = StrReplaceAll(ToString(check.verdict), "_", " ");
    StrAppend(&text, "  ", word, std::string(13 - std::min<size_t>(word.size(), 12), ' '),
              check.name, ": ", check.detail, "\n");
  }
  return ToPrintable(text);
}

// An archive that does not even open is a check that failed, not a mistake of the caller.
CommandOutput Refuted(const CommandLine& line, const Error& error) {
  if (error.kind != ErrorKind::kInvalid && error.kind != ErrorKind::kNotFound) return Failed(error);
  const OfflineVerdict verdict{
      std::nullopt,
      {{"archive", BundleCheck::Verdict::kFailed, Truncate(ToOneLine(error.ToString()), 2000)}}};
  return {kLauncherRefuted, line.json ? ToJson(verdict).DumpPretty() : ForPeople(verdict), ""};
}

CommandOutput Verify(const CommandLine& line) {
  OfflineInput input{line.bundle, "", std::nullopt};
  if (!line.public_key.empty()) {
    Result<std::string> pem = ReadFile(line.public_key, kMaxInputBytes);
    if (!pem.ok()) return Unusable(pem.error());
    // A file that is no key is our caller's mistake, not the bundle's.
    if (const auto id = KeyIdOf(*pem); !id.ok()) return Unusable(id.error());
    input.public_key_pem = std::move(*pem);
  }
  if (!line.profile_file.empty()) {
    const Result<Profile> profile = LoadProfile(line.profile_file, "");
    if (!profile.ok()) return Unusable(profile.error());
    input.contract = profile->contract;
  }
  std::error_code error;
  std::optional<fs::path> unpacked;
  const absl::Cleanup remove = [&] {
    if (unpacked) (void)RemoveTree(*unpacked);
  };
  if (fs::is_regular_file(line.bundle, error)) {
    const Result<fs::path> scratch = MakeTempDirectory(line.scratch, "ameide-verify-");
    if (!scratch.ok()) return Failed(scratch.error());
    unpacked = *scratch;
    input.bundle = *scratch / "bundle";
    const auto bundle = UnpackBundle(line.bundle, input.bundle);
    if (!bundle.ok()) return Refuted(line, bundle.error());
  }
  const OfflineVerdict verdict = CheckBundle(input);
  CommandOutput output{verdict.failed() ? kLauncherRefuted : 0, "", ""};
  output.out = line.json ? ToJson(verdict).DumpPretty() : ForPeople(verdict);
  return output;
}

CommandOutput Sign(const CommandLine& line) {
  Result<std::string> pem = ReadFile(line.private_key, kMaxInputBytes);
  if (!pem.ok()) return Unusable(pem.error());
  const Attestation attestation{.builder_id = std::string(kLauncherBuilder),
                                .key_pem = std::move(*pem)};
  const auto bundle = AttestBundle(line.bundle, attestation);
  if (!bundle.ok()) return Failed(bundle.error());
  if (line.json) {
    return {0, Json(Json::Object{{"manifest_sha256", bundle->manifest_sha256}}).DumpPretty(), ""};
  }
  return {
      0,
      StrCat(bundle->result.work_id, ": signed\n  manifest sha256 ", bundle->manifest_sha256, "\n"),
      ""};
}

// "x/job/" becomes "x/job.tar".
fs::path ArchiveName(const fs::path& bundle) {
  const fs::path plain = bundle.has_filename() ? bundle : bundle.parent_path();
  return plain.string() + ".tar";
}

CommandOutput Told(const CommandLine& line, const VerifiedBundle& bundle, const fs::path& made) {
  if (line.json) {
    const Json json =
        Json::Object{{"output", made.string()}, {"manifest_sha256", bundle.manifest_sha256}};
    return {0, json.DumpPretty(), ""};
  }
  return {0,
          StrCat(bundle.result.work_id, ": ", ToPrintable(made.string()), "\n  manifest sha256 ",
                 bundle.manifest_sha256, "\n"),
          ""};
}

CommandOutput Pack(const CommandLine& line) {
  const fs::path to = line.output.empty() ? ArchiveName(line.bundle) : line.output;
  const auto bundle = PackBundle(line.bundle, to);
  return bundle.ok() ? Told(line, *bundle, to) : Failed(bundle.error());
}

CommandOutput Unpack(const CommandLine& line) {
  fs::path to = line.output;
  if (to.empty() && line.bundle.extension() == ".tar") {
    to = line.bundle.parent_path() / line.bundle.stem();
  }
  if (to.empty()) {
    return Unusable(Error{ErrorKind::kInvalid, "unpack", line.bundle.string(),
                          "its name does not end in .tar", "name the new folder with --output"});
  }
  const auto bundle = UnpackBundle(line.bundle, to);
  if (bundle.ok()) return Told(line, *bundle, to);
  CommandOutput output = Failed(bundle.error());
  if (bundle.error().kind == ErrorKind::kInvalid) output.exit_code = kLauncherRefuted;
  return output;
}

}  // namespace

std::optional<CommandOutput> ExecuteOffline(const CommandLine& line) {
  using Verb = CommandLine::Verb;
  static constexpr std::pair<Verb, CommandOutput (*)(const CommandLine&)> kVerbs[] = {
      {Verb::kVerify, Verify}, {Verb::kSign, Sign}, {Verb::kPack, Pack}, {Verb::kUnpack, Unpack}};
  for (const auto& [verb, execute] : kVerbs) {
    if (verb != line.verb) continue;
    // A name with a slip in it is the caller's mistake and no verdict on any evidence.
    std::error_code error;
    if (fs::exists(line.bundle, error)) return execute(line);
    return Unusable(Error{ErrorKind::kNotFound, "read", line.bundle.string(), "it is not there",
                          "name an evidence bundle"});
  }
  return std::nullopt;
}

}  // namespace ameide::task
