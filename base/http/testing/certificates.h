// Certificates for tests, made when asked: an authority and what it signs. Fails the test program
// (std::abort) when OpenSSL does.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace ameide::http::testing {

struct TestCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

struct CertificateWish {
  std::string common_name = "test";
  std::vector<std::string> names = {"localhost"};      // subject alternative names
  std::vector<std::string> addresses = {"127.0.0.1"};  // the same, as addresses
  long begins = -3600;                                 // seconds from now
  long ends = 3600;
};

class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();
  const std::string& pem() const { return pem_; }
  std::string HashedName() const;  // under which OpenSSL looks for it in a folder
  TestCertificate Issue(const CertificateWish& wish = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::string pem_;
};

// Signed by itself, by no authority.
TestCertificate SelfSigned(const CertificateWish& wish = {});

}  // namespace ameide::http::testing
