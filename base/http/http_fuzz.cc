// Targets, origins and proxy settings of any bytes are read or refused, within their own limits.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/http/client.h"
#include "base/http/http.h"
#include "base/http/origin.h"
#include "base/testing/fuzz.h"

std::vector<std::string> ameide::testing::FuzzSeeds() {
  return {"/a%20b?q=1&r=%zz&&=&x", "https://[::1]:443", "http://u:p@h:1/",
          ".a.b,*.c:1,10.0.0.0/8,[::1]:2,*"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ameide::http;  // NOLINT: all of it is under test
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Target target = SplitTarget(text);
  if (target.path.find('?') != std::string::npos) std::abort();
  if (DecodeComponent(EncodeComponent(text)) != text) std::abort();
  const auto origin = ParseOrigin(text);
  if (origin.ok() && ParseOrigin(origin->ToString())->where.port != origin->where.port)
    std::abort();
  (void)ParseProxy(text);
  for (const char* where : {"https://a.b", "http://10.0.0.1:81", "https://[2001:db8::1]"}) {
    const std::string proxy = ProxyFor(where, [&](const std::string& name) {
      return std::optional<std::string>(name == "NO_PROXY" ? std::string(text) : "p:1");
    });
    if (!proxy.empty() && proxy != "p:1") std::abort();
  }
  return 0;
}
