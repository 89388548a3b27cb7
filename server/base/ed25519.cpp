#include "base/ed25519.hpp"

#include <openssl/evp.h>

#include <new>

namespace sluice::base {
namespace {

constexpr std::size_t kSignatureBytes = 64;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

void Ed25519Key::Free::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }
void Ed25519Key::Free::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}

std::optional<Ed25519Key> Ed25519Key::make(std::string_view bytes) {
  if (bytes.size() != kEd25519KeyBytes && bytes.size() != 2 * kEd25519KeyBytes) return std::nullopt;
  Ed25519Key key;
  key.key_.reset(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets(bytes), kEd25519KeyBytes));
  key.context_.reset(EVP_MD_CTX_new());
  if (!key.key_ || !key.context_) throw std::bad_alloc();
  const bool is_whole = bytes.size() == kEd25519KeyBytes ||
                        key.public_key() == bytes.substr(kEd25519KeyBytes);
  if (!is_whole) return std::nullopt;
  return key;
}

// A context takes one message, so it is set up for each.
std::string Ed25519Key::sign(std::string_view message) {
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  const bool is_signed =
      EVP_MD_CTX_reset(context_.get()) == 1 &&
      EVP_DigestSignInit(context_.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context_.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     octets(message), message.size()) == 1;
  if (!is_signed) throw std::bad_alloc();
  return signature;
}

std::string Ed25519Key::public_key() const {
  std::string bytes(kEd25519KeyBytes, '\0');
  std::size_t size = bytes.size();
  EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size);
  return bytes;
}

bool is_ed25519_signature(std::string_view public_key, std::string_view message,
                          std::string_view signature) {
  if (public_key.size() != kEd25519KeyBytes || signature.size() != kSignatureBytes) return false;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(public_key),
                                  public_key.size()),
      &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                       &EVP_MD_CTX_free);
  return key && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message),
                          message.size()) == 1;
}

}  // namespace sluice::base
