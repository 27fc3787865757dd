// Terraform's numbers: decimals of any length. Two are equal when their shortest plain decimal
// texts are equal (rule V-6), so we keep exactly that text and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ameide::framework {

// Immutable. Never NaN, never infinite, no negative zero.
class Number {
 public:
  Number(int64_t value) : text_(std::to_string(value)) {}     // NOLINT: implicit, it is lossless
  Number(int value) : Number(static_cast<int64_t>(value)) {}  // NOLINT
  static Number FromUnsigned(uint64_t value);
  // "12", "-0.5", "1.5e3"; kInvalid for anything else, or an exponent beyond a million.
  static Result<Number> FromText(std::string_view text);
  // By the shortest text that reads back as the same double, which is how Terraform compares it.
  // kInvalid for NaN and infinities.
  static Result<Number> FromDouble(double value);

  // Plain decimal; only beyond a thousand characters with an exponent ("15e1999").
  const std::string& text() const { return text_; }
  std::optional<int64_t> AsInt64() const;
  // The double that has exactly this value, if there is one (0.5 yes, 0.1 no).
  std::optional<double> AsExactDouble() const;

  bool operator==(const Number&) const = default;

 private:
  explicit Number(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace ameide::framework
