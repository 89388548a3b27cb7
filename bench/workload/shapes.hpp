// Workloads that are made up in memory from a seed, for the families that vary one dimension and
// for the smoke test. The common workloads W1-W3 are files (`sluice generate`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "bench/workload/workload.hpp"

namespace sluice::bench {

/// A shape of the same kind as the set's, small enough for a smoke test.
std::shared_ptr<const Workload> small_workload(std::string_view set, std::uint64_t seed);

/// `subscriptions` patterns of `depth` segments over twice as many names: three quarters literal,
/// a fifth with one `*`, a twentieth ending in `**`. The events are drawn uniformly.
std::unique_ptr<const Workload> forest_workload(std::size_t subscriptions, std::size_t depth,
                                                std::size_t events, std::uint64_t seed);

/// Every event reaches exactly `fan_out` subscriptions: of four, two are literal, one ends in `*`
/// and one in `**`. There are `subscriptions` of them in all, or `fan_out` if that is more.
std::unique_ptr<const Workload> fan_out_workload(std::size_t fan_out, std::size_t subscriptions,
                                                 std::size_t events, std::uint64_t seed);

/// Names of 16 segments; each is reached by itself and by `wildcards` patterns of its own, the n-th of
/// which has a `*` for the n-th segment. There are about `subscriptions` of them in all.
/// Errors: std::invalid_argument for more than 16.
std::unique_ptr<const Workload> wildcards_workload(std::size_t wildcards, std::size_t subscriptions,
                                                   std::size_t events, std::uint64_t seed);

/// Names of 16 segments `a` or `b`, and patterns of `any_segments` times `**` with `a`, `b` or `*`
/// between them, made to branch as much as they can. Errors: std::invalid_argument for more than 8.
std::unique_ptr<const Workload> hostile_workload(std::size_t any_segments,
                                                 std::size_t subscriptions, std::size_t events,
                                                 std::uint64_t seed);

/// `events` as NDJSON objects of about `event_bytes` each, in order, with their scope as the
/// organisation; regular, as one service's events are.
std::string ndjson_events(std::span<const Query> events, std::size_t event_bytes);

}  // namespace sluice::bench
