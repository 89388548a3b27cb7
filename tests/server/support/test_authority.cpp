#include "test_authority.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace sluice::testkit {
namespace {

using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

void require(bool is_done) {
  if (!is_done) throw std::runtime_error("OpenSSL refused to make a certificate");
}

Key make_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

template <class Write>
std::string pem(Write write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> out{BIO_new(BIO_s_mem()), BIO_free};
  require(write(out.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
  return pem([=](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string pem(EVP_PKEY* key) {
  return pem([=](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(EVP_PKEY* key, const char* name, long serial,
                             std::chrono::hours expires_in) {
  Certificate certificate{X509_new(), X509_free};
  X509* x509 = certificate.get();
  require(X509_set_version(x509, 2) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), -48L * 3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), std::chrono::seconds{expires_in}.count());
  require(X509_set_pubkey(x509, key) == 1);
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                                     reinterpret_cast<const unsigned char*>(name), -1, -1, 0) == 1);
  return certificate;
}

}  // namespace

TestAuthority::TestAuthority() : key_(make_key()), certificate_(nullptr, X509_free) {
  certificate_ = make_certificate(key_.get(), "sluice test authority", 1, std::chrono::hours{24});
  X509* x509 = certificate_.get();
  require(X509_set_issuer_name(x509, X509_get_subject_name(x509)) == 1);
  extend(x509, x509, NID_basic_constraints, "critical,CA:TRUE");
  extend(x509, x509, NID_key_usage, "critical,keyCertSign");
  extend(x509, x509, NID_subject_key_identifier, "hash");
  require(X509_sign(x509, key_.get(), EVP_sha256()) != 0);
}

TestAuthority::~TestAuthority() = default;

TlsIdentity TestAuthority::issue(const std::string& names, std::chrono::hours expires_in) {
  const Key key = make_key();
  const Certificate made = make_certificate(key.get(), "receiver", ++serial_, expires_in);
  require(X509_set_issuer_name(made.get(), X509_get_subject_name(certificate_.get())) == 1);
  extend(made.get(), certificate_.get(), NID_subject_alt_name, names);
  require(X509_sign(made.get(), key_.get(), EVP_sha256()) != 0);
  return {pem(made.get()), pem(key.get())};
}

std::string TestAuthority::certificate() const { return pem(certificate_.get()); }

TlsIdentity self_signed(const std::string& names) {
  const Key key = make_key();
  const Certificate made = make_certificate(key.get(), "receiver", 1, std::chrono::hours{1});
  require(X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) == 1);
  extend(made.get(), made.get(), NID_subject_alt_name, names);
  require(X509_sign(made.get(), key.get(), EVP_sha256()) != 0);
  return {pem(made.get()), pem(key.get())};
}

}  // namespace sluice::testkit
