// The outside's name of a delivery: its first event, webhook and channel, enciphered, so that the
// same delivery has the same name over all attempts and restarts without a table of names, and a
// name tells nobody how many events the service takes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "journal/sequence.hpp"

namespace sluice::delivery {

struct DeliveryKey {
  /// No event of the journal has a number with this bit: tests of webhooks have it.
  static constexpr journal::Sequence kTestBit = journal::Sequence{1} << 63U;

  journal::Sequence first = 0;
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;

  bool is_test() const noexcept { return (first & kTestBit) != 0; }

  friend bool operator==(const DeliveryKey&, const DeliveryKey&) = default;
};

/// Thread safety: one thread at a time.
class DeliveryIds {
 public:
  using Secret = std::array<std::byte, 16>;

  /// Another secret gives other names: it is to be kept with the data. Errors: std::runtime_error
  /// when OpenSSL has no AES.
  explicit DeliveryIds(const Secret& secret);
  ~DeliveryIds();
  DeliveryIds(const DeliveryIds&) = delete;
  DeliveryIds& operator=(const DeliveryIds&) = delete;

  /// `dlv_` and 26 characters of Crockford's base32 in lower case.
  std::string make(const DeliveryKey& key);

  /// Nothing: no such name was ever made. A made-up name of the right form gives some key, and
  /// almost surely one that does not exist.
  std::optional<DeliveryKey> parse(std::string_view id);

 private:
  struct Cipher;
  std::unique_ptr<Cipher> cipher_;
};

}  // namespace sluice::delivery
