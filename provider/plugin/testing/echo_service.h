// Calls that only tests make, on the messages of plugin.proto: they block until told, so a test can
// hold the server in any state without a sleep.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <condition_variable>
#include <mutex>
#include <string>

#include "provider/proto/plugin.pb.h"

namespace ameide::plugin::testing {

inline constexpr char kMeet[] = "/test.Echo/Meet";
inline constexpr char kHold[] = "/test.Echo/Hold";
inline constexpr char kHolders[] = "/test.Echo/Holders";

// Thread-safe.
class EchoService final : public grpc::Service {
 public:
  EchoService();

  // Lets every Hold go that is not stubborn; `reason` is what it writes to its marker file.
  void Release(const std::string& reason);

 private:
  using Method = void (EchoService::*)(const ::plugin::ConnInfo& request);
  void Add(const char* name, Method method);

  // Returns once `service_id` calls of it run at the same time.
  void Meet(const ::plugin::ConnInfo& request);
  // Returns when released, and writes the reason to the file `address`. With network "stubborn" it
  // never returns.
  void Hold(const ::plugin::ConnInfo& request);
  // Returns once `service_id` calls of Hold run.
  void Holders(const ::plugin::ConnInfo& request);

  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned meeting_ = 0;
  unsigned holders_ = 0;
  std::string released_;
};

}  // namespace ameide::plugin::testing
