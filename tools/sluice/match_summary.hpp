// The one JSON object that `sluice match --output summary` writes.
#pragma once

#include <cstddef>
#include <string>

#include "sluice/matcher.hpp"
#include "sluice/stream.hpp"

namespace sluice::tool {

struct MatchSummary {
  StreamStats stats;
  MatcherStats index;
  unsigned threads = 1;
  double seconds = 0;       // from the first byte read to the last one written
  double load_seconds = 0;  // reading the subscriptions and putting them into the Matcher

  /// With a newline at its end.
  std::string to_json() const;
};

}  // namespace sluice::tool
