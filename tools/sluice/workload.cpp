#include "workload.hpp"

#include <utility>

namespace sluice::tool {
namespace {

constexpr std::uint64_t kOrganizationPurpose = 2;
constexpr std::uint64_t kSubscriptionPurpose = 3;
constexpr std::uint64_t kEventPurpose = 4;

// Busy organisations have more subscriptions, but not in proportion to their events.
constexpr double kSubscriptionOrganizationSkew = 0.4;
constexpr double kEventOrganizationSkew = 0.8;

UniverseSize universe_size(WorkloadShape shape) {
  switch (shape) {
    case WorkloadShape::flat:
      return {.levels = {{{50, 2'000}, {500, 4'000}, {2'000, 4'000}}}, .words = 120};
    case WorkloadShape::wild:
      return {.levels = {{{1'000, 50'000}, {20'000, 300'000}, {160'000, 650'000}}}, .words = 300};
    case WorkloadShape::tenants:
      return {.levels = {{{20, 120}, {60, 140}, {120, 140}}}, .words = 60};
  }
  return {};
}

/// Which organisation has which rank: both draws must agree on it.
std::vector<std::uint64_t> shuffled_organizations(const WorkloadOptions& options) {
  std::vector<std::uint64_t> numbers;
  if (options.shape != WorkloadShape::tenants) return numbers;
  RandomStream random(options.seed, kOrganizationPurpose);
  for (std::uint64_t i = 0; i < options.organizations; ++i) {
    numbers.push_back(i);
    std::swap(numbers.back(), numbers[random.below(i + 1)]);
  }
  return numbers;
}

/// In percent of the subscriptions; the rest is `**`, everything.
struct PatternMix {
  std::uint64_t exact;
  std::uint64_t starred;
  std::uint64_t tail;
};

PatternMix pattern_mix(WorkloadShape shape) {
  switch (shape) {
    case WorkloadShape::flat: return {.exact = 100, .starred = 0, .tail = 0};
    case WorkloadShape::wild: return {.exact = 75, .starred = 20, .tail = 5};
    case WorkloadShape::tenants: return {.exact = 60, .starred = 25, .tail = 12};
  }
  return {};
}

/// One segment becomes `*`; in one case of ten two of them.
void append_starred(NameSegments name, RandomStream& random, std::string& out) {
  const std::uint64_t first = random.below(name.size());
  name[first] = "*";
  if (name.size() > 2 && random.is_chosen(10))
    name[(first + 1 + random.below(name.size() - 1)) % name.size()] = "*";
  name.append_to(out);
}

/// The name's beginning and a `**`; in one case of five, or of short names, only one segment of it.
void append_tail(const NameSegments& name, RandomStream& random, std::string& out) {
  const bool is_short = name.size() == 2 || random.is_chosen(20);
  name.append_to(out, is_short ? 1 : 2 + random.below(name.size() - 2));
  out += ".**";
}

}  // namespace

void append_organization(std::string& out, std::uint64_t number) {
  const std::string digits = std::to_string(number);
  out += 'o';
  if (digits.size() < 5) out.append(5 - digits.size(), '0');
  out += digits;
}

Workload::Workload(const WorkloadOptions& options)
    : shape_(options.shape),
      universe_(universe_size(options.shape), options.seed),
      organizations_(shuffled_organizations(options)),
      subscriptions_{{universe_.size(), shape_ == WorkloadShape::tenants ? options.name_skew : 0},
                     {organizations_.size(), kSubscriptionOrganizationSkew},
                     {options.seed, kSubscriptionPurpose}},
      events_{{universe_.size(), options.name_skew},
              {organizations_.size(), kEventOrganizationSkew},
              {options.seed, kEventPurpose}} {}

NameSegments Workload::draw_name(Popularity& popularity) {
  draw_.text.clear();
  if (shape_ == WorkloadShape::tenants)
    draw_.organization = organizations_[popularity.organizations.draw(popularity.random)];
  return universe_[popularity.names.draw(popularity.random)];
}

const Draw& Workload::draw_subscription() {
  const NameSegments name = draw_name(subscriptions_);
  const PatternMix mix = pattern_mix(shape_);
  const std::uint64_t kind = subscriptions_.random.below(100);
  if (kind < mix.exact) {
    name.append_to(draw_.text);
  } else if (kind < mix.exact + mix.starred) {
    append_starred(name, subscriptions_.random, draw_.text);
  } else if (kind < mix.exact + mix.starred + mix.tail) {
    append_tail(name, subscriptions_.random, draw_.text);
  } else {
    draw_.text = "**";
  }
  return draw_;
}

const Draw& Workload::draw_event() {
  draw_name(events_).append_to(draw_.text);
  return draw_;
}

}  // namespace sluice::tool
