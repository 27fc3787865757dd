// Finds many texts at once in a stream (Aho and Corasick, CACM 18(6), 1975). Pure; private to
// task/evidence.
//
// Why this one: its cost does not depend on how many texts there are nor on what a hostile stream
// holds, and its state says exactly how many of the last bytes could still begin a match, so that a
// stream is held back by those and no more. Most bytes are passed by a loop over one table.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ameide::task {

class TextMatcher {
 public:
  struct Text {
    std::string bytes;  // not empty
    uint32_t id = 0;    // of equal texts the first one's counts
  };
  // `across_line_breaks`: "\n" and "\r\n" inside an occurrence do not count, as base64(1) breaks
  // lines.
  TextMatcher(const std::vector<Text>& texts, bool across_line_breaks);

  struct Cursor {
    uint32_t node = 0;
    uint64_t position = 0;         // bytes seen so far
    std::vector<uint64_t> breaks;  // passed-over bytes that may lie inside the next match
  };
  struct Match {
    uint64_t start = 0;
    uint64_t end = 0;
    uint32_t id = 0;
  };
  // Appends the longest match for each place where one ends; positions count from the start of the
  // stream.
  void Feed(std::string_view chunk, Cursor* cursor, std::vector<Match>* matches) const;
  // Where the earliest match that is not complete yet could start.
  uint64_t Frontier(const Cursor& cursor) const;

 private:
  struct Node {
    uint32_t fail = 0;
    uint32_t depth = 0;
    uint32_t match = 0;       // length of the longest text that ends here; 0 for none
    uint32_t id = 0;          // whose
    uint32_t first_edge = 0;  // edges of a node lie together, sorted by byte
    uint32_t edges = 0;
  };
  void Compact(const std::vector<std::vector<std::pair<unsigned char, uint32_t>>>& children);
  uint32_t Next(uint32_t node, unsigned char byte) const;
  uint32_t Edge(const Node& node, unsigned char byte) const;
  bool PassesOver(char c, uint64_t position, Cursor* cursor) const;
  uint64_t StartOf(uint64_t end, uint32_t length, const Cursor& cursor) const;

  bool across_line_breaks_;
  std::vector<Node> nodes_;
  std::vector<unsigned char> edge_bytes_;
  std::vector<uint32_t> edge_nodes_;
  std::array<uint32_t, 256> root_{};
};

}  // namespace ameide::task
