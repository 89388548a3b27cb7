// Scaling: how the time of a match grows with the number of subscriptions, with how many of them an
// event reaches, with the depth of names, and with the wildcards that a name meets.
#include <algorithm>
#include <string>
#include <vector>

#include "bench/made_up.hpp"
#include "bench/workload/shapes.hpp"

namespace sluice::bench {

namespace {

std::vector<std::string> baselines() { return {"locked_trie", "mask_tables", "frozen_trie"}; }

void register_forest(Stage& stage, const std::string& name, std::size_t subscriptions,
                     std::size_t depth, const std::vector<std::string>& others = baselines()) {
  const std::size_t count = stage.scaled(subscriptions, 200);
  const std::size_t events = stage.scaled(10'000, 200);
  const std::uint64_t seed = stage.options().seed;
  register_made_up(
      name, [=] { return forest_workload(count, depth, events, seed); }, others);
}

void register_fan_out(Stage& stage, const std::string& name, std::size_t fan_out) {
  const std::size_t count = stage.scaled(100'000, 200);
  // An answer of 100,000 ids takes tens of microseconds: fewer events do.
  const std::size_t events = stage.scaled(std::min<std::size_t>(10'000, 10'000'000 / fan_out), 50);
  const std::uint64_t seed = stage.options().seed;
  register_made_up(
      name, [=] { return fan_out_workload(fan_out, count, events, seed); }, baselines());
}

void register_wildcards(Stage& stage, const std::string& name, std::size_t wildcards) {
  const std::size_t count = stage.scaled(100'000, 200);
  const std::size_t events = stage.scaled(10'000, 200);
  const std::uint64_t seed = stage.options().seed;
  register_made_up(
      name, [=] { return wildcards_workload(wildcards, count, events, seed); }, baselines());
}

}  // namespace

void register_scaling(Stage& stage) {
  for (const std::size_t count : {1'000U, 10'000U, 100'000U, 1'000'000U})
    register_forest(stage, "Scaling/subscriptions:" + std::to_string(count), count, 4);
  // Ten million take gigabytes and a minute to make up: ours alone.
  register_forest(stage, "Scaling/subscriptions:10000000", 10'000'000, 4, {});
  for (const std::size_t wildcards : {1U, 2U, 4U, 8U, 16U})
    register_wildcards(stage, "Scaling/wildcards:" + std::to_string(wildcards), wildcards);
  for (const std::size_t depth : {2U, 4U, 8U, 16U})
    register_forest(stage, "Scaling/depth:" + std::to_string(depth), 100'000, depth);
  for (const std::size_t full : {1U, 10U, 100U, 1'000U, 10'000U, 100'000U})
    register_fan_out(stage, "Scaling/fan_out:" + std::to_string(full), stage.scaled(full, 100));
}

}  // namespace sluice::bench
