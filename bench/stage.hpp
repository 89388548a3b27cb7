// What the benchmarks of one process share: workloads, expected answers and loaded engines, each
// made once, when the first benchmark asks for it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "bench/subject.hpp"

namespace sluice::bench {

struct StageOptions {
  std::filesystem::path workloads;  // empty: small workloads are made up, for the smoke test
  std::uint64_t seed = 0;           // of everything that is made up
  /// How long one measurement of a family that sets its own pace lasts (Mixed).
  std::chrono::milliseconds window{1000};
  /// Sizes are small too: only that everything runs matters.
  bool is_smoke = false;
};

/// Thread safety: every member, from any thread.
class Stage {
 public:
  explicit Stage(StageOptions options) : options_{std::move(options)} {}

  const StageOptions& options() const noexcept { return options_; }
  /// A size of a family that makes up its own workload: `full`, or in a smoke test at most `small`.
  std::size_t scaled(std::size_t full, std::size_t small) const noexcept {
    return options_.is_smoke ? std::min(full, small) : full;
  }

  std::shared_ptr<const Workload> workload(std::string_view set);
  std::shared_ptr<const ExpectedAnswers> expected(std::string_view set);
  Subject& subject(std::string_view engine, std::string_view set, std::size_t event_limit);

 private:
  StageOptions options_;
  std::recursive_mutex mutex_;
  std::map<std::string, std::shared_ptr<const Workload>> workloads_;
  std::map<std::string, std::shared_ptr<const ExpectedAnswers>> expected_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Subject>> subjects_;
};

// One file each; every function registers the benchmarks of its family, which live as long as
// `stage`.
void register_match(Stage& stage);
void register_update(Stage& stage);
void register_mixed(Stage& stage);
void register_visibility(Stage& stage);
void register_decode(Stage& stage);
void register_stream(Stage& stage);
void register_scaling(Stage& stage);
void register_counting();
void register_hostile(Stage& stage);
void register_regex(Stage& stage);

}  // namespace sluice::bench
