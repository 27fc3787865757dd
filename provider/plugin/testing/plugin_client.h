// The client's side of the plugin protocol, as Terraform plays it.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "provider/plugin/testing/plugin_process.h"
#include "provider/proto/plugin.grpc.pb.h"

namespace ameide::plugin::testing {

// A self-signed certificate on P-521, as Terraform's client makes one. No secret: made at run time.
struct ClientIdentity {
  std::string key_pem;
  std::string certificate_pem;
};
ClientIdentity MakeClientIdentity();

// One connection. Its end (the destructor) is abrupt, as when the client was killed.
class PluginClient {
 public:
  // Without TLS.
  explicit PluginClient(const std::string& socket);
  // With TLS, trusting nothing but the handshake's certificate.
  PluginClient(const Handshake& handshake, const ClientIdentity& identity);
  ~PluginClient();

  // Opens both companion streams; true when the server answered.
  bool OpenStreams();
  void CloseStreams();
  grpc::Status Shutdown() const;
  // The number of the serving status of health service `plugin`, or minus the error code.
  int Health() const;
  // A method of EchoService.
  grpc::Status Call(const char* method, const ::plugin::ConnInfo& request) const;

 private:
  std::shared_ptr<grpc::Channel> channel_;
  grpc::ClientContext stdio_context_;
  grpc::ClientContext broker_context_;
  std::unique_ptr<grpc::ClientReader<::plugin::StdioData>> stdio_;
  std::unique_ptr<grpc::ClientReaderWriter<::plugin::ConnInfo, ::plugin::ConnInfo>> broker_;
};

// A request for EchoService.
::plugin::ConnInfo Request(unsigned count, const std::string& marker = "",
                           const std::string& mode = "");

}  // namespace ameide::plugin::testing
