// SHA-256 and HMAC-SHA256: key digests and signatures.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>

struct evp_mac_ctx_st;
struct evp_md_ctx_st;

namespace sluice::base {

using Digest = std::array<std::byte, 32>;

/// The digest's bytes as a text, for encoders and database columns.
inline std::string_view bytes_of(const Digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// Source: FIPS 180-4. Errors: std::bad_alloc.
Digest sha256(std::string_view data);

/// The same of data that comes in pieces. Thread safety: one thread at a time.
class Sha256 {
 public:
  /// Errors: std::bad_alloc.
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(std::string_view piece);
  /// Of all pieces; nothing may follow.
  Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// A key that signs many messages: its context is kept, because setting one up costs five times
/// what a short signature does. Thread safety: one thread at a time.
class HmacKey {
 public:
  /// Errors: std::bad_alloc.
  explicit HmacKey(std::string_view key);
  ~HmacKey();
  HmacKey(HmacKey&&) noexcept;
  HmacKey& operator=(HmacKey&&) noexcept;

  /// HMAC-SHA256 of the parts, one after the other. Source: RFC 2104.
  Digest sign(std::initializer_list<std::string_view> parts);
  Digest sign(std::string_view message) { return sign({message}); }

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

/// Compares without telling by its duration where the texts differ; their lengths are no secret.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace sluice::base
