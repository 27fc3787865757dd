// Lint of a template's folder, rendered here or written by hand: what Terraform lets pass and what
// makes a pod more powerful than a task needs. Pure.
#pragma once

#include "generator/lint/finding.h"
#include "generator/lint/hcl_scan.h"
#include "generator/render/render.h"

namespace ameide::generator {

// `name` is the folder's, for places: "<name>/pod.tf:12:3". Files whose name starts with a dot may
// be among `files`.
LintFindings LintTemplate(const std::string& name, const FileSet& files);

// For the rules themselves: one scanned file, and a place to put findings.
struct ScannedFile {
  std::string path;  // "pod.tf"
  HclBlock body;
};
class TemplateReport {
 public:
  TemplateReport(std::string folder, LintFindings* findings)
      : folder_(std::move(folder)), findings_(findings) {}
  void Add(std::string_view rule, const std::string& file, size_t line, size_t column,
           std::string message);
  void Add(std::string_view rule, const ScannedFile& file, const HclBlock& block,
           std::string message) {
    Add(rule, file.path, block.line, block.column, std::move(message));
  }
  // At the attribute when it is there, else at its block.
  void Add(std::string_view rule, const ScannedFile& file, const HclBlock& block,
           std::string_view attribute, std::string message);

 private:
  std::string folder_;
  LintFindings* findings_;
};

// True for a template that runs tasks: it takes the specification as a parameter.
bool IsTaskTemplate(const std::vector<ScannedFile>& scanned);

// A parameter's form type, default and validation.
void LintParameterValues(const ScannedFile& file, const HclBlock& parameter,
                         TemplateReport* report);
void LintCoderBlocks(const std::vector<ScannedFile>& scanned, TemplateReport* report);
void LintPods(const std::vector<ScannedFile>& scanned, TemplateReport* report);
void LintFiles(const FileSet& files, TemplateReport* report);

}  // namespace ameide::generator
