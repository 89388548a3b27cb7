#include "bench/expected_answers.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "bench/baselines/linear_scan.hpp"
#include "bench/baselines/mask_tables.hpp"

namespace sluice::bench {

namespace {

void check_sample(const MaskTables& reference, const Workload& flat, std::size_t sample) {
  LinearScan oracle;
  std::uint32_t id = 0;
  for (const Subscription& subscription : flat.subscriptions())
    oracle.add(SubscriptionId{id++}, subscription.pattern);
  const std::size_t stride =
      std::max<std::size_t>(1, flat.events().size() / std::max<std::size_t>(1, sample));
  for (std::size_t i = 0; i < flat.events().size(); i += stride) {
    std::vector<SubscriptionId> ours;
    std::vector<SubscriptionId> expected;
    reference.match(flat.events()[i].name, ours);
    oracle.match(flat.events()[i].name, expected);
    std::sort(ours.begin(), ours.end());
    if (ours != expected)
      throw std::logic_error{"the reference is wrong about " + std::string{flat.events()[i].name}};
  }
}

}  // namespace

ExpectedAnswers::ExpectedAnswers(const Workload& flat, std::size_t sample) {
  MaskTables reference;
  std::uint32_t id = 0;
  for (const Subscription& subscription : flat.subscriptions())
    reference.add(SubscriptionId{id++}, subscription.pattern);
  check_sample(reference, flat, sample);

  digests_.reserve(flat.events().size());
  tallies_.reserve(flat.events().size() + 1);
  Tally total;
  std::vector<SubscriptionId> ids;
  for (const Query& event : flat.events()) {
    ids.clear();
    reference.match(event.name, ids);
    digests_.push_back(digest_of(ids));
    tallies_.push_back(total);
    Tally one{.events = 1, .hits = ids.size()};
    for (const SubscriptionId hit : ids) one.id_sum += static_cast<std::uint32_t>(hit);
    total += one;
  }
  tallies_.push_back(total);
}

std::optional<std::string> ExpectedAnswers::difference(Session& session,
                                                       std::span<const Query> events) const {
  if (events.empty() || events.size() > digests_.size()) return "these are not the events";
  std::vector<AnswerDigest> digests;
  session.digest(events, digests);
  const auto [ours, expected] = std::mismatch(digests.begin(), digests.end(), digests_.begin());
  if (ours == digests.end()) return std::nullopt;
  const Query& event = events[static_cast<std::size_t>(ours - digests.begin())];
  return "wrong answer for '" + std::string{event.name} + "' in scope '" +
         std::string{event.scope} + "': " + std::to_string(ours->hits) + " hits, expected " +
         std::to_string(expected->hits);
}

Tally ExpectedAnswers::tally(std::size_t first, std::size_t last) const {
  const Tally& from = tallies_[first];
  const Tally& to = tallies_[last];
  return {to.events - from.events, to.hits - from.hits, to.id_sum - from.id_sum};
}

}  // namespace sluice::bench
