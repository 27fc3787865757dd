// Takes secret values out of a stream before it becomes evidence: each becomes ***NAME***. Found
// are the value itself, its percent-encoded forms, its forms inside JSON strings, and its base64
// forms (both alphabets, any alignment, also where base64(1) breaks the line); see secret_forms.h.
// Who wants to carry a secret out can always find a form that nobody looks for: this protects from
// accidents, and the rules on which phase sees which secret protect from the rest. Pure but for
// RedactFile.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "task/evidence/text_matcher.h"

namespace ameide::task {

// Shorter values would also hit innocent text everywhere. White space at the ends does not count.
inline constexpr size_t kMinSecretBytes = 6;

// For one stream, in order. A copy of a fresh one is cheap and serves another stream. Not
// thread-safe; copies are independent. Memory: a few times the secrets' size, whatever the stream.
class Redactor {
 public:
  // kInvalid names every secret that is too short to be found reliably. Ask before anything runs.
  static Status Check(const std::map<std::string, std::string>& secrets);

  Redactor() : Redactor(std::map<std::string, std::string>()) {}
  // Name → value. Values that Check refuses are left alone.
  explicit Redactor(const std::map<std::string, std::string>& secrets);

  // What of the stream can go on: everything but the last bytes that could begin a secret.
  std::string Take(std::string_view chunk);
  // The rest. The redactor is ready for another stream then.
  std::string Finish();
  // A whole text at once; leaves this object's stream alone.
  std::string Whole(std::string_view text) const;
  // Occurrences replaced so far, over all streams of this object. A diff with any does not apply.
  uint64_t replaced() const { return replaced_; }

 private:
  struct Plan;
  struct Range {
    uint64_t start = 0;
    uint64_t end = 0;
    uint32_t id = 0;
    bool named = false;  // its ***NAME*** is out
  };
  void Cover(const TextMatcher::Match& match);
  void Let(uint64_t frontier, std::string* out);

  std::shared_ptr<const Plan> plan_;
  TextMatcher::Cursor plain_;
  TextMatcher::Cursor base64_;
  std::vector<Range> ranges_;  // sorted, apart from each other
  std::string held_;           // the stream from held_at_ on
  uint64_t held_at_ = 0;
  uint64_t replaced_ = 0;
};

// Copies the regular file `from` to the new file `to` without the secrets (0600). Gives the number
// of replaced occurrences.
Result<uint64_t> RedactFile(const Redactor& redactor, const fs::path& from, const fs::path& to);

}  // namespace ameide::task
