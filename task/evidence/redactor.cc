#include "task/evidence/redactor.h"

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "base/strings.h"
#include "task/evidence/secret_forms.h"
#include "task/evidence/tree.h"

namespace ameide::task {
namespace {

bool IsRedactable(std::string_view value) {
  return StripWhitespace(value).size() >= kMinSecretBytes;
}

using Texts = std::vector<TextMatcher::Text>;

void Append(std::vector<std::string> forms, uint32_t id, Texts* texts) {
  for (std::string& form : forms) texts->push_back({std::move(form), id});
}

}  // namespace

struct Redactor::Plan {
  Plan(std::vector<std::string> all_names, const Texts& plain_texts, const Texts& base64_texts)
      : names(std::move(all_names)), plain(plain_texts, false), base64(base64_texts, true) {}
  std::vector<std::string> names;
  TextMatcher plain;
  TextMatcher base64;
};

Status Redactor::Check(const std::map<std::string, std::string>& secrets) {
  std::vector<std::string> names;
  for (const auto& [name, value] : secrets) {
    if (!IsRedactable(value)) names.push_back(name);
  }
  if (names.empty()) return Ok{};
  return Error{
      ErrorKind::kInvalid, "prepare redaction", StrJoin(names, ", "),
      StrCat("a value shorter than ", kMinSecretBytes, " bytes cannot be kept out of logs"),
      "use a longer secret, or pass what is no secret as plain environment"};
}

Redactor::Redactor(const std::map<std::string, std::string>& secrets) {
  std::vector<std::string> names;
  Texts plain;
  Texts base64;
  for (const auto& [name, value] : secrets) {
    if (!IsRedactable(value)) continue;
    const auto id = static_cast<uint32_t>(names.size());
    names.push_back(name);
    SecretForms forms = FormsOf(value);
    Append(std::move(forms.plain), id, &plain);
    Append(std::move(forms.base64), id, &base64);
  }
  plan_ = std::make_shared<const Plan>(std::move(names), plain, base64);
}

// Overlapping occurrences become one range under the name of the first: cutting out only one of
// them would show a part of the other.
void Redactor::Cover(const TextMatcher::Match& match) {
  Range range{match.start, match.end, match.id, false};
  while (!ranges_.empty() && ranges_.back().end > range.start) {
    const Range& last = ranges_.back();
    range = {std::min(last.start, range.start), std::max(last.end, range.end), last.id, last.named};
    ranges_.pop_back();
  }
  ranges_.push_back(range);
}

// Gives out what lies before `frontier`; no later match starts there.
void Redactor::Let(uint64_t frontier, std::string* out) {
  const uint64_t from = held_at_;
  size_t done = 0;  // ranges
  const auto copy = [&](uint64_t until) {
    if (until <= held_at_) return;
    out->append(held_, held_at_ - from, until - held_at_);
    held_at_ = until;
  };
  for (Range& range : ranges_) {
    if (range.start >= frontier) break;
    copy(range.start);
    if (!range.named) {
      StrAppend(out, "***", plan_->names[range.id], "***");
      range.named = true;
      ++replaced_;
    }
    held_at_ = std::max(held_at_, std::min(range.end, frontier));
    if (range.end > frontier) break;
    ++done;
  }
  ranges_.erase(ranges_.begin(), ranges_.begin() + static_cast<ptrdiff_t>(done));
  copy(frontier);
  held_.erase(0, held_at_ - from);
}

std::string Redactor::Take(std::string_view chunk) {
  std::string out;
  if (plan_->names.empty()) return std::string(chunk);
  std::vector<TextMatcher::Match> matches;
  plan_->plain.Feed(chunk, &plain_, &matches);
  plan_->base64.Feed(chunk, &base64_, &matches);
  std::stable_sort(matches.begin(), matches.end(),
                   [](const auto& a, const auto& b) { return a.end < b.end; });
  for (const TextMatcher::Match& match : matches) Cover(match);
  held_ += chunk;
  Let(std::min(plan_->plain.Frontier(plain_), plan_->base64.Frontier(base64_)), &out);
  return out;
}

std::string Redactor::Finish() {
  std::string out;
  Let(held_at_ + held_.size(), &out);
  plain_ = base64_ = {};
  ranges_.clear();
  held_at_ = 0;
  return out;
}

std::string Redactor::Whole(std::string_view text) const {
  Redactor fresh;
  fresh.plan_ = plan_;
  std::string out = fresh.Take(text);
  return out + fresh.Finish();
}

Result<uint64_t> RedactFile(const Redactor& redactor, const fs::path& from, const fs::path& to) {
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd in, OpenRegularFile(from));
  AMEIDE_ASSIGN_OR_RETURN(const UniqueFd out, tree::CreateNew(to));
  auto undo = absl::MakeCleanup([&] { (void)RemoveTree(to); });
  Redactor stream = redactor;
  const uint64_t before = stream.replaced();
  Status written = Ok{};
  const auto streamed =
      tree::Stream(in.get(), UINT64_MAX, from.string(), [&](std::string_view piece) {
        written = WriteAll(out.get(), stream.Take(piece), to);
        return written.ok();
      });
  if (!written.ok()) return written.error();
  if (!streamed.ok()) return streamed.error();
  AMEIDE_RETURN_IF_ERROR(WriteAll(out.get(), stream.Finish(), to));
  std::move(undo).Cancel();
  return stream.replaced() - before;
}

}  // namespace ameide::task
