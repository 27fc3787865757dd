// SHA-256. OpenSSL stops in digest.cc.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ameide {

// Feed bytes, then ask once. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void Update(std::string_view bytes);
  std::string Hex();  // 64 lower-case digits; the object is spent afterwards

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string Sha256Hex(std::string_view bytes);

// 64 lower-case hexadecimal digits, as Sha256Hex gives them.
bool IsSha256Hex(std::string_view text);

// HMAC (RFC 2104) with SHA-256; 32 raw bytes.
std::string HmacSha256(std::string_view key, std::string_view message);

// Of a regular file that is no link, in constant memory.
Result<std::string> Sha256HexOfFile(const std::filesystem::path& path);

// `bytes` random bytes from the kernel, in hexadecimal.
std::string RandomHex(size_t bytes);

}  // namespace ameide
