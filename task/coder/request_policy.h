// How we behave towards a Coder server: which calls are made again and when, how fast we may ask,
// and what an answer that is no success means. Pure but for the budget's clock.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/http/http.h"
#include "base/result.h"

namespace ameide::coder {

// May a call be made again although it is not known whether the first one took effect? Reading,
// cancelling and putting may; creating may not.
enum class Repeat { kNever, kSafely };

inline constexpr int kMaxAttempts = 6;
inline constexpr Millis kFirstPause{300};
inline constexpr Millis kLongestPause{15'000};
inline constexpr Millis kLongestRetryAfter{60'000};

// What came of one attempt: an answer, or none.
struct Attempt {
  int number = 1;
  std::optional<http::Response> answer;
  ErrorKind failure = ErrorKind::kUnavailable;  // without an answer
};

// How long to wait before the next attempt; nothing: there is none. `jitter` is from [0, 1).
//   429: always (it was not executed), after Retry-After (seconds or an HTTP date is 5 s).
//   500, 502, 503, 504, no connection, no answer in time: when repeating is safe.
std::optional<Millis> PauseBeforeNext(const Attempt& attempt, Repeat repeat, double jitter);

// Coder counts requests per user, path and minute and allows 512 unless told otherwise. We stay
// below by our own count: a bucket per path that refills steadily. What a minute can see is the
// burst and the refill together; that this is less than 512 is for requests that get there late.
struct RateLimits {
  int burst = 120;
  int per_minute = 360;
};

// Thread-safe.
class RateBudget {
 public:
  explicit RateBudget(const Clock& clock, RateLimits limits = {});
  // Takes one request's token from the path's bucket; how long to wait before sending it.
  Millis Take(std::string_view path);

 private:
  struct Bucket {
    double tokens = 0;
    MonoTime at;
  };
  // With what has come in since it was asked last.
  double TokensOf(const Bucket& bucket, MonoTime now) const;
  void Forget(MonoTime now);
  const Clock& clock_;
  const RateLimits limits_;
  std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

// Texts that must not be in any error: the token, the values of extra headers.
using Secrets = std::vector<std::string>;

// What a status means: 400, 413 kInvalid; 401, 403 kDenied; 404, 410 kNotFound; 406, 429, 5xx
// kUnavailable; 409, 412 kConflict; 3xx kInvalid, with where to.
ErrorKind KindOf(int status);

// The error of an answer that is no success, in Coder's words where it has some (JSON; HTML pages
// are only named), printable, at most a few hundred bytes, without any of `secrets`.
Error ErrorOf(std::string operation, std::string target, const http::Response& answer,
              const Secrets& secrets);

// `text` fit for people, without secrets, cut.
std::string Harmless(std::string_view text, const Secrets& secrets, size_t bytes = 600);

}  // namespace ameide::coder
