#include "task/contract/control_files.h"

#include <algorithm>

#include "base/strings.h"
#include "task/contract/guardrails.h"

namespace ameide::task {
namespace {

// Files that agents, CI systems and hosts read by these names, in any folder.
constexpr std::string_view kFiles[] = {"agents.md", "agents.override.md", "claude.md", "codeowners",
                                       "jenkinsfile"};
constexpr std::string_view kFolders[] = {".circleci", ".ameide", ".devcontainer"};

bool Contains(const auto& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

bool IsControlName(std::string_view name) {
  const bool pipeline =
      name.starts_with("azure-pipelines") && (name.ends_with(".yml") || name.ends_with(".yaml"));
  return Contains(kFiles, name) || pipeline ||
         (name.starts_with(".git") && name != ".gitkeep" && name != ".gitignore");
}

// .github/, .gitlab/ and their like, and folders of a name's own.
bool IsControlFolder(std::string_view name) {
  return Contains(kFolders, name) || name.starts_with(".git");
}

}  // namespace

std::string FoldedName(std::string_view component) {
  while (!component.empty() && (component.back() == '.' || component.back() == ' ')) {
    component.remove_suffix(1);
  }
  return AsciiLower(component);
}

bool IsGitFolder(std::string_view component) {
  const std::string name = FoldedName(component);
  return name == ".git" || name == "git~1";
}

bool IsSubmoduleConfig(std::string_view path) {
  return FoldedName(StrSplit(path, '/').back()) == ".gitmodules";
}

bool IsControlFile(std::string_view path) {
  const std::vector<std::string_view> components = StrSplit(path, '/');
  // A folder's name as the last component is a link or file in its place.
  return IsControlName(FoldedName(components.back())) ||
         Contains(kFolders, FoldedName(components.back())) ||
         std::any_of(components.begin(), components.end() - 1, [](std::string_view component) {
           return IsControlFolder(FoldedName(component));
         });
}

}  // namespace ameide::task
