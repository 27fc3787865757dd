// Pieces that the README files of both templates share. Pure.
#pragma once

#include <string>
#include <string_view>

#include "generator/render/amounts.h"
#include "task/contract/profile.h"

namespace ameide::generator {

// The front matter with its fences, the heading and the description. `suffix` follows the
// profile's display name; `tag` is the last of the tags.
std::string ReadmeHead(const task::Profile& profile, std::string_view suffix, std::string_view tag);

// "| a | b |" for a table.
std::string Row(const std::vector<std::string>& cells);
std::string Table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows);

// "2 CPU, 8Gi memory, 30Gi disk"
std::string AmountsText(const Amounts& amounts);

// What the image of a workspace must bring.
std::string ImageNeeds(const task::Profile& profile);

// Links of prerequisites, as a list.
std::string CommonNeeds();

// Where a pod connects to, and what to mirror in a closed network. `images` says how each image is
// named, as a sentence part.
std::string NetworkSection(const task::Profile& profile, std::string_view images);

}  // namespace ameide::generator
