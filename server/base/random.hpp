// Where randomness comes from: keys, ids, jitter. Tests give their own.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace sluice::base {

class Random {
 public:
  virtual ~Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;

  /// Thread safety: as the class that implements it says.
  virtual void fill(std::span<std::byte> bytes) = 0;

 protected:
  Random() = default;
};

/// The kernel's generator, fit for keys. Thread safety: every member, from any thread.
class SystemRandom final : public Random {
 public:
  /// Source: getrandom(2). Errors: std::system_error.
  void fill(std::span<std::byte> bytes) override;
};

/// `length` characters of [A-Za-z0-9], all equally likely.
std::string random_alphanumeric(Random& random, std::size_t length);

}  // namespace sluice::base
