// Reads a JSON object strictly into typed fields: a wrong type, a missing member and an unknown one
// each become a Problem with its JSON pointer, and reading goes on, so that a caller learns of all
// of them at once.
//
//   ObjectReader reader(json, pointer, &problems);
//   reader.Require({"name"});
//   reader.Read("name", &out.name);
//   reader.Finish();  // last: what nobody asked for is unknown
//
// `json` and `problems` must outlive the reader. Not thread-safe.
#pragma once

#include <concepts>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/strings.h"
#include "task/contract/problem.h"

namespace ameide::task {

// More than this helps nobody, and hostile documents could have millions.
inline constexpr size_t kMaxProblems = 100;
void AddProblem(std::string pointer, Flaw flaw, Problems* problems);

class ObjectReader {
 public:
  ObjectReader(const Json& json, std::string_view pointer, Problems* problems);

  // Says which of these members are missing.
  void Require(std::initializer_list<std::string_view> keys);

  // True when the member is there and well-formed; otherwise `*out` stays as it was. A JSON null is
  // a wrong type, not an absent member.
  bool Read(std::string_view key, std::string* out);
  bool Read(std::string_view key, bool* out);
  bool Read(std::string_view key, std::vector<std::string>* out);
  bool Read(std::string_view key, std::map<std::string, std::string>* out);
  bool Read(std::string_view key, Millis* out);    // "1h30m"
  bool Read(std::string_view key, WallTime* out);  // RFC 3339

  template <std::integral Int>
  bool ReadInt(std::string_view key, int64_t min, int64_t max, Int* out) {
    const std::optional<int64_t> value = Integer(key, min, max);
    if (value) *out = static_cast<Int>(*value);
    return value.has_value();
  }

  // One word of a closed vocabulary: ReadWord("kind", TaskKindFrom, AllTaskKinds(), &spec.kind).
  template <class Word>
  bool ReadWord(std::string_view key, std::optional<Word> (*from)(std::string_view),
                const std::vector<Word>& all, Word* out) {
    std::string text;
    if (!Read(key, &text)) return false;
    const std::optional<Word> word = from(text);
    if (word) {
      *out = *word;
      return true;
    }
    std::vector<std::string_view> words;
    for (const Word one : all) words.push_back(ToString(one));
    UnknownWord(key, text, words);
    return false;
  }

  // Calls each(item, pointer) for every element of an array; an absent member has none.
  template <class Each>
  void ReadEach(std::string_view key, Each each) {
    const Json* member = Member(key, "an array");
    if (member == nullptr) return;
    size_t index = 0;
    for (const Json& item : *member->AsArray()) {
      each(item, PointerStep(PointerTo(key), std::to_string(index++)));
    }
  }

  // Any member, of any type; null when absent. Marks it as known.
  const Json* Child(std::string_view key);
  std::string PointerTo(std::string_view key) const { return PointerStep(pointer_, key); }
  // An empty flaw is no problem, so that the x_Problem functions of task_spec.h fit here.
  void Problem(std::string_view key, Flaw flaw);
  Problems* problems() { return problems_; }

  // Reports every member that was neither read nor asked for.
  void Finish();

 private:
  // The member when it has the type, else null; says so when it has another one.
  const Json* Member(std::string_view key, std::string_view type);
  std::optional<int64_t> Integer(std::string_view key, int64_t min, int64_t max);
  void UnknownWord(std::string_view key, std::string_view text,
                   const std::vector<std::string_view>& allowed);

  const Json& json_;
  std::string pointer_;
  Problems* problems_;
  std::vector<std::string> known_;
};

// The text behind these keys, one within the other; empty when there is none. For documents of
// which only some members matter.
std::string TextAt(const Json& json, std::initializer_list<std::string_view> keys);

// A list of path patterns (guardrails.h), each of them checked.
void ReadGlobs(ObjectReader* reader, std::string_view key, std::vector<std::string>* out);

// Moves a nested document's value to `*out`, or its problems to `problems`.
template <class T>
void Take(Checked<T> nested, T* out, Problems* problems) {
  if (nested.value) *out = std::move(*nested.value);
  for (Problem& problem : nested.problems) {
    AddProblem(std::move(problem.pointer), {std::move(problem.message), problem.rule}, problems);
  }
}

// The value when nothing was wrong with it.
template <class T>
Checked<T> Finished(T value, Problems problems) {
  Checked<T> checked;
  if (problems.empty()) checked.value = std::move(value);
  checked.problems = std::move(problems);
  return checked;
}

}  // namespace ameide::task
