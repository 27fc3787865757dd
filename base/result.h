// Result<T>: a value or an Error. Below the Terraform framework every fallible call returns one;
// exceptions mean a bug and are caught at the process edge only.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace ameide {

// Kinds are chosen by what the caller can do about the error, not by where it came from.
enum class ErrorKind {
  kInvalid,      // fix the input
  kNotFound,     // the named thing is not there
  kDenied,       // a permission or a guardrail forbids it
  kConflict,     // something else already has that name or state
  kUnavailable,  // trying again later can help
  kTimeout,      // a clock of ours ran out
  kCancelled,    // somebody asked us to stop
  kBug,          // none of the above: report it
};

std::string ToString(ErrorKind kind);

// Every error says which operation failed, on what, why, and what to do next.
struct Error {
  ErrorKind kind = ErrorKind::kBug;
  std::string operation;  // "clone repository"
  std::string target;     // "https://…/repo.git"
  std::string cause;      // "remote branch 'x' not found"
  std::string hint;       // "check repository.ref"; may be empty

  // "clone repository https://…: remote branch 'x' not found; check repository.ref"
  std::string ToString() const;
};

// The value of a Result that has nothing to return.
struct Ok {};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Asking for what is not there is a bug and throws std::bad_variant_access.
  const T& value() const& { return std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<Ok>;

}  // namespace ameide

// Leaves the enclosing function with the error, if there is one.
#define AMEIDE_RETURN_IF_ERROR(expression)                          \
  do {                                                              \
    if (auto ameide_status_ = (expression); !ameide_status_.ok()) { \
      return std::move(ameide_status_).error();                     \
    }                                                               \
  } while (false)

#define AMEIDE_CONCAT_INNER_(a, b) a##b
#define AMEIDE_CONCAT_(a, b) AMEIDE_CONCAT_INNER_(a, b)

// AMEIDE_ASSIGN_OR_RETURN(auto bytes, ReadFile(path, limit));
#define AMEIDE_ASSIGN_OR_RETURN(declaration, expression) \
  AMEIDE_ASSIGN_OR_RETURN_INNER_(AMEIDE_CONCAT_(ameide_result_, __LINE__), declaration, expression)
#define AMEIDE_ASSIGN_OR_RETURN_INNER_(result, declaration, expression) \
  auto result = (expression);                                           \
  if (!result.ok()) return std::move(result).error();                   \
  declaration = std::move(result).value()
