// Hostile: patterns such as `**.a.**.a.**.a.**` over names of 16 segments that all look alike. A
// walk that remembers nothing visits the same place once for every way to get there.
#include <algorithm>
#include <string>

#include "bench/made_up.hpp"
#include "bench/workload/shapes.hpp"

namespace sluice::bench {

void register_hostile(Stage& stage) {
  const std::uint64_t seed = stage.options().seed;
  const std::size_t events = stage.scaled(1'000, 100);
  for (const std::size_t any_segments : {1U, 2U, 3U, 4U, 6U, 8U}) {
    for (const std::size_t count : {1U, 1'000U}) {
      // The baseline's ways grow too fast with the number of `**` to be waited for.
      std::vector<std::string> baselines;
      if (any_segments <= 3) baselines.emplace_back("locked_trie");
      const std::size_t subscriptions = stage.scaled(count, 20);
      register_made_up(
          "Hostile/any_segments:" + std::to_string(any_segments) +
              "/subscriptions:" + std::to_string(count),
          [=] { return hostile_workload(any_segments, subscriptions, events, seed); }, baselines);
    }
  }
}

}  // namespace sluice::bench
