#include "generator/lint/template_lint.h"

#include "base/strings.h"
#include "task/contract/template_parameters.h"

namespace ameide::generator {

void TemplateReport::Add(std::string_view rule, const std::string& file, size_t line, size_t column,
                         std::string message) {
  const std::string path = folder_.empty() ? file : StrCat(folder_, "/", file);
  findings_->push_back({std::string(rule), {path, line, column}, std::move(message), std::nullopt});
}

void TemplateReport::Add(std::string_view rule, const ScannedFile& file, const HclBlock& block,
                         std::string_view attribute, std::string message) {
  const HclValue* value = block.Find(attribute);
  if (value == nullptr) return Add(rule, file, block, std::move(message));
  Add(rule, file.path, value->line, value->column, std::move(message));
}

bool IsTaskTemplate(const std::vector<ScannedFile>& scanned) {
  for (const ScannedFile& file : scanned) {
    for (const HclBlock& block : file.body.blocks) {
      if (block.Literal("name") == std::string(task::kParameterSpec)) return true;
    }
  }
  return false;
}

LintFindings LintTemplate(const std::string& name, const FileSet& files) {
  LintFindings findings;
  TemplateReport report(name, &findings);
  std::vector<ScannedFile> scanned;
  for (const auto& [path, text] : files) {
    // Terraform reads the folder itself and none below it.
    if (!path.ends_with(".tf") || path.find('/') != std::string::npos) continue;
    Result<HclBlock> body = ScanHcl(text, path);
    if (body.ok()) {
      scanned.push_back({path, std::move(*body)});
    } else {
      const Place place = PlaceOf(body.error().target);
      report.Add("hcl-unreadable", path, place.line, place.column, body.error().cause);
    }
  }
  LintCoderBlocks(scanned, &report);
  LintPods(scanned, &report);
  LintFiles(files, &report);
  SortFindings(&findings);
  return findings;
}

}  // namespace ameide::generator
