// The signature that lets a receiver tell our request from anyone else's: Standard Webhooks, to the
// letter, because receivers verify it with libraries that others wrote.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::delivery {

/// Signs `id.timestamp.body` with every key of a channel (two while a secret is being rotated).
/// A symmetric key is `whsec_` + base64 and gives an entry `v1,...` (HMAC-SHA256); an asymmetric one
/// is `whsk_` + base64 of an ed25519 seed, alone or followed by its public key, and gives
/// `v1a,...`. Costs about 1 KiB a key. Thread safety: one thread at a time. Source: the Standard
/// Webhooks specification 1.0.0, section "Signature scheme".
class Signer {
 public:
  /// None: there is no secret, or one of them is malformed (bad prefix or base64, a symmetric key
  /// without bytes, an asymmetric one of a wrong size or whose halves do not belong together).
  static std::optional<Signer> make(std::span<const std::string> secrets);

  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;
  ~Signer();

  /// Appends the value of `webhook-signature` to `out`: one entry a key, in the order of the
  /// secrets, separated by spaces. `timestamp` is the attempt's, in unix seconds.
  void sign(std::string_view id, std::int64_t timestamp, std::string_view body, std::string& out);

 private:
  struct Keys;
  explicit Signer(std::unique_ptr<Keys> keys) noexcept;
  std::unique_ptr<Keys> keys_;
};

}  // namespace sluice::delivery
