// A template's folder as one file to upload, and the name of the version that it makes.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"

namespace ameide::coder {

// Coder's own tool takes no more.
inline constexpr size_t kMaxTemplateBytes = 1u << 20;

struct TemplateArchive {
  std::string tar;           // ustar, the same bytes for the same files
  std::string digest;        // SHA-256 in hex, of the archive and the variables
  std::string version_name;  // "gen-" and the first 12 digits of it
};

// Left out are names that start with a dot, Terraform's state, and values for variables that
// somebody keeps there for himself (terraform.tfvars, *.auto.tfvars), as Coder's tool does.
// kInvalid for links and devices, a folder without *.tf, and more than kMaxTemplateBytes.
Result<TemplateArchive> PackTemplate(const fs::path& folder,
                                     const std::map<std::string, std::string>& variables);

// True for the archive's version name, also when a number was added because an older version of
// that name failed: "gen-0123456789ab", "gen-0123456789ab.2".
bool IsVersionOf(const TemplateArchive& archive, std::string_view version_name);

}  // namespace ameide::coder
