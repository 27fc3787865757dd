#include "task/evidence/text_matcher.h"

#include <algorithm>

namespace ameide::task {

TextMatcher::TextMatcher(const std::vector<Text>& texts, bool across_line_breaks)
    : across_line_breaks_(across_line_breaks), nodes_(1) {
  std::vector<std::vector<std::pair<unsigned char, uint32_t>>> children(1);
  for (const Text& text : texts) {
    uint32_t node = 0;
    for (const char c : text.bytes) {
      const auto byte = static_cast<unsigned char>(c);
      auto& mine = children[node];
      const auto at = std::lower_bound(mine.begin(), mine.end(), std::pair(byte, 0u));
      if (at != mine.end() && at->first == byte) {
        node = at->second;
        continue;
      }
      const auto fresh = static_cast<uint32_t>(nodes_.size());
      mine.insert(at, {byte, fresh});
      nodes_.push_back({.depth = nodes_[node].depth + 1});
      children.emplace_back();
      node = fresh;
    }
    if (nodes_[node].match != 0) continue;
    nodes_[node].match = nodes_[node].depth;
    nodes_[node].id = text.id;
  }
  Compact(children);
}

// Lays the edges out and links every node to the longest other beginning of a text that it ends in,
// shorter nodes first.
void TextMatcher::Compact(
    const std::vector<std::vector<std::pair<unsigned char, uint32_t>>>& children) {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].first_edge = static_cast<uint32_t>(edge_bytes_.size());
    nodes_[i].edges = static_cast<uint32_t>(children[i].size());
    for (const auto& [byte, child] : children[i]) {
      edge_bytes_.push_back(byte);
      edge_nodes_.push_back(child);
    }
  }
  std::vector<uint32_t> queue;
  for (const auto& [byte, child] : children[0]) {
    root_[byte] = child;
    queue.push_back(child);
  }
  for (size_t i = 0; i < queue.size(); ++i) {
    const uint32_t parent = queue[i];
    for (const auto& [byte, child] : children[parent]) {
      Node& node = nodes_[child];
      node.fail = Next(nodes_[parent].fail, byte);
      if (node.match == 0) {
        node.match = nodes_[node.fail].match;
        node.id = nodes_[node.fail].id;
      }
      queue.push_back(child);
    }
  }
}

uint32_t TextMatcher::Edge(const Node& node, unsigned char byte) const {
  const auto begin = edge_bytes_.begin() + node.first_edge;
  const auto end = begin + node.edges;
  const auto at = std::find(begin, end, byte);
  return at == end ? 0 : edge_nodes_[static_cast<size_t>(at - edge_bytes_.begin())];
}

uint32_t TextMatcher::Next(uint32_t node, unsigned char byte) const {
  while (node != 0) {
    if (const uint32_t next = Edge(nodes_[node], byte); next != 0) return next;
    node = nodes_[node].fail;
  }
  return root_[byte];
}

// More than "\r\n" in a row ends every match, so that what is held back stays bounded.
bool TextMatcher::PassesOver(char c, uint64_t position, Cursor* cursor) const {
  if (!across_line_breaks_ || (c != '\n' && c != '\r')) return false;
  std::vector<uint64_t>& breaks = cursor->breaks;
  const size_t count = breaks.size();
  if (count >= 2 && breaks[count - 1] + 1 == position && breaks[count - 2] + 2 == position) {
    return false;
  }
  const uint64_t frontier = StartOf(position, nodes_[cursor->node].depth, *cursor);
  std::erase_if(breaks, [&](uint64_t one) { return one < frontier && one + 2 < position; });
  breaks.push_back(position);
  return true;
}

uint64_t TextMatcher::StartOf(uint64_t end, uint32_t length, const Cursor& cursor) const {
  uint64_t start = end - length;
  for (auto one = cursor.breaks.rbegin(); one != cursor.breaks.rend(); ++one) {
    if (*one < end && *one >= start) --start;
  }
  return start;
}

// A text that is complete begins nothing any more, unless it is the beginning of a longer one.
uint64_t TextMatcher::Frontier(const Cursor& cursor) const {
  uint32_t node = cursor.node;
  while (node != 0 && nodes_[node].edges == 0) node = nodes_[node].fail;
  return StartOf(cursor.position, nodes_[node].depth, cursor);
}

void TextMatcher::Feed(std::string_view chunk, Cursor* cursor, std::vector<Match>* matches) const {
  uint32_t node = cursor->node;
  for (size_t i = 0; i < chunk.size(); ++i) {
    const auto byte = static_cast<unsigned char>(chunk[i]);
    if (node == 0) {
      node = root_[byte];
      if (node == 0) continue;
    } else {
      cursor->node = node;
      if (PassesOver(chunk[i], cursor->position + i, cursor)) continue;
      node = Next(node, byte);
    }
    if (node == 0) cursor->breaks.clear();
    if (nodes_[node].match == 0) continue;
    const uint64_t end = cursor->position + i + 1;
    matches->push_back({StartOf(end, nodes_[node].match, *cursor), end, nodes_[node].id});
  }
  cursor->node = node;
  cursor->position += chunk.size();
}

}  // namespace ameide::task
