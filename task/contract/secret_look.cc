// LooksLikeSecret of profile_rules.h.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/ascii.h"
#include "task/contract/profile_rules.h"

namespace ameide::task {
namespace {

struct SecretForm {
  std::string_view prefix;
  size_t tail;  // at least so many token characters must follow
  std::string_view what;
};
constexpr SecretForm kSecretForms[] = {
    {"ghp_", 16, "a GitHub token"},      {"gho_", 16, "a GitHub token"},
    {"ghu_", 16, "a GitHub token"},      {"ghs_", 16, "a GitHub token"},
    {"ghr_", 16, "a GitHub token"},      {"github_pat_", 16, "a GitHub token"},
    {"glpat-", 16, "a GitLab token"},    {"sk-", 16, "a model provider's key"},
    {"AKIA", 12, "an AWS key id"},       {"ASIA", 12, "an AWS key id"},
    {"AIza", 30, "a Google API key"},    {"xoxb-", 10, "a Slack token"},
    {"xoxp-", 10, "a Slack token"},      {"eyJ", 30, "a JSON web token"},
    {"-----BEGIN ", 0, "a private key"},
};

constexpr bool IsTokenChar(char c) {
  return IsAsciiAlnum(c) || c == '+' || c == '/' || c == '=' || c == '_' || c == '-';
}

// A table, since lint asks about every byte of every file.
enum ByteKind : unsigned { kInWord = 1, kInToken = 2, kOpensForm = 4 };
constexpr std::array<uint8_t, 256> kByteKinds = [] {
  std::array<uint8_t, 256> kinds{};
  for (size_t i = 0; i < kinds.size(); ++i) {
    const char c = static_cast<char>(i);
    unsigned kind = 0;
    if (IsAsciiAlnum(c)) kind |= kInWord;
    if (IsTokenChar(c)) kind |= kInToken;
    for (const SecretForm& form : kSecretForms) {
      if (form.prefix[0] == c) kind |= kOpensForm;
    }
    kinds[i] = static_cast<uint8_t>(kind);
  }
  return kinds;
}();

std::string_view FormAt(std::string_view text) {
  for (const SecretForm& form : kSecretForms) {
    if (!text.starts_with(form.prefix)) continue;
    const std::string_view tail = text.substr(form.prefix.size());
    const auto end = std::find_if_not(tail.begin(), tail.end(), IsTokenChar);
    if (static_cast<size_t>(end - tail.begin()) >= form.tail) return form.what;
  }
  return {};
}

double Entropy(std::string_view text) {
  std::array<int, 256> counts{};
  for (const char c : text) ++counts[static_cast<uint8_t>(c)];
  double bits = 0;
  for (const int count : counts) {
    if (count == 0) continue;
    const double p = count / static_cast<double>(text.size());
    bits -= p * std::log2(p);
  }
  return bits;
}

// Long, mixed and without pattern, as base64 of random bytes is; hexadecimal digests are not.
bool LooksRandom(std::string_view token) {
  const auto has = [&](char low, char high) {
    return std::any_of(token.begin(), token.end(), [=](char c) { return c >= low && c <= high; });
  };
  return token.size() >= 32 && has('a', 'z') && has('A', 'Z') && has('0', '9') &&
         Entropy(token) > 4.2;
}

}  // namespace

std::string_view LooksLikeSecret(std::string_view text) {
  bool random = false;
  bool in_word = false;
  size_t start = 0;  // of the run of token characters at hand
  for (size_t at = 0; at < text.size(); ++at) {
    const unsigned kind = kByteKinds[static_cast<uint8_t>(text[at])];
    if (!in_word && (kind & kOpensForm) != 0) {  // forms start where a word starts
      const std::string_view what = FormAt(text.substr(at));
      if (!what.empty()) return what;
    }
    in_word = (kind & kInWord) != 0;
    if ((kind & kInToken) != 0) continue;
    random = random || LooksRandom(text.substr(start, at - start));
    start = at + 1;
  }
  random = random || LooksRandom(text.substr(std::min(start, text.size())));
  return random ? "a random key" : std::string_view();
}

}  // namespace ameide::task
