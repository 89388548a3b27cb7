// Layout of what is sealed, before base64: 12 bytes nonce, the cipher text, 16 bytes tag.
#include "base/vault.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <new>
#include <span>

#include "base/encoding.hpp"
#include "base/key_file.hpp"
#include "base/random.hpp"

namespace sluice::base {
namespace {

constexpr std::string_view kVersion = "v1:";
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* octets(const void* bytes) noexcept {
  return static_cast<const unsigned char*>(bytes);
}
unsigned char* octets(void* bytes) noexcept { return static_cast<unsigned char*>(bytes); }

void require(bool is_done) {
  if (!is_done) throw std::bad_alloc();
}

Context start(const Vault::Key& key, std::string_view nonce, std::string_view context,
              int encrypt) {
  Context cipher{EVP_CIPHER_CTX_new()};
  require(cipher != nullptr);
  require(EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, octets(key.data()),
                            octets(nonce.data()), encrypt) == 1);
  int length = 0;
  require(EVP_CipherUpdate(cipher.get(), nullptr, &length, octets(context.data()),
                           static_cast<int>(context.size())) == 1);
  return cipher;
}

}  // namespace

Vault Vault::from_file(const std::string& path) { return Vault{read_or_create_key(path)}; }

Vault::~Vault() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string Vault::seal(std::string_view plain, std::string_view context) const {
  std::string sealed(kNonceBytes + plain.size() + kTagBytes, '\0');
  SystemRandom{}.fill(std::as_writable_bytes(std::span(sealed.data(), kNonceBytes)));
  const Context cipher = start(key_, std::string_view(sealed).substr(0, kNonceBytes), context, 1);
  int length = 0;
  char* const out = sealed.data() + kNonceBytes;
  require(EVP_CipherUpdate(cipher.get(), octets(out), &length, octets(plain.data()),
                           static_cast<int>(plain.size())) == 1);
  require(EVP_CipherFinal_ex(cipher.get(), octets(out + length), &length) == 1);
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out + plain.size()) ==
          1);
  return std::string(kVersion) + to_base64(sealed);
}

std::optional<std::string> Vault::open(std::string_view sealed, std::string_view context) const {
  if (!sealed.starts_with(kVersion)) return std::nullopt;
  std::optional<std::string> bytes = from_base64(sealed.substr(kVersion.size()));
  if (!bytes || bytes->size() < kNonceBytes + kTagBytes) return std::nullopt;
  const Context cipher = start(key_, std::string_view(*bytes).substr(0, kNonceBytes), context, 0);
  std::string plain(bytes->size() - kNonceBytes - kTagBytes, '\0');
  int length = 0;
  require(EVP_CipherUpdate(cipher.get(), octets(plain.data()), &length,
                           octets(bytes->data() + kNonceBytes),
                           static_cast<int>(plain.size())) == 1);
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes,
                              bytes->data() + kNonceBytes + plain.size()) == 1);
  if (EVP_CipherFinal_ex(cipher.get(), octets(plain.data() + length), &length) != 1)
    return std::nullopt;
  return plain;
}

}  // namespace sluice::base
