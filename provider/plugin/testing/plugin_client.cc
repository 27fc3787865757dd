#include "provider/plugin/testing/plugin_client.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/rpc_method.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>

#include "base/strings.h"

namespace ameide::plugin::testing {
namespace {

void SetDeadline(grpc::ClientContext* context) {
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
}

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection per client
  arguments.SetMaxReceiveMessageSize(-1);
  return arguments;
}

std::string TakeText(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

std::string PemOf(const std::string& unpadded_base64) {
  std::string body = unpadded_base64;
  while (body.size() % 4 != 0) body.push_back('=');
  for (size_t at = 64; at < body.size(); at += 65) body.insert(at, "\n");
  return StrCat("-----BEGIN CERTIFICATE-----\n", body, "\n-----END CERTIFICATE-----\n");
}

}  // namespace

ClientIdentity MakeClientIdentity() {
  EVP_PKEY* key = EVP_EC_gen("P-521");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 77);
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* host = reinterpret_cast<const unsigned char*>("localhost");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -30);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  for (const auto& [nid, value] : {std::pair(NID_basic_constraints, "critical,CA:TRUE"),
                                   std::pair(NID_ext_key_usage, "clientAuth,serverAuth"),
                                   std::pair(NID_subject_alt_name, "DNS:localhost")}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(certificate, key, EVP_sha512());
  BIO* key_text = BIO_new(BIO_s_mem());
  BIO* certificate_text = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(key_text, key, nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(certificate_text, certificate);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {TakeText(key_text), TakeText(certificate_text)};
}

PluginClient::PluginClient(const std::string& socket)
    : channel_(grpc::CreateCustomChannel(StrCat("unix:", socket),
                                         grpc::InsecureChannelCredentials(), Arguments())) {}

PluginClient::PluginClient(const Handshake& handshake, const ClientIdentity& identity) {
  grpc::ChannelArguments arguments = Arguments();
  arguments.SetSslTargetNameOverride("localhost");
  const auto credentials = grpc::SslCredentials(
      {PemOf(handshake.certificate), identity.key_pem, identity.certificate_pem});
  channel_ = grpc::CreateCustomChannel(StrCat("unix:", handshake.socket), credentials, arguments);
}

PluginClient::~PluginClient() { CloseStreams(); }

bool PluginClient::OpenStreams() {
  stdio_ = ::plugin::GRPCStdio::NewStub(channel_)->StreamStdio(&stdio_context_, {});
  broker_ = ::plugin::GRPCBroker::NewStub(channel_)->StartStream(&broker_context_);
  stdio_->WaitForInitialMetadata();
  broker_->WaitForInitialMetadata();
  return channel_->GetState(false) == GRPC_CHANNEL_READY;
}

void PluginClient::CloseStreams() {
  if (!stdio_) return;
  stdio_context_.TryCancel();
  broker_context_.TryCancel();
  stdio_->Finish();
  broker_->Finish();
  stdio_.reset();
  broker_.reset();
}

grpc::Status PluginClient::Shutdown() const {
  grpc::ClientContext context;
  SetDeadline(&context);
  ::plugin::Empty answer;
  return ::plugin::GRPCController::NewStub(channel_)->Shutdown(&context, {}, &answer);
}

int PluginClient::Health() const {
  // Health messages look alike to ours: request field 1 is a string, answer field 1 a number. So we
  // need no generated code for them: "\x0a\x06plugin" out, "\x08\x01" back.
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  SetDeadline(&context);
  grpc::CompletionQueue queue;
  const grpc::Slice bytes(std::string("\x0a\x06plugin"));
  const grpc::ByteBuffer request(&bytes, 1);
  auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!status.ok()) return -status.error_code();
  grpc::Slice slice;
  answer.DumpToSingleSlice(&slice);
  return slice.size() == 2 && slice.begin()[0] == 0x08 ? slice.begin()[1] : 0;
}

grpc::Status PluginClient::Call(const char* method, const ::plugin::ConnInfo& request) const {
  grpc::ClientContext context;
  SetDeadline(&context);
  const grpc::internal::RpcMethod rpc(method, grpc::internal::RpcMethod::NORMAL_RPC);
  ::plugin::Empty answer;
  return grpc::internal::BlockingUnaryCall(channel_.get(), rpc, &context, request, &answer);
}

::plugin::ConnInfo Request(unsigned count, const std::string& marker, const std::string& mode) {
  ::plugin::ConnInfo request;
  request.set_service_id(count);
  request.set_address(marker);
  request.set_network(mode);
  return request;
}

}  // namespace ameide::plugin::testing
