#include "delivery/signer.hpp"

#include <utility>
#include <variant>
#include <vector>

#include "base/digest.hpp"
#include "base/ed25519.hpp"
#include "base/encoding.hpp"

namespace sluice::delivery {
namespace {

using Key = std::variant<base::HmacKey, base::Ed25519Key>;

std::optional<Key> read_key(std::string_view secret) {
  constexpr std::string_view kSymmetric = "whsec_";
  constexpr std::string_view kAsymmetric = "whsk_";
  const bool is_symmetric = secret.substr(0, kSymmetric.size()) == kSymmetric;
  if (!is_symmetric && secret.substr(0, kAsymmetric.size()) != kAsymmetric) return std::nullopt;
  const std::optional<std::string> bytes =
      base::from_base64(secret.substr(is_symmetric ? kSymmetric.size() : kAsymmetric.size()));
  if (!bytes || bytes->empty()) return std::nullopt;
  if (is_symmetric) return Key{base::HmacKey{*bytes}};
  std::optional<base::Ed25519Key> key = base::Ed25519Key::make(*bytes);
  if (!key) return std::nullopt;
  return Key{std::move(*key)};
}

}  // namespace

struct Signer::Keys {
  std::vector<Key> keys;
  std::string content;  // of the asymmetric keys, which want it in one piece
};

Signer::Signer(std::unique_ptr<Keys> keys) noexcept : keys_(std::move(keys)) {}
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;
Signer::~Signer() = default;

std::optional<Signer> Signer::make(std::span<const std::string> secrets) {
  auto keys = std::make_unique<Keys>();
  for (const std::string& secret : secrets) {
    std::optional<Key> key = read_key(secret);
    if (!key) return std::nullopt;
    keys->keys.push_back(std::move(*key));
  }
  if (keys->keys.empty()) return std::nullopt;
  return Signer{std::move(keys)};
}

void Signer::sign(std::string_view id, std::int64_t timestamp, std::string_view body,
                  std::string& out) {
  const std::string time = std::to_string(timestamp);
  std::string_view separator;
  for (Key& key : keys_->keys) {
    out.append(separator);
    separator = " ";
    if (auto* hmac = std::get_if<base::HmacKey>(&key)) {
      const base::Digest digest = hmac->sign({id, ".", time, ".", body});
      out.append("v1,").append(base::to_base64(base::bytes_of(digest)));
    } else {
      keys_->content.assign(id).append(".").append(time).append(".").append(body);
      out.append("v1a,").append(base::to_base64(std::get<base::Ed25519Key>(key).sign(keys_->content)));
    }
  }
}

}  // namespace sluice::delivery
