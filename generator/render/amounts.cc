#include "generator/render/amounts.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/strings.h"

namespace ameide::generator {
namespace {

struct Unit {
  std::string_view suffix;
  double factor;
};
constexpr Unit kUnits[] = {{"", 1},        {"m", 1e-3},    {"k", 1e3},     {"M", 1e6},
                           {"G", 1e9},     {"T", 1e12},    {"P", 1e15},    {"Ki", 0x1p10},
                           {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"Pi", 0x1p50}};
constexpr Unit kBinary[] = {{"Pi", 0x1p50}, {"Ti", 0x1p40}, {"Gi", 0x1p30},
                            {"Mi", 0x1p20}, {"Ki", 0x1p10}, {"", 1}};
constexpr double kLargest = 0x1p53;  // beyond, doubles skip whole numbers

double Value(std::string_view quantity) {
  double number = 0;
  const auto [end, error] = std::from_chars(quantity.data(), quantity.data() + quantity.size(),
                                            number, std::chars_format::fixed);
  if (error != std::errc()) return 0;
  const std::string_view suffix = quantity.substr(static_cast<size_t>(end - quantity.data()));
  for (const Unit& unit : kUnits) {
    if (unit.suffix == suffix) return std::min(number * unit.factor, kLargest);
  }
  return 0;
}

std::string CpuText(double cores) {
  const auto milli = static_cast<int64_t>(std::ceil(std::min(cores * 1000, kLargest)));
  return milli % 1000 == 0 ? std::to_string(milli / 1000) : StrCat(milli, "m");
}

std::string BytesText(double bytes) {
  const double whole = std::ceil(std::min(bytes, kLargest));
  for (const Unit& unit : kBinary) {
    const double count = whole / unit.factor;
    if (count >= 1 && count == std::floor(count)) {
      return StrCat(static_cast<int64_t>(count), unit.suffix);
    }
  }
  return "0";
}

// As the API server writes it back; in another form the provider would see a change, and a pod that
// changes is replaced.
std::string Canonical(const std::string& quantity) {
  const double value = Value(quantity);
  if (value >= kLargest) return quantity;
  if (quantity.ends_with('i')) return BytesText(value);
  const auto milli = static_cast<int64_t>(std::ceil(value * 1000 - 1e-6));
  if (milli % 1000 != 0) return StrCat(milli, "m");
  int64_t whole = milli / 1000;
  std::string_view suffix;
  for (const char* larger : {"k", "M", "G", "T", "P"}) {
    if (whole == 0 || whole % 1000 != 0) break;
    whole /= 1000;
    suffix = larger;
  }
  return StrCat(whole, suffix);
}

const std::string& LargerOf(const std::string& a, const std::string& b) {
  return Value(a) < Value(b) ? b : a;
}

}  // namespace

Amounts TaskAmounts(const task::Deployment& deployment) {
  return {Canonical(deployment.cpu), Canonical(deployment.memory), Canonical(deployment.storage)};
}

Amounts InstallerAmounts() { return {"50m", "64Mi", "64Mi"}; }
Amounts PublisherAmounts() { return {"250m", "512Mi", "10Gi"}; }

Amounts Sum(const Amounts& a, const Amounts& b) {
  return {CpuText(Value(a.cpu) + Value(b.cpu)), BytesText(Value(a.memory) + Value(b.memory)),
          BytesText(Value(a.storage) + Value(b.storage))};
}

Amounts Larger(const Amounts& a, const Amounts& b) {
  return {LargerOf(a.cpu, b.cpu), LargerOf(a.memory, b.memory), LargerOf(a.storage, b.storage)};
}

Amounts Times(const Amounts& amounts, int count) {
  return {CpuText(Value(amounts.cpu) * count), BytesText(Value(amounts.memory) * count),
          BytesText(Value(amounts.storage) * count)};
}

Json ToJson(const Amounts& amounts, std::string_view prefix) {
  return Json::Object{{StrCat(prefix, "cpu"), amounts.cpu},
                      {StrCat(prefix, "memory"), amounts.memory},
                      {StrCat(prefix, "ephemeral-storage"), amounts.storage}};
}

}  // namespace ameide::generator
