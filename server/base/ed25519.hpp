// Ed25519: signatures that whoever has the public key can verify and nobody else can make.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;
struct evp_pkey_st;

namespace sluice::base {

inline constexpr std::size_t kEd25519KeyBytes = 32;  // of a seed, and of a public key

/// Thread safety: one thread at a time. Source: RFC 8032. Errors: std::bad_alloc.
class Ed25519Key {
 public:
  /// `bytes` is the seed, or the seed and its public key. Nothing: it is of another size, or the
  /// halves do not belong together.
  static std::optional<Ed25519Key> make(std::string_view bytes);

  std::string sign(std::string_view message);
  std::string public_key() const;

 private:
  Ed25519Key() = default;

  struct Free {
    void operator()(evp_pkey_st* key) const noexcept;
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_pkey_st, Free> key_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// Whether `signature` is that of `message` under `public_key`. Source: RFC 8032 section 5.1.7.
bool is_ed25519_signature(std::string_view public_key, std::string_view message,
                          std::string_view signature);

}  // namespace sluice::base
