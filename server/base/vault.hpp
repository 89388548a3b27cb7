// Seals secrets before they are stored: whoever gets the database alone cannot read them, nor swap
// one for another.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::base {

/// Encrypts and authenticates with AES-256-GCM under one master key.
/// Thread safety: every member, from any thread.
class Vault {
 public:
  using Key = std::array<std::byte, 32>;

  explicit Vault(const Key& key) noexcept : key_(key) {}
  /// With the key in the file, whose 32 bytes are drawn at random when there is no file yet; several
  /// processes may do so at once and agree. The file is for its owner only (0600).
  /// Errors: std::runtime_error that names the file and what to do: it cannot be read or made, has
  /// another size, or lets others than its owner at it.
  static Vault from_file(const std::string& path);
  ~Vault();
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  /// `v1:` and base64. The same text is sealed differently each time. `context` says what the secret
  /// belongs to; it is not stored, and open() must be given the same.
  /// Errors: std::bad_alloc, std::system_error (no randomness).
  std::string seal(std::string_view plain, std::string_view context) const;

  /// Nothing: it was not sealed with this key and context, or has been changed since.
  std::optional<std::string> open(std::string_view sealed, std::string_view context) const;

 private:
  Key key_;
};

}  // namespace sluice::base
