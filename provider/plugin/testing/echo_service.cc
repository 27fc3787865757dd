#include "provider/plugin/testing/echo_service.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/support/method_handler.h>

#include "base/files.h"

namespace ameide::plugin::testing {

EchoService::EchoService() {
  Add(kMeet, &EchoService::Meet);
  Add(kHold, &EchoService::Hold);
  Add(kHolders, &EchoService::Holders);
}

void EchoService::Add(const char* name, Method method) {
  using Handler = grpc::internal::RpcMethodHandler<EchoService, ::plugin::ConnInfo, ::plugin::Empty,
                                                   google::protobuf::MessageLite,
                                                   google::protobuf::MessageLite>;
  const auto call = [method](EchoService* service, grpc::ServerContext*,
                             const ::plugin::ConnInfo* request, ::plugin::Empty*) {
    (service->*method)(*request);
    return grpc::Status::OK;
  };
  AddMethod(new grpc::internal::RpcServiceMethod(name, grpc::internal::RpcMethod::NORMAL_RPC,
                                                 new Handler(call, this)));
}

void EchoService::Release(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  released_ = reason;
  changed_.notify_all();
}

void EchoService::Meet(const ::plugin::ConnInfo& request) {
  std::unique_lock lock(mutex_);
  ++meeting_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return meeting_ >= request.service_id(); });
}

void EchoService::Hold(const ::plugin::ConnInfo& request) {
  std::unique_lock lock(mutex_);
  ++holders_;
  changed_.notify_all();
  const bool stubborn = request.network() == "stubborn";
  changed_.wait(lock, [&] { return !stubborn && !released_.empty(); });
  (void)WriteFileAtomically(request.address(), released_);
}

void EchoService::Holders(const ::plugin::ConnInfo& request) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return holders_ >= request.service_id(); });
}

}  // namespace ameide::plugin::testing
