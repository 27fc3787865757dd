#include "provider/framework/number.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/strings.h"
#include "base/text.h"

namespace ameide::framework {
namespace {

constexpr int64_t kMaxExponent = 1'000'000;
constexpr int64_t kMaxPlainLength = 1000;

// digits × 10^exponent, with no zero at either end of `digits`; empty digits are zero.
struct Decimal {
  bool negative = false;
  std::string digits;
  int64_t exponent = 0;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool TakeDigits(std::string_view* text, std::string* out) {
  size_t count = 0;
  while (count < text->size() && IsDigit((*text)[count])) ++count;
  out->append(text->substr(0, count));
  text->remove_prefix(count);
  return count > 0;
}

std::optional<Decimal> Parse(std::string_view text) {
  Decimal number;
  if (text.starts_with('-')) {
    number.negative = true;
    text.remove_prefix(1);
  }
  bool any = TakeDigits(&text, &number.digits);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const size_t whole = number.digits.size();
    any = TakeDigits(&text, &number.digits) || any;
    number.exponent = -static_cast<int64_t>(number.digits.size() - whole);
  }
  if (!any) return std::nullopt;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') && text.size() > 1 && IsDigit(text[1])) text.remove_prefix(1);
    int64_t exponent = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, exponent);
    if (error != std::errc() || stopped != end || exponent > kMaxExponent ||
        exponent < -kMaxExponent) {
      return std::nullopt;
    }
    number.exponent += exponent;
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  const size_t last = number.digits.find_last_not_of('0');
  if (last == std::string::npos) return Decimal();
  number.exponent += static_cast<int64_t>(number.digits.size() - last - 1);
  number.digits.erase(last + 1);
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  return number;
}

std::string Print(const Decimal& number) {
  if (number.digits.empty()) return "0";
  const auto size = static_cast<int64_t>(number.digits.size());
  const std::string_view sign = number.negative ? "-" : "";
  const int64_t point = size + number.exponent;  // digits before the decimal point
  if (size + std::llabs(number.exponent) > kMaxPlainLength) {
    if (number.exponent == 0) return StrCat(sign, number.digits);
    return StrCat(sign, number.digits, "e", number.exponent);
  }
  const auto zeros = [](int64_t count) { return std::string(static_cast<size_t>(count), '0'); };
  if (number.exponent >= 0) return StrCat(sign, number.digits, zeros(number.exponent));
  if (point <= 0) return StrCat(sign, "0.", zeros(-point), number.digits);
  const auto split = static_cast<size_t>(point);
  return StrCat(sign, number.digits.substr(0, split), ".", number.digits.substr(split));
}

Error BadNumber(std::string_view text, std::string cause) {
  return {.kind = ErrorKind::kInvalid,
          .operation = "read number",
          .target = StrCat("\"", Truncate(ToPrintable(text), 64), "\""),
          .cause = std::move(cause),
          .hint = "write a decimal number such as 12, -0.5 or 1.5e3"};
}

}  // namespace

Number Number::FromUnsigned(uint64_t value) { return Number(std::to_string(value)); }

Result<Number> Number::FromText(std::string_view text) {
  const std::optional<Decimal> number = Parse(text);
  if (!number) return BadNumber(text, "not a decimal number");
  return Number(Print(*number));
}

Result<Number> Number::FromDouble(double value) {
  if (!std::isfinite(value)) {
    return BadNumber(std::isnan(value) ? "NaN" : "infinity", "Terraform has no such number");
  }
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return FromText(std::string_view(buffer, static_cast<size_t>(end - buffer)));
}

std::optional<int64_t> Number::AsInt64() const {
  int64_t value = 0;
  const char* end = text_.data() + text_.size();
  const auto [stopped, error] = std::from_chars(text_.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

std::optional<double> Number::AsExactDouble() const {
  double value = 0;
  const char* end = text_.data() + text_.size();
  const auto [stopped, error] = std::from_chars(text_.data(), end, value);
  if (error != std::errc() || stopped != end || !std::isfinite(value)) return std::nullopt;
  // The longest expansion of a double: 309 digits, the point, 1074 digits.
  char buffer[1500];
  const auto print =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, 1074);
  const auto exact = Parse(std::string_view(buffer, static_cast<size_t>(print.ptr - buffer)));
  if (!exact || Print(*exact) != text_) return std::nullopt;
  return value;
}

}  // namespace ameide::framework
