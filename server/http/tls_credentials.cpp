#include "http/tls_credentials.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <new>
#include <system_error>

#include "base/file_descriptor.hpp"
#include "http/tls_stream.hpp"

namespace sluice::http {
namespace {

using Which = TlsFileError::Which;
using Bio = std::unique_ptr<BIO, int (*)(BIO*)>;
using Certificate = std::unique_ptr<X509, void (*)(X509*)>;
using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

constexpr std::size_t kMostFileBytes = std::size_t{1} << 20U;

[[noreturn]] void refuse(Which which, const std::string& path, const std::string& why) {
  ERR_clear_error();
  throw TlsFileError(which, path + " " + why);
}

std::string reason() {
  const char* const text = ERR_reason_error_string(ERR_peek_last_error());
  return text != nullptr ? text : "for an unknown reason";
}

std::string content(Which which, const std::string& path) {
  const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> piece;
  ssize_t read = file ? 1 : -1;
  while (read > 0) {
    read = ::read(file.get(), piece.data(), piece.size());
    if (read > 0) text.append(piece.data(), static_cast<std::size_t>(read));
    if (text.size() > kMostFileBytes) refuse(which, path, "is too long for a PEM file");
  }
  if (read < 0) refuse(which, path, "cannot be read: " + std::generic_category().message(errno));
  return text;
}

Bio memory(const std::string& text) {
  Bio bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
  if (!bio) throw std::bad_alloc();
  return bio;
}

base::Time expiry(const X509* certificate) {
  std::tm broken{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &broken);
  return base::Time{std::chrono::seconds{::timegm(&broken)}};
}

/// Says when the certificate expires.
base::Time use_certificate(SSL_CTX* context, const std::string& path) {
  const std::string text = content(Which::certificate, path);
  const Bio bio = memory(text);
  const Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free};
  if (!certificate)
    refuse(Which::certificate, path, "holds no certificate in PEM form: " + reason());
  if (SSL_CTX_use_certificate(context, certificate.get()) != 1)
    refuse(Which::certificate, path, "holds a certificate that cannot be used: " + reason());
  while (X509* issuer = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, issuer) != 1) {
      X509_free(issuer);
      refuse(Which::certificate, path, "holds a chain that cannot be used: " + reason());
    }
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
    refuse(Which::certificate, path, "is damaged: " + reason());
  ERR_clear_error();
  return expiry(certificate.get());
}

/// There is nobody to ask for a passphrase.
int no_passphrase(char* /*into*/, int /*size*/, int /*is_writing*/, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

void use_key(SSL_CTX* context, const TlsFiles& files) {
  const std::string text = content(Which::key, files.key);
  const Bio bio = memory(text);
  bool was_asked = false;
  const Key key{PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, &was_asked),
                EVP_PKEY_free};
  if (was_asked)
    refuse(Which::key, files.key, "has a passphrase, which the service cannot be asked for");
  if (!key) refuse(Which::key, files.key, "holds no private key in PEM form: " + reason());
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
    refuse(Which::key, files.key, "is not the key of the certificate in " + files.certificate);
}

int choose_http_1_1(SSL* /*connection*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void* /*unused*/) {
  static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* choice = nullptr;
  const int found = SSL_select_next_proto(&choice, size, kHttp11, sizeof kHttp11, offered,
                                          offered_size);
  *chosen = choice;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Of TLS 1.2; all of TLS 1.3 are as good.
  if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) throw std::bad_alloc();
  // An idle connection keeps no buffers, a record takes one system call, and an answer that waits for
  // room may move in memory meanwhile.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  // Clients keep their sessions themselves, in tickets.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, choose_http_1_1, nullptr);
}

}  // namespace

void TlsCredentials::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

TlsCredentials::TlsCredentials(const TlsFiles& files) : context_(SSL_CTX_new(TLS_server_method())) {
  if (!context_) throw std::bad_alloc();
  set_rules(context_.get());
  expires_at_ = use_certificate(context_.get(), files.certificate);
  use_key(context_.get(), files);
  struct stat status {};
  is_key_exposed_ =
      ::stat(files.key.c_str(), &status) == 0 && (status.st_mode & (S_IROTH | S_IWOTH)) != 0;
}

void CurrentCredentials::set(std::shared_ptr<const TlsCredentials> credentials) {
  const base::MutexLock lock(mutex_);
  credentials_.swap(credentials);
}

std::shared_ptr<const TlsCredentials> CurrentCredentials::get() const {
  const base::MutexLock lock(mutex_);
  return credentials_;
}

bool CurrentCredentials::is_set() const { return get() != nullptr; }

std::unique_ptr<TlsStream> CurrentCredentials::open_stream(int socket) const {
  const auto credentials = get();
  return credentials ? std::make_unique<TlsStream>(*credentials, socket) : nullptr;
}

}  // namespace sluice::http
