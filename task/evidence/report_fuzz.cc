// A report about anything: one script, printable UTF-8, no crash.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"
#include "task/evidence/report.h"

namespace {

// Takes the input apart piece by piece; an exhausted source gives zeros and empty texts.
class Source {
 public:
  explicit Source(std::string_view bytes) : bytes_(bytes) {}
  uint64_t Number() {
    uint64_t number = 0;
    for (const char c : Take(8)) number = number << 8 | static_cast<uint8_t>(c);
    return number;
  }
  int Small() { return static_cast<int>(Number() % 5); }
  std::string Text() { return std::string(Take(Number() % 64)); }

 private:
  std::string_view Take(size_t count) {
    const std::string_view piece = bytes_.substr(0, count);
    bytes_.remove_prefix(piece.size());
    return piece;
  }
  std::string_view bytes_;
};

ameide::WallTime Time(Source* source) {
  const auto ticks = static_cast<int64_t>(source->Number());
  return ameide::WallTime(ameide::WallTime::duration(ticks));
}

ameide::task::ReportInput Invent(std::string_view bytes) {
  using namespace ameide::task;  // NOLINT: a fuzzer of this room
  Source source(bytes);
  ReportInput input;
  input.log = std::string(bytes);
  input.diff = std::string(bytes);
  TaskResult& result = input.result;
  result.outcome = static_cast<Outcome>(source.Small());
  result.failure = static_cast<FailureClass>(source.Small());
  result.work_id = source.Text();
  result.reason = source.Text();
  result.repository_url = source.Text();
  result.artifact.pr_url = "https://" + source.Text();
  result.command = {source.Text()};
  result.started_at = Time(&source);
  result.finished_at = Time(&source);
  const ameide::Millis duration(static_cast<int64_t>(source.Number()));
  result.phases = {{Phase::kEdit, Time(&source), duration, Outcome::kError}};
  result.artifact.tests = {static_cast<int>(source.Number()), static_cast<int>(source.Number()),
                           static_cast<int>(source.Number()), static_cast<int>(source.Number()),
                           static_cast<int>(source.Number()), {source.Text()}};
  result.findings = {{source.Text(), source.Text(), source.Text(), "", "", {source.Text()}}};
  input.files = {{source.Text(), source.Number(), source.Text()}};
  input.omissions = {{source.Text(), source.Text()}};
  return input;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string page = ameide::task::RenderReport(Invent(bytes));
  const std::string_view body = std::string_view(page).substr(page.find("</style>"));
  const size_t script = page.find("<script");
  const bool one = script != page.npos && page.find("<script", script + 1) == page.npos;
  if (!one || ameide::ToPrintable(body) != body || !page.ends_with("</html>\n")) __builtin_trap();
  return 0;
}
