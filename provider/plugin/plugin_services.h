// The companion services of go-plugin beside tfplugin6: GRPCController, GRPCBroker and GRPCStdio.
// Protobuf's generated types stop in plugin_services.cc.
#pragma once

#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <vector>

#include "provider/plugin/client_watch.h"

namespace ameide::plugin {

// Shutdown answers at once and only leaves a note in the watch: the client sets no deadline on it,
// and stopping a server inside its own handler deadlocks. The two streams carry nothing; they stay
// open until the client ends them, and that end is what we learn from them.
class CompanionServices {
 public:
  explicit CompanionServices(ClientWatch* watch);  // must outlive this
  ~CompanionServices();
  std::vector<grpc::Service*> services() const;

 private:
  struct Services;
  std::unique_ptr<Services> services_;
};

// Reports every call of the server to the watch, from its arrival until its answer left.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallCounter(
    ClientWatch* watch);

}  // namespace ameide::plugin
