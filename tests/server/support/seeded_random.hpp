// Randomness that a test can repeat.
#pragma once

#include <cstdint>
#include <random>

#include "base/mutex.hpp"
#include "base/random.hpp"

namespace sluice::testkit {

/// Thread safety: every member, from any thread.
class SeededRandom final : public base::Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}

  void fill(std::span<std::byte> bytes) override {
    const base::MutexLock lock(mutex_);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(engine_() >> 56U);
  }

 private:
  base::Mutex mutex_;
  std::mt19937_64 engine_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace sluice::testkit
