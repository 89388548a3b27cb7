// The ways to decode lines. All give the same answers; which one is fast depends on the processor.
#pragma once

#include <cstdint>

namespace sluice::json {

enum class Kernel : std::uint8_t {
  portable,  // the CarefulDecoder alone
  avx2,
  avx512,
};

/// Whether this machine can run it.
bool is_supported(Kernel kernel) noexcept;

/// The fastest that this machine has.
Kernel best_kernel() noexcept;

}  // namespace sluice::json
