#include "task/coder/request_policy.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/strings.h"
#include "base/text.h"
#include "task/coder/api_json.h"

namespace ameide::coder {
namespace {

constexpr size_t kManyPaths = 4096;
constexpr size_t kShownValidations = 5;
constexpr size_t kShortestSecret = 4;  // shorter ones occur by chance everywhere
constexpr Millis kUnreadableRetryAfter{5'000};

std::optional<Millis> RetryAfter(const http::Response& answer) {
  const std::optional<std::string> text = http::FindHeader(answer.headers, "Retry-After");
  if (!text) return std::nullopt;
  int64_t seconds = 0;
  const char* end = text->data() + text->size();
  const auto [stopped, problem] = std::from_chars(text->data(), end, seconds);
  if (problem != std::errc() || stopped != end || seconds < 0) return kUnreadableRetryAfter;
  return std::min(Millis(std::min<int64_t>(seconds, 3600) * 1000), kLongestRetryAfter);
}

Millis Backoff(int attempt, double jitter) {
  const double pause =
      static_cast<double>(kFirstPause.count()) * std::pow(2.0, std::min(attempt - 1, 16));
  const double bounded = std::min(pause, static_cast<double>(kLongestPause.count()));
  return Millis(static_cast<int64_t>(bounded * (0.5 + 0.5 * jitter)));
}

bool MayBeTransient(int status) {
  return status == 500 || status == 502 || status == 503 || status == 504;
}

std::string CauseOf(const http::Response& answer) {
  const ApiError error = ApiErrorFrom(answer.body);
  std::string cause = StrCat("Coder answered ", answer.status);
  if (!error.message.empty()) StrAppend(&cause, ": ", error.message);
  size_t shown = 0;
  for (const auto& [field, detail] : error.validations) {
    if (++shown > kShownValidations) break;
    StrAppend(&cause, shown == 1 ? " (" : ", ", field, ": ", detail);
  }
  if (shown > 0) cause += ")";
  if (!error.detail.empty()) StrAppend(&cause, "; ", error.detail);
  const std::string type = http::FindHeader(answer.headers, "Content-Type").value_or("");
  if (error.message.empty() && type.starts_with("text/html")) cause += " with an HTML page";
  if (answer.status >= 300 && answer.status < 400) {
    StrAppend(&cause, " (a redirect to ",
              http::FindHeader(answer.headers, "Location").value_or("nowhere"), ")");
  }
  return cause;
}

std::string HintFor(int status) {
  switch (status) {
    case 401:
      return "the token is no longer good: make another one";
    case 403:
      return "give the token's user or the token's scopes the right to do this";
    case 429:
      return "the server's rate limit is lower than ours: try again later";
    default:
      break;
  }
  if (status >= 300 && status < 400) return "set the URL to Coder's own access URL";
  return "";
}

}  // namespace

std::optional<Millis> PauseBeforeNext(const Attempt& attempt, Repeat repeat, double jitter) {
  if (attempt.number >= kMaxAttempts) return std::nullopt;
  const Millis backoff = Backoff(attempt.number, jitter);
  if (!attempt.answer) {
    const bool lost =
        attempt.failure == ErrorKind::kUnavailable || attempt.failure == ErrorKind::kTimeout;
    return lost && repeat == Repeat::kSafely ? std::optional<Millis>(backoff) : std::nullopt;
  }
  if (attempt.answer->status == 429) {
    return std::max(RetryAfter(*attempt.answer).value_or(backoff), backoff);
  }
  if (!MayBeTransient(attempt.answer->status) || repeat != Repeat::kSafely) return std::nullopt;
  return std::max(RetryAfter(*attempt.answer).value_or(backoff), backoff);
}

RateBudget::RateBudget(const Clock& clock, RateLimits limits) : clock_(clock), limits_(limits) {}

double RateBudget::TokensOf(const Bucket& bucket, MonoTime now) const {
  const double minutes = std::chrono::duration<double, std::ratio<60>>(now - bucket.at).count();
  return std::min<double>(limits_.burst, bucket.tokens + minutes * limits_.per_minute);
}

Millis RateBudget::Take(std::string_view path) {
  const MonoTime now = clock_.Monotonic();
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kManyPaths) Forget(now);
  const Bucket full{static_cast<double>(limits_.burst), now};
  Bucket& bucket = buckets_.try_emplace(std::string(path), full).first->second;
  bucket.tokens = TokensOf(bucket, now) - 1;
  bucket.at = now;
  if (bucket.tokens >= 0) return Millis(0);
  return Millis(static_cast<int64_t>(std::ceil(-bucket.tokens / limits_.per_minute * 60'000)));
}

// Buckets that are full again say nothing; one in debt does, however long nobody came.
void RateBudget::Forget(MonoTime now) {
  std::erase_if(buckets_,
                [&](const auto& entry) { return TokensOf(entry.second, now) >= limits_.burst; });
}

ErrorKind KindOf(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorKind::kDenied;
    case 404:
    case 410:
      return ErrorKind::kNotFound;
    case 406:
    case 429:
      return ErrorKind::kUnavailable;
    case 409:
    case 412:
      return ErrorKind::kConflict;
    default:
      return status >= 500 || status < 300 ? ErrorKind::kUnavailable : ErrorKind::kInvalid;
  }
}

std::string Harmless(std::string_view text, const Secrets& secrets, size_t bytes) {
  std::string clean = ToOneLine(text);  // first: a secret could hide behind an escape in the middle
  for (const std::string& secret : secrets) {
    if (secret.size() >= kShortestSecret) clean = StrReplaceAll(clean, secret, "[hidden]");
  }
  return Truncate(clean, bytes);
}

Error ErrorOf(std::string operation, std::string target, const http::Response& answer,
              const Secrets& secrets) {
  return Error{KindOf(answer.status), std::move(operation), Harmless(target, secrets),
               Harmless(CauseOf(answer), secrets), HintFor(answer.status)};
}

}  // namespace ameide::coder
