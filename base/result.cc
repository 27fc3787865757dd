#include "base/result.h"

#include "base/strings.h"

namespace ameide {

std::string ToString(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
      return "invalid";
    case ErrorKind::kNotFound:
      return "not_found";
    case ErrorKind::kDenied:
      return "denied";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kTimeout:
      return "timeout";
    case ErrorKind::kCancelled:
      return "cancelled";
    case ErrorKind::kBug:
      return "bug";
  }
  return "bug";
}

std::string Error::ToString() const {
  std::string text = operation;
  if (!target.empty()) StrAppend(&text, text.empty() ? "" : " ", target);
  if (!cause.empty()) StrAppend(&text, text.empty() ? "" : ": ", cause);
  if (!hint.empty()) StrAppend(&text, "; ", hint);
  return text;
}

}  // namespace ameide
