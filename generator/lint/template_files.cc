// Rules about a template's files as such.
#include "base/digest.h"
#include "base/strings.h"
#include "generator/lint/template_lint.h"
#include "generator/output.h"
#include "task/contract/profile_rules.h"
#include "task/contract/template_parameters.h"

namespace ameide::generator {
namespace {

constexpr size_t kMaxUploadBytes = 1u << 20;  // of Coder's template archive

bool Uploads(std::string_view path) {
  if (path == ".terraform.lock.hcl") return true;
  for (const std::string_view step : StrSplit(path, '/')) {
    if (step.starts_with(".")) return false;
  }
  return !path.ends_with(".tfstate") && path.find(".tfstate.") == std::string_view::npos &&
         !path.ends_with(".auto.tfvars") && !path.ends_with("terraform.tfvars");
}

void LintSizes(const FileSet& files, TemplateReport* report) {
  size_t total = 0;
  for (const auto& [path, text] : files) {
    if (!Uploads(path)) {
      if (path != kMarkFile) {
        report->Add("file-not-uploaded", path, 1, 1,
                    "is left out by Coder's upload; rename or remove it");
      }
      continue;
    }
    total += text.size();
    if (path.ends_with(".sh") && text.size() >= task::kMaxParameterBytes) {
      report->Add("script-too-large", path, 1, 1,
                  "is 128 KiB or longer, which no argument can be; move it into the image");
    }
  }
  if (total > kMaxUploadBytes) {
    report->Add("template-too-large", "README.md", 1, 1,
                StrCat("belongs to a folder of ", total >> 10,
                       " KiB, and Coder takes 1 MiB; move large files into the image"));
  }
}

// The key's value in the front matter's lines, or nothing.
bool HasKey(std::string_view matter, std::string_view key) {
  for (const std::string_view line : StrSplit(matter, '\n')) {
    if (!line.starts_with(key) || line.substr(key.size(), 1) != ":") continue;
    const bool list = key == "tags";
    return list || !StripWhitespace(line.substr(key.size() + 1)).empty();
  }
  return false;
}

void LintReadme(const FileSet& files, TemplateReport* report) {
  const auto add = [&](size_t line, std::string message) {
    report->Add("front-matter", "README.md", line, 1, std::move(message));
  };
  const auto readme = files.find("README.md");
  if (readme == files.end()) return add(1, "is missing; Coder shows it with the template");
  const std::string& text = readme->second;
  const size_t end = text.find("\n---\n", 3);
  if (!text.starts_with("---\n") || end == std::string::npos) {
    return add(1, "does not begin with front matter between two lines of ---; add it");
  }
  const std::string_view matter = std::string_view(text).substr(4, end - 3);
  for (const std::string_view key : {"display_name", "description", "icon", "tags"}) {
    if (!HasKey(matter, key)) add(1, StrCat("has no ", key, " in its front matter; add it"));
  }
  const std::string_view body = StripWhitespace(std::string_view(text).substr(end + 5));
  if (!body.starts_with("# ")) {
    add(1, "does not begin with one h1 after the front matter; write the template's name");
  }
}

// The marks are sha256sum's lines: digest, two blanks, path.
void LintMarks(const FileSet& files, TemplateReport* report) {
  const auto marks = files.find(kMarkFile);
  if (marks == files.end()) return;
  for (const std::string_view line : StrSplit(marks->second, '\n')) {
    if (line.size() <= 66 || line[0] == '#') continue;
    const std::string path(line.substr(66));
    const auto file = files.find(path);
    if (file == files.end() || Sha256Hex(file->second) == line.substr(0, 64)) continue;
    report->Add("generated-edited", path, 1, 1,
                "was edited after it was rendered; change the profile, or move the file away");
  }
}

void LintSecrets(const FileSet& files, TemplateReport* report) {
  for (const auto& [path, text] : files) {
    // No secret reaches over the end of a line, so mostly one look at the whole is enough.
    if (path == kMarkFile || task::LooksLikeSecret(text).empty()) continue;
    size_t line = 0;
    for (const std::string_view one : StrSplit(text, '\n')) {
      ++line;
      const std::string_view what = task::LooksLikeSecret(one);
      if (what.empty()) continue;
      report->Add("literal-secret", path, line, 1,
                  StrCat("looks like ", what, "; name a Secret instead, and revoke this copy"));
    }
  }
}

}  // namespace

void LintFiles(const FileSet& files, TemplateReport* report) {
  LintSizes(files, report);
  LintReadme(files, report);
  LintMarks(files, report);
  LintSecrets(files, report);
}

}  // namespace ameide::generator
