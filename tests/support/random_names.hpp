// Random names and patterns over so few segments that they collide: most of what is drawn covers,
// or nearly covers, something else that is drawn.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "support/random.hpp"

namespace sluice::testkit {

struct NameShape {
  std::size_t alphabet = 3;      // distinct literal segments, at least 1
  std::size_t max_segments = 5;  // of a name or a pattern, at most kMaxSegments
  std::size_t star_one_in = 4;   // a pattern's segment is `*` that often
  std::size_t tail_one_in = 6;   // and `**` that often
};

/// Draws from one Random. The texts are always well-formed.
class RandomNames {
 public:
  RandomNames(Random& random, NameShape shape) : random_(random), shape_(shape) {}

  std::string name();
  std::string pattern();

  /// 1 to `max` patterns, repeats among them included.
  std::vector<std::string> patterns(std::size_t max);

 private:
  std::string literal();
  std::string segment();

  Random& random_;
  NameShape shape_;
};

}  // namespace sluice::testkit
