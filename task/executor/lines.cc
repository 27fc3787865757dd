#include "task/executor/lines.h"

#include <utility>

namespace ameide::task {

std::vector<std::optional<std::string>> Lines::Feed(std::string_view bytes) {
  std::vector<std::optional<std::string>> lines;
  while (!bytes.empty()) {
    const size_t newline = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, newline);
    if (piece.size() > max_line_ - line_.size()) {
      too_long_ = true;
      line_.clear();
    } else if (!too_long_) {
      line_ += piece;
    }
    if (newline == std::string_view::npos) break;
    lines.push_back(Take());
    bytes.remove_prefix(newline + 1);
  }
  return lines;
}

std::vector<std::optional<std::string>> Lines::Finish() {
  if (line_.empty() && !too_long_) return {};
  return {Take()};
}

std::optional<std::string> Lines::Take() {
  std::string line = std::exchange(line_, {});
  if (std::exchange(too_long_, false)) return std::nullopt;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace ameide::task
