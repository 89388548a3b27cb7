// Zipf's law over ranks: the k-th most popular of n is drawn in proportion to 1 / k^a.
#pragma once

#include <cstdint>
#include <vector>

#include "random_stream.hpp"

namespace sluice::tool {

class ZipfTable {
 public:
  /// `exponent` is a, kept to 1/65536; 0 is the uniform distribution. Complexity: O(ranks), about
  /// 0.2 us each.
  ZipfTable(std::uint64_t ranks, double exponent);

  /// A rank, 0 the most popular. Complexity: O(log ranks), O(1) when uniform.
  std::uint64_t draw(RandomStream& random) const noexcept;

 private:
  const std::uint64_t ranks_;
  std::vector<std::uint64_t> cumulative_;  // of weights in units of 2^-32; empty when uniform
};

}  // namespace sluice::tool
