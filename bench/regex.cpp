// Regex: engines for many regular expressions, on as few patterns as they can take.
#include <string>

#include "bench/made_up.hpp"
#include "bench/workload/shapes.hpp"

namespace sluice::bench {

void register_regex(Stage& stage) {
  const std::uint64_t seed = stage.options().seed;
  const std::size_t events = stage.scaled(10'000, 200);
  for (const std::size_t count : {100U, 1'000U, 10'000U}) {
    const std::size_t subscriptions = stage.scaled(count, 50);
    std::vector<std::string> baselines{"locked_trie", "re2_set"};
#ifdef SLUICE_HAS_HYPERSCAN
    baselines.emplace_back("hyperscan");
#endif
    register_made_up(
        "Regex/subscriptions:" + std::to_string(count),
        [=] { return forest_workload(subscriptions, 4, events, seed); }, baselines);
  }
}

}  // namespace sluice::bench
