// One question that many runs ask at the same time: one of them asks, all of them get the answer.
// Hundreds of runs that start together would otherwise use up the rate budget of one path. Where an
// answer may be a moment old, those who come later share it, too.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"

namespace ameide::task {

// Thread-safe.
template <class T>
class SharedAnswer {
 public:
  // Nothing is remembered once it is answered: who comes later asks anew.
  SharedAnswer() = default;
  // An answer, also a bad one, is good for `memory`. `clock` must outlive the object.
  SharedAnswer(const Clock& clock, Millis memory) : clock_(&clock), memory_(memory) {}

  // Calls `ask`, unless another call for the same key is asking already: then its answer or error.
  // That the other one was stopped is no answer; one of those who wait asks then.
  template <class Ask>
  Result<T> Get(const std::stop_token& stop, const std::string& key, Ask ask) {
    std::unique_lock lock(mutex_);
    while (true) {
      const auto [place, mine] = questions_.try_emplace(key);
      if (mine || IsOld(*place->second)) return AskForAll(lock, place, std::move(ask));
      const std::shared_ptr<Question> question = place->second;
      answered_.wait(lock, stop, [&] { return question->answer != nullptr; });
      if (stop.stop_requested()) {
        return Error{ErrorKind::kCancelled, "ask for", key, "stopped", ""};
      }
      const Result<T>& answer = *question->answer;
      if (answer.ok() || answer.error().kind != ErrorKind::kCancelled) return answer;
    }
  }

 private:
  struct Question {
    std::unique_ptr<const Result<T>> answer;  // never changes again
    MonoTime at;                              // when it came; with a memory only
  };
  bool IsOld(const Question& question) const {
    return clock_ != nullptr && question.answer && clock_->Monotonic() - question.at >= memory_;
  }
  using Questions = std::map<std::string, std::shared_ptr<Question>>;

  template <class Ask>
  Result<T> AskForAll(std::unique_lock<std::mutex>& lock, typename Questions::iterator place,
                      Ask ask) {
    const auto question = std::make_shared<Question>();
    place->second = question;
    lock.unlock();
    auto answer = std::make_unique<const Result<T>>(ask());
    lock.lock();
    question->answer = std::move(answer);
    const bool good =
        question->answer->ok() || question->answer->error().kind != ErrorKind::kCancelled;
    if (clock_ != nullptr && good) {
      question->at = clock_->Monotonic();
    } else {
      questions_.erase(place);
    }
    answered_.notify_all();
    return *question->answer;
  }

  const Clock* clock_ = nullptr;
  Millis memory_{0};
  std::mutex mutex_;
  std::condition_variable_any answered_;
  Questions questions_;
};

}  // namespace ameide::task
