// Any text in any pieces: the same as at once, and no secret is left in it.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/testing/fuzz.h"
#include "task/evidence/redactor.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {
      "\x03"
      "password secret-valu secret-value c2VjcmV0LXZhbHVl",
      "\x01"
      "c2Vj\ncmV0LXZh\r\nbHVl",
      "\x09"
      "secret-value%20%2f pass%2Fword pass/word pass\\/word",
      "\x02 ababab abababab aababab"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::map<std::string, std::string> kSecrets = {
      {"A", "secret-value"}, {"B", "pass/word"}, {"C", "ababab"}};
  static const ameide::task::Redactor kFresh(kSecrets);
  if (size == 0) return 0;
  const size_t piece = 1 + data[0] % 16;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  ameide::task::Redactor stream = kFresh;
  std::string out;
  for (size_t at = 0; at < text.size(); at += piece) out += stream.Take(text.substr(at, piece));
  out += stream.Finish();
  if (out != kFresh.Whole(text)) __builtin_trap();
  for (const auto& [name, value] : kSecrets) {
    if (out.find(value) != std::string::npos) __builtin_trap();
  }
  return 0;
}
