// ProviderService behind real gRPC calls, over a server with test_thing and test_look.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "provider/framework/testing/resource_double.h"
#include "provider/wire/msgpack.h"
#include "provider/wire/provider_service.h"

namespace ameide::wire::testing {

using Stub = tfplugin6::Provider::Stub;

inline std::string Pack(const framework::Value& value) {
  return *EncodeMsgpack(value, value.type());
}
inline framework::Value Unpack(const tfplugin6::DynamicValue& proto, const framework::Type& type) {
  EXPECT_EQ(proto.json(), "");
  return *DecodeMsgpack(proto.msgpack(), type);
}

class ServiceFixture : public ::testing::Test, protected framework::testing::ServerFixture {
 protected:
  // Starts the service at the first call, so that a test can set up the fixture before.
  tfplugin6::Provider::Stub& stub() {
    if (!stub_) {
      service_ = std::make_unique<ProviderService>(server());
      grpc::ServerBuilder builder;
      builder.RegisterService(service_.get());
      grpc_server_ = builder.BuildAndStart();
      stub_ = tfplugin6::Provider::NewStub(grpc_server_->InProcessChannel({}));
    }
    return *stub_;
  }
  ~ServiceFixture() override {
    stub_.reset();
    if (grpc_server_) grpc_server_->Shutdown();
  }

  template <class Request, class Response>
  using Method = grpc::Status (tfplugin6::Provider::Stub::*)(grpc::ClientContext*, const Request&,
                                                             Response*);
  // Every unary call must end with status OK, whatever it has to say.
  template <class Request, class Response>
  Response Call(Method<Request, Response> method, const Request& request) {
    grpc::ClientContext context;
    Response response;
    const grpc::Status status = (stub().*method)(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  template <class Response>
  static std::string Errors(const Response& response) {
    std::string text;
    for (const auto& diagnostic : response.diagnostics()) {
      EXPECT_NE(diagnostic.severity(), tfplugin6::Diagnostic::INVALID);
      text += diagnostic.summary() + ": " + diagnostic.detail() + "\n";
    }
    return text;
  }

 private:
  std::unique_ptr<ProviderService> service_;
  std::unique_ptr<grpc::Server> grpc_server_;
  std::unique_ptr<tfplugin6::Provider::Stub> stub_;
};

}  // namespace ameide::wire::testing
