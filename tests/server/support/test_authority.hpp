// A certificate authority that lives for one test.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace sluice::testkit {

/// A certificate with its key, in PEM.
struct TlsIdentity {
  std::string certificate;
  std::string key;
};

class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();

  /// For `names`: "DNS:a.example" or "IP:127.0.0.1", separated by commas.
  TlsIdentity issue(const std::string& names,
                    std::chrono::hours expires_in = std::chrono::hours{1});

  /// Its own certificate, in PEM, for those who are to trust it.
  std::string certificate() const;

 private:
  std::unique_ptr<evp_pkey_st, void (*)(evp_pkey_st*)> key_;
  std::unique_ptr<x509_st, void (*)(x509_st*)> certificate_;
  long serial_ = 1;
};

/// A certificate that nobody has signed but its own key.
TlsIdentity self_signed(const std::string& names);

}  // namespace sluice::testkit
