// Files of certificates for a Server, and a client that speaks TLS to it.
#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "http/tls_credentials.hpp"
#include "tests/server/http/raw_client.hpp"
#include "tests/server/support/temporary_directory.hpp"
#include "tests/server/support/test_authority.hpp"

namespace sluice::http {

/// A directory with an identity's certificate and key.
class TlsFolder {
 public:
  TlsFolder() { put(authority.issue("IP:127.0.0.1")); }

  void put(const testkit::TlsIdentity& identity) {
    write("certificate.pem", identity.certificate);
    write("key.pem", identity.key);
  }
  std::string write(const std::string& name, const std::string& text) {
    const std::string path = directory / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  TlsFiles files() const {
    return {directory / "certificate.pem", directory / "key.pem"};
  }
  std::shared_ptr<const TlsCredentials> credentials() const {
    return std::make_shared<const TlsCredentials>(files());
  }

  testkit::TestAuthority authority;
  testkit::TemporaryDirectory directory;
};

/// Trusts `authority`, and asks for "127.0.0.1". Blocks; what takes longer than five minutes fails.
class TlsClient final : public AnswerReader {
 public:
  explicit TlsClient(const std::string& address) : raw_(address) {
    if (context_ == nullptr || connection_ == nullptr) throw std::bad_alloc();
    SSL_set_fd(connection_.get(), raw_.descriptor());
  }

  void trust(const TlsFolder& folder) {
    const std::string text = folder.authority.certificate();
    const std::unique_ptr<BIO, int (*)(BIO*)> bio{
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
    X509* const root = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), root);
    X509_free(root);
    SSL_set_verify(connection_.get(), SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection_.get()), "127.0.0.1");
  }
  void offer(std::string_view protocols) {
    SSL_set_alpn_protos(connection_.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
  }
  void speak_at_most(int version) { SSL_set_max_proto_version(connection_.get(), version); }

  /// False: the handshake failed.
  bool open() {
    ERR_clear_error();
    return SSL_connect(connection_.get()) == 1;
  }
  std::string protocol() const {
    const unsigned char* text = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(connection_.get(), &text, &size);
    return {reinterpret_cast<const char*>(text), size};
  }
  std::string cipher() const { return SSL_get_cipher(connection_.get()); }

  void send(std::string_view bytes) override {
    ERR_clear_error();
    std::size_t sent = 0;
    if (SSL_write_ex(connection_.get(), bytes.data(), bytes.size(), &sent) != 1)
      throw std::runtime_error("the server takes no more");
  }
  std::string read_some() override {
    std::string bytes(65536, '\0');
    std::size_t size = 0;
    ERR_clear_error();
    if (SSL_read_ex(connection_.get(), bytes.data(), bytes.size(), &size) != 1) return {};
    bytes.resize(size);
    return bytes;
  }
  /// Says that it sends no more, and goes on reading.
  void end_sending() { SSL_shutdown(connection_.get()); }
  /// Whether the server has said goodbye.
  bool was_ended() const {
    return (SSL_get_shutdown(connection_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

  SSL* native() { return connection_.get(); }
  RawClient& raw() { return raw_; }

 private:
  RawClient raw_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{SSL_CTX_new(TLS_client_method()),
                                                        SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> connection_{SSL_new(context_.get()), SSL_free};
};

}  // namespace sluice::http
