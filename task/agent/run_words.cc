#include "task/agent/run_words.h"

#include <cstring>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxCommand = 200;
constexpr size_t kMaxWord = 60;
constexpr size_t kMaxParagraph = 2000;

// A whole script as an argument is shown by its first line.
std::string ShortWord(std::string_view word) {
  const std::string_view line = word.substr(0, word.find('\n'));
  if (line.size() > kMaxWord) return Truncate(line, kMaxWord);
  return line.size() < word.size() ? StrCat(line, "…") : std::string(line);
}

}  // namespace

std::string AsParagraph(std::string_view text) { return Truncate(ToOneLine(text), kMaxParagraph); }

std::string CommandForPeople(const std::vector<std::string>& command) {
  std::vector<std::string> words;
  for (const std::string& word : command) words.push_back(ShellQuote(ShortWord(word)));
  return Truncate(AsParagraph(StrJoin(words, " ")), kMaxCommand);
}

std::string ShortDuration(Millis duration) {
  const auto tenths = (duration.count() + 50) / 100;
  if (tenths < 600) return StrCat(tenths / 10, ".", tenths % 10, "s");
  return FormatDuration(std::chrono::round<std::chrono::seconds>(duration));
}

std::string EndForPeople(const ExitStatus& status) {
  if (!status.signal) return StrCat("exited with ", status.code.value_or(0));
  const char* name = ::sigdescr_np(*status.signal);
  return StrCat("was ended by signal ", *status.signal, " (", name == nullptr ? "?" : name, ")");
}

std::string Counted(size_t count, std::string_view one, std::string_view many) {
  return StrCat(count, " ", count == 1 ? one : many);
}

std::string FindingsForPeople(const std::vector<Finding>& findings) {
  if (findings.empty()) return "no guardrail findings";
  const Finding& first = findings.front();
  std::string text = StrCat(Counted(findings.size(), "guardrail finding", "guardrail findings"),
                            ": ", first.what_failed);
  if (findings.size() > 1) StrAppend(&text, ", and more");
  return AsParagraph(text);
}

std::string TestsForPeople(const TestCounts& tests) {
  std::string text = Counted(static_cast<size_t>(tests.total), "test", "tests");
  if (tests.failed > 0) StrAppend(&text, ", ", tests.failed, " failed");
  if (tests.errors > 0) StrAppend(&text, ", ", tests.errors, " with errors");
  if (tests.skipped > 0) StrAppend(&text, ", ", tests.skipped, " skipped");
  return text;
}

}  // namespace ameide::task
