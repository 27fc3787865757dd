#include "provider/plugin/plugin_services.h"

#include <grpcpp/grpcpp.h>

#include "provider/proto/plugin.grpc.pb.h"
#include "provider/proto/plugin.pb.h"

namespace ameide::plugin {
namespace {

class Controller final : public ::plugin::GRPCController::Service {
 public:
  explicit Controller(ClientWatch* watch) : watch_(watch) {}

  grpc::Status Shutdown(grpc::ServerContext*, const ::plugin::Empty*, ::plugin::Empty*) override {
    watch_->RequestShutdown();
    return grpc::Status::OK;
  }

 private:
  ClientWatch* watch_;
};

// The streams use callbacks, unlike everything else here: they never work, only wait, and a
// synchronous handler could learn of a cancelled server stream only by polling.
class BrokerStream final : public grpc::ServerBidiReactor<::plugin::ConnInfo, ::plugin::ConnInfo> {
 public:
  explicit BrokerStream(ClientWatch* watch) : watch_(watch) {
    watch_->StreamOpened();
    StartSendInitialMetadata();
    StartRead(&request_);
  }
  void OnReadDone(bool ok) override {
    // Whatever it offers, we take no second connection. A client that stops sending stays a client.
    if (ok) StartRead(&request_);
  }
  void OnCancel() override { Finish(grpc::Status::CANCELLED); }
  void OnDone() override {
    watch_->StreamClosed();
    delete this;
  }

 private:
  ClientWatch* watch_;
  ::plugin::ConnInfo request_;
};

class StdioStream final : public grpc::ServerWriteReactor<::plugin::StdioData> {
 public:
  explicit StdioStream(ClientWatch* watch) : watch_(watch) {
    watch_->StreamOpened();
    // As nothing else is ever sent, the stream would otherwise look unanswered until its end.
    StartSendInitialMetadata();
  }
  void OnCancel() override { Finish(grpc::Status::CANCELLED); }
  void OnDone() override {
    watch_->StreamClosed();
    delete this;
  }

 private:
  ClientWatch* watch_;
};

class Broker final : public ::plugin::GRPCBroker::CallbackService {
 public:
  explicit Broker(ClientWatch* watch) : watch_(watch) {}

  grpc::ServerBidiReactor<::plugin::ConnInfo, ::plugin::ConnInfo>* StartStream(
      grpc::CallbackServerContext*) override {
    return new BrokerStream(watch_);
  }

 private:
  ClientWatch* watch_;
};

class Stdio final : public ::plugin::GRPCStdio::CallbackService {
 public:
  explicit Stdio(ClientWatch* watch) : watch_(watch) {}

  grpc::ServerWriteReactor<::plugin::StdioData>* StreamStdio(
      grpc::CallbackServerContext*, const google::protobuf::Empty*) override {
    return new StdioStream(watch_);
  }

 private:
  ClientWatch* watch_;
};

// Lives exactly as long as its call.
class CountedCall final : public grpc::experimental::Interceptor {
 public:
  CountedCall(ClientWatch* watch, CallKind kind) : watch_(watch), kind_(kind) {
    watch_->CallStarted(kind_);
  }
  ~CountedCall() override { watch_->CallEnded(kind_); }
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    methods->Proceed();
  }

 private:
  ClientWatch* watch_;
  CallKind kind_;
};

class CallCounter final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit CallCounter(ClientWatch* watch) : watch_(watch) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    const CallKind kind = KindOf(info->method());
    return kind == CallKind::kUncounted ? nullptr : new CountedCall(watch_, kind);
  }

 private:
  ClientWatch* watch_;
};

}  // namespace

struct CompanionServices::Services {
  explicit Services(ClientWatch* watch) : controller(watch), broker(watch), stdio(watch) {}
  Controller controller;
  Broker broker;
  Stdio stdio;
};

CompanionServices::CompanionServices(ClientWatch* watch)
    : services_(std::make_unique<Services>(watch)) {}

CompanionServices::~CompanionServices() = default;

std::vector<grpc::Service*> CompanionServices::services() const {
  return {&services_->controller, &services_->broker, &services_->stdio};
}

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallCounter(
    ClientWatch* watch) {
  return std::make_unique<CallCounter>(watch);
}

}  // namespace ameide::plugin
