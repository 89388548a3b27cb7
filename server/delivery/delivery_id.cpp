#include "delivery/delivery_id.hpp"

#include <openssl/evp.h>

#include <cstring>
#include <span>
#include <stdexcept>

namespace sluice::delivery {
namespace {

using Block = std::array<unsigned char, 16>;

constexpr std::string_view kPrefix = "dlv_";
constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kDigitCount = 26;  // of 5 bits: 128 bits and two that are zero

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

Context make_context(const DeliveryIds::Secret& secret, bool enciphers) {
  Context context(EVP_CIPHER_CTX_new());
  std::array<unsigned char, 16> key{};
  std::memcpy(key.data(), secret.data(), key.size());
  if (!context ||
      EVP_CipherInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr,
                        enciphers ? 1 : 0) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1) {
    throw std::runtime_error("OpenSSL offers no AES-128");
  }
  return context;
}

Block transform(EVP_CIPHER_CTX* context, const Block& block) {
  Block out{};
  int written = 0;
  if (EVP_CipherUpdate(context, out.data(), &written, block.data(),
                       static_cast<int>(block.size())) != 1) {
    throw std::runtime_error("OpenSSL refuses to encipher");
  }
  return out;
}

std::string to_digits(const Block& block) {
  std::string text(kPrefix);
  unsigned bits = 0;
  unsigned held = 2;  // the two zero bits in front
  for (const unsigned char byte : block) {
    bits = bits << 8U | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      text += kDigits[bits >> held & 31U];
    }
    bits &= (1U << held) - 1;
  }
  return text;
}

std::optional<Block> from_digits(std::string_view digits) {
  Block block{};
  unsigned bits = 0;
  unsigned held = 0;
  std::size_t size = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t digit = kDigits.find(digits[i]);
    if (digit == std::string_view::npos || (i == 0 && digit > 7)) return std::nullopt;
    bits = bits << 5U | static_cast<unsigned>(digit);
    held += i == 0 ? 3 : 5;
    if (held < 8) continue;
    held -= 8;
    block[size++] = static_cast<unsigned char>(bits >> held);
    bits &= (1U << held) - 1;
  }
  return block;
}

template <class Integer>
void put(Block& block, std::size_t offset, Integer value) {
  std::memcpy(block.data() + offset, &value, sizeof(value));
}

template <class Integer>
void get(const Block& block, std::size_t offset, Integer& value) {
  std::memcpy(&value, block.data() + offset, sizeof(value));
}

}  // namespace

struct DeliveryIds::Cipher {
  Context encipher;
  Context decipher;
};

DeliveryIds::DeliveryIds(const Secret& secret)
    : cipher_(std::make_unique<Cipher>(
          Cipher{make_context(secret, true), make_context(secret, false)})) {}

DeliveryIds::~DeliveryIds() = default;

std::string DeliveryIds::make(const DeliveryKey& key) {
  Block block{};
  put(block, 0, key.first);
  put(block, 8, key.webhook);
  put(block, 12, key.channel);
  return to_digits(transform(cipher_->encipher.get(), block));
}

std::optional<DeliveryKey> DeliveryIds::parse(std::string_view id) {
  if (id.size() != kPrefix.size() + kDigitCount || !id.starts_with(kPrefix)) return std::nullopt;
  const std::optional<Block> block = from_digits(id.substr(kPrefix.size()));
  if (!block) return std::nullopt;
  const Block plain = transform(cipher_->decipher.get(), *block);
  DeliveryKey key;
  get(plain, 0, key.first);
  get(plain, 8, key.webhook);
  get(plain, 12, key.channel);
  return key;
}

}  // namespace sluice::delivery
