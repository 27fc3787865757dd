#include "base/http/tls.h"

#include <future>

#include "base/files.h"
#include "base/http/channel.h"
#include "base/http/client.h"
#include "base/http/server.h"
#include "base/http/testing/certificates.h"
#include "base/http/testing/raw_server.h"
#include "base/strings.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ameide::http {
namespace {

using ::testing::HasSubstr;
using testing::SelfSigned;
using testing::TestAuthority;
using testing::TestCertificate;

std::unique_ptr<Server> ServerWith(const TestCertificate& own, const std::string& client_ca = "") {
  auto server = StartServer(
      {.certificate_pem = own.certificate_pem, .key_pem = own.key_pem, .client_ca_pem = client_ca},
      [](const Request& request) {
        return Reply{{200, {}, "safe " + request.body}, nullptr};
      });
  EXPECT_TRUE(server.ok());
  return std::move(server).value();
}

Result<Response> Get(ClientOptions options, std::string body = "") {
  auto client = MakeClient(std::move(options));
  if (!client.ok()) return client.error();
  return (*client)->Send({"PUT", "/", {}, std::move(body)});
}

TEST(Tls, ATrustedServerIsTalkedToByNameAndAddress) {
  const TestAuthority authority;
  const auto server = ServerWith(authority.Issue());
  EXPECT_EQ(server->origin(), StrCat("https://127.0.0.1:", server->port()));
  for (const std::string& origin :
       {server->origin(), StrCat("https://localhost:", server->port())}) {
    const auto answer =
        Get({.origin = origin, .ca_pem = authority.pem()}, std::string(1u << 20, 'x'));
    ASSERT_TRUE(answer.ok()) << answer.error().ToString();
    EXPECT_EQ(answer->body.size(), 5u + (1u << 20));
  }
}

TEST(Tls, ConnectionsAreUsedAgain) {
  const TestAuthority authority;
  const TestCertificate own = authority.Issue();
  const auto server = StartServer(
      {.certificate_pem = own.certificate_pem, .key_pem = own.key_pem, .max_connections = 1},
      [](const Request&) {
        return Reply{{200, {}, "x"}, nullptr};
      });
  ASSERT_TRUE(server.ok());
  const auto client = MakeClient({.origin = (*server)->origin(), .ca_pem = authority.pem()});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE((*client)->Send({"GET", "/", {}, ""}).ok());
}

TEST(Tls, UntrustedServersAreRefusedWithTheReason) {
  const TestAuthority authority;
  const TestAuthority other;
  struct Case {
    TestCertificate own;
    const char* reason;
  };
  const Case cases[] = {
      {authority.Issue({.names = {"elsewhere.example.com"}, .addresses = {"127.0.0.2"}}),
       "mismatch"},
      {authority.Issue({.begins = -7200, .ends = -3600}), "expired"},
      {authority.Issue({.begins = 3600, .ends = 7200}), "not yet valid"},
      {SelfSigned(), "self-signed"},
      {other.Issue(), "unable to get local issuer"},
  };
  for (const Case& c : cases) {
    const auto server = ServerWith(c.own);
    for (const std::string& origin :
         {server->origin(), StrCat("https://localhost:", server->port())}) {
      const auto answer = Get({.origin = origin, .ca_pem = authority.pem()});
      ASSERT_FALSE(answer.ok()) << c.reason;
      EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
      EXPECT_THAT(answer.error().cause, HasSubstr(c.reason));
    }
  }
}

TEST(Tls, ANameThatNoCertificateCanShowIsRefusedAndNotLeftUnchecked) {
  const TestAuthority authority;
  const auto server = ServerWith(authority.Issue());
  const auto answer = Get({.origin = server->origin(),
                           .server_name = std::string("localhost\0x", 11),
                           .ca_pem = authority.pem()});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::kInvalid) << answer.error().ToString();
}

TEST(Tls, TheHandshakeNamesAServerByNameAndNeverByAddress) {
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    std::promise<std::string> heard;
    testing::RawServer server([&](testing::RawPeer& peer, int) {
      const std::string head = peer.ReadExactly(5);  // RFC 8446, 5.1: type, version, length
      const auto size =
          static_cast<unsigned char>(head[3]) * 256u + static_cast<unsigned char>(head[4]);
      heard.set_value(peer.ReadExactly(size));
    });
    EXPECT_FALSE(Get({.origin = StrCat("https://", host, ":", server.port())}).ok());
    EXPECT_EQ(heard.get_future().get().find(host) != std::string::npos, host == "localhost");
  }
}

TEST(Tls, WithoutACertificateToTrustTheSystemDecides) {
  const auto server = ServerWith(TestAuthority().Issue());
  const auto answer = Get({.origin = server->origin()});
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().cause, HasSubstr("not trusted"));
}

TEST(Tls, TheVariableForAuthoritiesIsHonoured) {
  const TestAuthority authority;
  const ameide::testing::TempDir folder;
  const fs::path file = folder.path() / "ca.pem";
  ASSERT_TRUE(WriteFileAtomically(file, authority.pem()).ok());
  const auto server = ServerWith(authority.Issue());
  ::setenv("SSL_CERT_FILE", file.c_str(), 1);
  const auto answer = Get({.origin = server->origin()});
  ::unsetenv("SSL_CERT_FILE");
  EXPECT_TRUE(answer.ok()) << answer.error().ToString();
}

// Whether a server with `own` is trusted by one that reads its authorities there.
Status HandshakeTrusting(const AuthorityPlaces& places, const TestCertificate& own) {
  const auto server = ServerWith(own);
  const testing::RawPeer peer = testing::RawPeer::Call(server->port());
  Channel channel((UniqueFd(::dup(peer.fd()))));
  channel.SetTimeout(Millis(20'000));
  return channel.StartTlsAsClient(MakeClientTlsTrusting(places), "localhost");
}

TEST(Tls, ASystemsAuthoritiesAreFoundInItsFolderAndItsFile) {
  const TestAuthority authority;
  const ameide::testing::TempDir folder;
  const std::string empty = (folder.path() / "empty").string();
  const std::string file = (folder.path() / "all.pem").string();
  const std::string hashed = (folder.path() / authority.HashedName()).string();
  fs::create_directory(empty);
  ASSERT_TRUE(WriteFileAtomically(file, authority.pem()).ok());
  ASSERT_TRUE(WriteFileAtomically(hashed, authority.pem()).ok());
  const TestCertificate good = authority.Issue();
  EXPECT_TRUE(HandshakeTrusting({folder.path().string(), {}}, good).ok());
  EXPECT_TRUE(HandshakeTrusting({empty, {"/no/such/file", file}}, good).ok());
  EXPECT_FALSE(HandshakeTrusting({empty, {"/no/such/file"}}, good).ok());
  EXPECT_FALSE(HandshakeTrusting({empty, {file}}, TestAuthority().Issue()).ok());
  const auto elsewhere = HandshakeTrusting({empty, {file}}, authority.Issue({.names = {"other"}}));
  ASSERT_FALSE(elsewhere.ok()) << "the second look checks the name, too";
  EXPECT_THAT(elsewhere.error().cause, HasSubstr("mismatch"));
}

TEST(Tls, OnlyClientsOfTheAuthorityComeIn) {
  const TestAuthority authority;
  const TestAuthority other;
  const auto server = ServerWith(authority.Issue(), authority.pem());
  const TestCertificate good = authority.Issue();
  const TestCertificate foreign = other.Issue();
  const TestCertificate late = authority.Issue({.begins = -7200, .ends = -3600});
  const auto with = [&](const TestCertificate& own) {
    return Get({.origin = server->origin(),
                .ca_pem = authority.pem(),
                .client_certificate_pem = own.certificate_pem,
                .client_key_pem = own.key_pem});
  };
  EXPECT_TRUE(with(good).ok());
  for (const TestCertificate& own : {foreign, late, TestCertificate{}}) {
    const auto answer = with(own);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable) << answer.error().ToString();
  }
}

TEST(Tls, PlainSpeakersOnATlsPortAndTheOtherWayRound) {
  const auto server = ServerWith(SelfSigned());
  const auto plain = Get({.origin = StrCat("http://127.0.0.1:", server->port())});
  EXPECT_EQ(plain.error().kind, ErrorKind::kUnavailable);
  testing::RawServer raw([](testing::RawPeer& peer, int) {
    peer.Say("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.ReadUntil("never");
  });
  const auto tls = Get({.origin = StrCat("https://127.0.0.1:", raw.port())});
  EXPECT_EQ(tls.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(tls.error().cause, HasSubstr("TLS handshake"));
}

TEST(Tls, ASilentHandshakeEndsAtTheTimeout) {
  testing::RawServer raw([](testing::RawPeer& peer, int) { peer.ReadToEnd(); });
  const auto answer =
      Get({.origin = StrCat("https://127.0.0.1:", raw.port()), .connect_timeout = Millis(50)});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::kTimeout);
}

TEST(Tls, UselessKeysAreNamedAndNotRepeated) {
  const TestCertificate one = SelfSigned();
  const TestCertificate two = SelfSigned();
  EXPECT_EQ(MakeServerTls({"fake-cert", one.key_pem}, "").error().target, "our certificate");
  EXPECT_EQ(MakeServerTls({one.certificate_pem, "fake-key"}, "").error().target, "our private key");
  EXPECT_EQ(MakeServerTls({one.certificate_pem, two.key_pem}, "").error().target,
            "our private key");
  EXPECT_EQ(MakeServerTls({one.certificate_pem, one.key_pem}, "fake-ca").error().target,
            "the certificates to trust");
  EXPECT_EQ(StartServer({.client_ca_pem = "x"}, nullptr).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace ameide::http
