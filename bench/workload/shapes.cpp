#include "bench/workload/shapes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

namespace sluice::bench {

namespace {

/// mt19937_64 gives the same numbers everywhere; the distributions of <random> do not.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : engine_{seed} {}
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

 private:
  std::mt19937_64 engine_;
};

std::string join(const std::vector<std::string>& segments, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) text += '.';
    text += segments[i];
  }
  return text;
}

/// Names of `depth` segments that share their first ones, as names of real services do: each level
/// draws from a vocabulary that is just large enough.
class Forest {
 public:
  Forest(std::size_t names, std::size_t depth)
      : depth_{depth},
        width_{static_cast<std::size_t>(
            2 * std::ceil(std::pow(static_cast<double>(names), 1 / static_cast<double>(depth))))} {}

  std::vector<std::string> name(Draws& draws) const {
    std::vector<std::string> segments;
    for (std::size_t i = 0; i < depth_; ++i) {
      std::string& segment = segments.emplace_back("level");
      segment += std::to_string(i);
      segment += '-';
      segment += std::to_string(draws.below(width_));
    }
    return segments;
  }

  std::string pattern(Draws& draws, std::vector<std::string> segments) const {
    const std::size_t kind = draws.below(20);
    if (kind == 0 && depth_ > 1) {
      const std::size_t kept = depth_ / 2 + draws.below(depth_ - depth_ / 2);
      return join(segments, std::max<std::size_t>(1, kept)) + ".**";
    }
    if (kind < 5) segments[draws.below(depth_)].assign(1, '*');
    return join(segments, depth_);
  }

 private:
  const std::size_t depth_;
  const std::size_t width_;
};

void append(std::string& text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) text += part;
}

struct Texts {
  std::string subscriptions;
  std::string events;
};

Texts forest_texts(std::size_t subscriptions, std::size_t depth, std::size_t events,
                   std::uint64_t seed, std::size_t scopes) {
  Draws draws{seed};
  const Forest forest{2 * subscriptions, depth};
  const auto append_scope = [&](std::string& text) {
    if (scopes == 0) return;
    text += 'o';
    text += std::to_string(draws.below(scopes));
    text += '.';
  };
  std::vector<std::vector<std::string>> names;
  for (std::size_t i = 0; i < 2 * subscriptions; ++i) names.push_back(forest.name(draws));
  Texts texts;
  for (std::size_t i = 0; i < subscriptions; ++i) {
    append_scope(texts.subscriptions);
    texts.subscriptions += forest.pattern(draws, names[draws.below(names.size())]);
    texts.subscriptions += '\n';
  }
  for (std::size_t i = 0; i < events; ++i) {
    append_scope(texts.events);
    texts.events += join(names[draws.below(names.size())], depth);
    texts.events += '\n';
  }
  return texts;
}

}  // namespace

std::shared_ptr<const Workload> small_workload(std::string_view set, std::uint64_t seed) {
  const bool has_scopes = flat_set(set) == "w3";
  Texts texts = forest_texts(1'000, 3, 2'000, seed, has_scopes ? 10 : 0);
  return std::make_shared<const Workload>(std::move(texts.subscriptions), std::move(texts.events),
                                          set != flat_set(set));
}

std::unique_ptr<const Workload> forest_workload(std::size_t subscriptions, std::size_t depth,
                                                std::size_t events, std::uint64_t seed) {
  Texts texts = forest_texts(subscriptions, depth, events, seed, 0);
  return std::make_unique<const Workload>(std::move(texts.subscriptions), std::move(texts.events),
                                          false);
}

std::unique_ptr<const Workload> fan_out_workload(std::size_t fan_out, std::size_t subscriptions,
                                                 std::size_t events, std::uint64_t seed) {
  const std::size_t names = std::max<std::size_t>(1, subscriptions / fan_out);
  std::string patterns;
  for (std::size_t i = 0; i < fan_out; ++i) {
    for (std::size_t name = 0; name < names; ++name) {
      static constexpr std::array<std::string_view, 4> kLast{"created", "*", "created", "**"};
      patterns += "object";
      patterns += std::to_string(name);
      patterns += '.';
      patterns += kLast[i % kLast.size()];
      patterns += '\n';
    }
  }
  Draws draws{seed};
  std::string drawn;
  for (std::size_t i = 0; i < events; ++i) {
    drawn += "object";
    drawn += std::to_string(draws.below(names));
    drawn += ".created\n";
  }
  return std::make_unique<const Workload>(std::move(patterns), std::move(drawn), false);
}

std::unique_ptr<const Workload> wildcards_workload(std::size_t wildcards, std::size_t subscriptions,
                                                   std::size_t events, std::uint64_t seed) {
  if (wildcards > kMaxSegments) throw std::invalid_argument{"more wildcards than segments"};
  Draws draws{seed};
  const std::size_t count = std::max<std::size_t>(1, subscriptions / (wildcards + 1));
  const Forest forest{count, kMaxSegments};
  std::vector<std::vector<std::string>> names;
  std::string patterns;
  for (std::size_t i = 0; i < count; ++i) {
    names.push_back(forest.name(draws));
    append(patterns, {join(names.back(), kMaxSegments), "\n"});
    for (std::size_t at = 0; at < wildcards; ++at) {
      std::vector<std::string> pattern = names.back();
      pattern[at].assign(1, '*');
      append(patterns, {join(pattern, kMaxSegments), "\n"});
    }
  }
  std::string drawn;
  for (std::size_t i = 0; i < events; ++i)
    append(drawn, {join(names[draws.below(count)], kMaxSegments), "\n"});
  return std::make_unique<const Workload>(std::move(patterns), std::move(drawn), false);
}

std::unique_ptr<const Workload> hostile_workload(std::size_t any_segments,
                                                 std::size_t subscriptions, std::size_t events,
                                                 std::uint64_t seed) {
  static constexpr std::array<std::string_view, 3> kBetween{".a", ".b", ".*"};
  if (2 * any_segments - 1 > kMaxSegments) throw std::invalid_argument{"too many segments"};
  Draws draws{seed};
  std::string patterns;
  for (std::size_t i = 0; i < subscriptions; ++i) {
    std::string pattern = "**";
    for (std::size_t any = 1; any < any_segments; ++any) {
      pattern += i == 0 ? kBetween[0] : kBetween[draws.below(kBetween.size())];
      pattern += ".**";
    }
    patterns += pattern;
    patterns += '\n';
  }
  std::string names;
  for (std::size_t i = 0; i < events; ++i) {
    std::string name(2 * kMaxSegments - 1, '.');
    for (std::size_t at = 0; at < name.size(); at += 2)
      name[at] = i % 2 == 0 || draws.below(2) == 0 ? 'a' : 'b';
    names += name;
    names += '\n';
  }
  return std::make_unique<const Workload>(std::move(patterns), std::move(names), false);
}

std::string ndjson_events(std::span<const Query> events, std::size_t event_bytes) {
  std::string text;
  text.reserve(events.size() * (event_bytes + 64));
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::size_t begin = text.size();
    const std::string number = std::to_string(100'000'000 + i);
    append(text, {R"({"event_id":"evt_)", number, R"(","event_type":")", events[i].name});
    if (!events[i].scope.empty()) append(text, {R"(","organization":")", events[i].scope});
    append(text, {R"(","occurred_at":"2025-12-01T08:30:00Z","namespace_id":"ns_)", number,
                  R"(","subject":{"type":"document","id":"doc_)", number,
                  R"("},"metadata":{"count":)", std::to_string(i % 1'000)});
    // Short fields, so that there is as much structure to parse as in a small webhook's payload.
    for (std::size_t field = 0; text.size() - begin + 30 < event_bytes; ++field)
      append(text, {R"(,"field_)", std::to_string(field), R"(":"value )", number, "\""});
    text += "}}\n";
  }
  return text;
}

}  // namespace sluice::bench
