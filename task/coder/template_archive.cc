#include "task/coder/template_archive.h"

#include <algorithm>
#include <vector>

#include "base/digest.h"
#include "base/strings.h"
#include "base/ustar.h"

namespace ameide::coder {
namespace {

Error CannotPack(const fs::path& what, std::string cause, std::string hint) {
  return Error{ErrorKind::kInvalid, "pack template", what.string(), std::move(cause),
               std::move(hint)};
}

bool IsLeftOut(std::string_view name) {
  return name.starts_with('.') || name.find(".tfstate") != std::string_view::npos ||
         name == "terraform.tfvars" || name == "terraform.tfvars.json" ||
         name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
}

// Adds the regular files below `folder` / `inside`, as paths in the archive.
Status Collect(const fs::path& folder, const std::string& inside, std::vector<std::string>* paths) {
  std::error_code failed;
  const fs::path here = folder / inside;
  fs::directory_iterator entries(here, failed);
  for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
    const std::string name = entries->path().filename().string();
    if (IsLeftOut(name)) continue;
    const std::string path = inside.empty() ? name : StrCat(inside, "/", name);
    const fs::file_type type = entries->symlink_status(failed).type();
    if (failed) break;
    if (type == fs::file_type::directory) {
      AMEIDE_RETURN_IF_ERROR(Collect(folder, path, paths));
    } else if (type == fs::file_type::regular) {
      paths->push_back(path);
    } else {
      return CannotPack(entries->path(), "it is no regular file",
                        "remove it, or render the template into a fresh folder");
    }
  }
  if (failed) return CannotPack(here, failed.message(), "give the folder of a rendered template");
  return Ok{};
}

}  // namespace

Result<TemplateArchive> PackTemplate(const fs::path& folder,
                                     const std::map<std::string, std::string>& variables) {
  std::vector<std::string> paths;
  AMEIDE_RETURN_IF_ERROR(Collect(folder, "", &paths));
  std::sort(paths.begin(), paths.end());
  const auto is_terraform = [](const std::string& path) {
    return path.find('/') == std::string::npos && path.ends_with(".tf");
  };
  if (std::none_of(paths.begin(), paths.end(), is_terraform)) {
    return CannotPack(folder, "there is no *.tf file in it",
                      "render the template first: ameide-templates render");
  }
  TemplateArchive archive;
  for (const std::string& path : paths) {
    AMEIDE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(folder / path, kMaxTemplateBytes));
    AMEIDE_ASSIGN_OR_RETURN(const std::string header, ustar::Header({path, bytes.size()}));
    StrAppend(&archive.tar, header, bytes, ustar::Padding(bytes.size()));
    if (archive.tar.size() + 2 * ustar::kBlock > kMaxTemplateBytes) {
      return CannotPack(folder, StrCat("its archive has more than ", kMaxTemplateBytes, " bytes"),
                        "keep in it what the template needs");
    }
  }
  archive.tar.append(2 * ustar::kBlock, '\0');
  // NULs can be in neither, so that no two sets of variables look alike.
  std::string content = archive.tar;
  for (const auto& [name, value] : variables) {
    content.append(name).append(1, '\0').append(value).append(1, '\0');
  }
  archive.digest = Sha256Hex(content);
  archive.version_name = StrCat("gen-", archive.digest.substr(0, 12));
  return archive;
}

bool IsVersionOf(const TemplateArchive& archive, std::string_view version_name) {
  if (!version_name.starts_with(archive.version_name)) return false;
  version_name.remove_prefix(archive.version_name.size());
  return version_name.empty() || version_name.starts_with('.');
}

}  // namespace ameide::coder
